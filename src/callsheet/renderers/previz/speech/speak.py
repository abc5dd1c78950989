"""Speech: a text spoken by espeak-ng at an even loudness, with the time of every word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.speech import reading
from callsheet.renderers.previz.speech.reading import Reading
from callsheet.renderers.previz.speech.script import Pause
from callsheet.renderers.previz.speech.spoken import Spoken
from callsheet.renderers.previz.speech.talker import Talker
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.write import FORMATS, write_sound

LOUDNESS = -16.0
"""LUFS of speech at volume 0: what voice-overs are delivered at."""

LOUDER = 0.6
"""LUFS by which each step of `volume` is louder."""

PEAK = -1.0
"""dBTP that nothing exceeds."""

_SPOKEN = 0.6


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Speak `scene.extra["text"]` into `out/speech-1.mp3` (or wav, flac, m4a), with word and sentence times in `extra`.

    The seed moves the melody a little. Raises RenderError where espeak-ng is not installed or fails, the language is
    not spoken, the SSML is broken, or there is nothing to say.
    """
    read = reading.read(scene.extra)
    spoken = _spoken(read, scene.seed, lambda share: progress(_SPOKEN * share))
    track = spoken.track
    gain, level = track.gain(LOUDNESS + LOUDER * float(scene.extra.get("volume") or 0), PEAK)
    ending = "mp3" if scene.format == "mp4" else scene.format.lower()
    path = out / f"speech-1.{ending}"
    taken = FORMATS[ending].taken if ending in FORMATS else 0.0
    kind = write_sound(
        path,
        track.levelled(gain + taken, PEAK + taken),
        _facts(scene, read),
        format=ending,
        frames=track.length,
        progress=lambda share: progress(_SPOKEN + (1 - _SPOKEN) * share),
    )
    extra = {**read.told(), "loudness": round(level, 2), "sample_rate": SAMPLE_RATE, **spoken.told()}
    return [Made(path, kind, duration=round(track.seconds, 6), extra=extra)]


def _spoken(read: Reading, seed: int, progress: Progress) -> Spoken:
    spoken = Spoken()
    spells = list(read.spells(seed))
    with Talker() as talker:
        for index, spell in enumerate(spells):
            if isinstance(spell, Pause):
                spoken.rest(spell)
            else:
                spoken.add(spell, talker.say(spell.line))
            progress((index + 1) / len(spells))
    spoken.close()
    return spoken


def _facts(scene: Scene, read: Reading) -> dict[str, Any]:
    text = " ".join(str(scene.extra["text"]).split())
    return shoot.facts(scene) | {
        "title": text[:120],
        "text": text[:2000],
        "language": read.language,
        "voice": read.voice.name or read.voice.variant,
    }
