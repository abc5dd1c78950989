"""The sound of several shots: effects and voices change with each cut, one piece of music goes on over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from callsheet.renderers.encode import SAMPLE_RATE, samples
from callsheet.renderers.previz import shots, sound
from callsheet.renderers.previz.shots import Shot
from callsheet.renderers.previz.sound import Parts, Stereo
from callsheet.renderers.scene import Scene

_LAP = round(0.06 * SAMPLE_RATE)
"""How long a shot's sounds ring into the next one, giving way."""
_RISE = round(0.004 * SAMPLE_RATE)
"""Short enough that nothing loses its attack, long enough that nothing clicks."""


def parts(scene: Scene, listed: Sequence[Shot]) -> Parts:
    """What is heard in the whole clip: every shot's effects and lines in their order, and whether there is music."""
    each = [sound.parts(one) for one in _each(scene, listed)]
    cues = tuple(cue for heard in each for cue in heard.cues)
    lines = tuple(line for heard in each for line in heard.lines)
    return Parts(cues, lines, any(heard.music for heard in each))


def score(scene: Scene, listed: Sequence[Shot]) -> Stereo | None:
    """The clip's sound, exactly as long as it; None unless sound is asked for.

    The music is one piece in the mood of all prompts. Each shot's own sounds begin on its first frame and ring into the
    next one for 60 ms; where someone speaks, all else gives way.
    """
    if not sound.wanted(scene):
        return None
    count = samples(scene.frames, scene.fps)
    heard = parts(scene, listed)
    music = sound.music(_whole(scene, listed), count, heard.music_level) if heard.music else None
    made = np.zeros((count, 2), np.float32)
    for place, (shot, one) in enumerate(zip(listed, _each(scene, listed), strict=True)):
        start, cut = samples(shot.first, scene.fps), samples(shot.first + shot.frames, scene.fps)
        end = min(count, cut + _LAP) if place < len(listed) - 1 else count
        under = None if music is None else music[start:end] * _rising(end - start, _LAP if place else 0)
        part = sound.mixed(sound.parts(one), one, end - start, under) * _rising(end - start, _RISE)
        part[cut - start :] *= _rising(end - cut, _LAP)[::-1]
        made[start:end] += part
    return sound.finished(made, count)


def _each(scene: Scene, listed: Sequence[Shot]) -> list[Scene]:
    """Every shot as a scene of its own, all with music or all without."""
    music = sound.parts(_whole(scene, listed)).music
    alone = [shots.alone(scene, shot, place) for place, shot in enumerate(listed)]
    return [replace(one, extra={**one.extra, "background_music": music}) for one in alone]


def _whole(scene: Scene, listed: Sequence[Shot]) -> Scene:
    """The scene in the words of all its shots."""
    said = [scene.prompt] if "shots" in scene.extra else []
    words = dict.fromkeys(text for text in (*said, *(shot.prompt for shot in listed)) if text.strip())
    return replace(scene, prompt=". ".join(words) or scene.prompt)


def _rising(count: int, lap: int) -> Stereo:
    """A straight ramp and then 1, shape (count, 1); with its reverse it is 1 together: music beneath does not waver."""
    ramp = (np.arange(count, dtype=np.float32) + np.float32(0.5)) / np.float32(max(lap, 1))
    return np.minimum(ramp, 1)[:, None] if lap else np.ones((count, 1), np.float32)
