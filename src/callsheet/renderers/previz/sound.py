"""A clip's sound: effects that fit its prompt, the bed of its place, music in its mood, and what is said in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE, samples
from callsheet.renderers.previz import dialogue, places
from callsheet.renderers.previz.effects import mix, reader, timeline
from callsheet.renderers.previz.effects.bodies import edge
from callsheet.renderers.previz.effects.cue import Cue
from callsheet.renderers.previz.effects.level import factor, loudest
from callsheet.renderers.previz.music import brief as music_brief
from callsheet.renderers.previz.music import form, mixer
from callsheet.renderers.previz.music import score as music_score
from callsheet.renderers.previz.painter.brief import read
from callsheet.renderers.previz.painter.stage import dice
from callsheet.renderers.scene import Scene
from callsheet.renderers.sound.levels import normalised

Stereo = NDArray[np.float32]

LOUDNESS = -20.0
"""Integrated loudness of the whole, in LUFS."""

PEAK = -1.2
"""dBTP that nothing exceeds."""

_MUSIC, _ALONE = -27.0, -20.0
"""The loudest moment of music under other sounds, and by itself, in LUFS."""

_DUCK = -9.0
_COME, _GO = 0.1, 0.5
_WITHOUT_MUSIC = re.compile(
    r"\b(?:no|without|free of)\s+(?:\w+\s+){0,2}music|(?:没有|不要|无|不含)(?:背景|配)?(?:音乐|配乐)", re.I
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a clip's sound is made of: the cues of its effects, its lines, and whether there is music."""

    cues: tuple[Cue, ...] = ()
    lines: tuple[str, ...] = ()
    music: bool = False

    @property
    def music_level(self) -> float:
        """How loud the music's loudest moment is, in LUFS: less where it lies beneath something."""
        return _MUSIC if self.cues or self.lines else _ALONE

    def told(self) -> dict[str, Any]:
        """As the clip's facts tell it."""
        return {
            "effects": list(dict.fromkeys(cue.recipe.name for cue in self.cues)),
            "speech": list(self.lines),
            "music": self.music,
        }


def score(scene: Scene) -> Stereo | None:
    """Stereo float32 at 44.1 kHz, exactly as long as the clip, shape (samples, 2); None unless sound is asked for.

    The same scene gives the same samples. Loudness is about -20 LUFS, the true peak stays under -1 dBTP. What there is
    to hear follows `extra["audio_type"]` (all, speech_only, sound_effect_only) and `extra["background_music"]`.
    """
    if not wanted(scene):
        return None
    count = samples(scene.frames, scene.fps)
    heard = parts(scene)
    under = music(scene, count, heard.music_level) if heard.music else None
    return finished(mixed(heard, scene, count, under), count)


def wanted(scene: Scene) -> bool:
    """Whether the clip has a sound track at all."""
    return scene.generate_audio or bool(scene.extra.get("background_music"))


def parts(scene: Scene) -> Parts:
    """What the scene's words and params ask to be heard.

    Music is there where `background_music` says so; where it says nothing, with all sounds, unless the prompt will have
    none. A place has its bed even where the prompt names no sound; where nothing is to be heard, a room's air is.
    """
    kind = scene.extra.get("audio_type") or "all"
    asked = scene.extra.get("background_music")
    with_music = asked if asked is not None else kind == "all" and _WITHOUT_MUSIC.search(scene.prompt) is None
    effects = scene.generate_audio and kind != "speech_only"
    speech = scene.generate_audio and kind != "sound_effect_only" and dialogue.able()
    lines = dialogue.lines(scene.prompt) if speech else ()
    cues = _cues(scene.prompt, scene.negative_prompt) if effects else ()
    if effects and not (cues or lines or with_music):
        cues = (places.AIR,)
    return Parts(cues, lines, bool(with_music))


def mixed(heard: Parts, scene: Scene, count: int, under: Stereo | None) -> Stereo:
    """`count` samples: effects as loud as they are, music under them, and both give way where someone speaks."""
    made = _effects(heard.cues, scene, count)
    if under is not None:
        made += under
    if heard.lines:
        voice = dialogue.spoken(heard.lines, scene.extra, scene.seed)
        voice = voice[:count] * edge(min(len(voice), count), 0.0, 0.05)[:, None]
        made *= _ducked(len(voice), count)[:, None]
        made[: len(voice)] += voice
    return made


def music(scene: Scene, count: int, level: float) -> Stereo:
    """A piece in the prompt's mood, `count` samples long, its loudest moment at a level."""
    words = re.sub(dialogue.QUOTED, " ", scene.prompt)
    asked = music_brief.read(words, scene.negative_prompt, scene.seed)
    piece = music_score.write(asked, form.plan(asked, max(1.0, count / SAMPLE_RATE)), scene.seed)
    made, done = np.zeros((count, 2), np.float32), 0
    for block in mixer.played(piece):
        part = block[: count - done]
        made[done : done + len(part)] = part
        done += len(part)
    return made * factor(level - loudest(made))


def finished(made: Stereo, count: int) -> Stereo:
    """Faded at its ends, at its loudness, under the ceiling."""
    length = count / SAMPLE_RATE
    faded = made * edge(count, min(_COME, length / 4), min(_GO, length / 3))[:, None]
    return np.asarray(normalised(faded.astype(np.float32), LOUDNESS, PEAK), np.float32)


def _cues(prompt: str, negative: str) -> tuple[Cue, ...]:
    """The prompt's own sounds first, then the beds of its place that it has not named or refused."""
    silent = re.sub(dialogue.QUOTED, " ", prompt)
    reading = reader.read(silent, negative)
    known = {*(cue.recipe.name for cue in reading.cues), *reading.refused}
    return (*(cue for cue in places.beds(read(prompt, negative), known) if cue.recipe.name not in known), *reading.cues)


def _effects(cues: tuple[Cue, ...], scene: Scene, count: int) -> Stereo:
    plays = timeline.plan(cues, count, dice(scene.prompt, scene.seed, "effects"))
    return mix.played(plays, count, lambda name: dice(scene.prompt, scene.seed, f"effects/{name}"))


def _ducked(voice: int, count: int) -> NDArray[np.float32]:
    """Down while there is a voice from the beginning on, and up again in half a second."""
    up = min(round(0.5 * SAMPLE_RATE), count - voice)
    gain = np.ones(count, np.float32)
    gain[:voice] = factor(_DUCK)
    gain[voice : voice + up] = np.linspace(factor(_DUCK), 1.0, up, dtype=np.float32) if up else gain[:0]
    return gain
