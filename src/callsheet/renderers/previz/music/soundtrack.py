"""Soundtrack: music composed to a clip, as long as it, with accents on its cuts and as lively as it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.edit import mux
from callsheet.renderers.footage.analysis import analyse
from callsheet.renderers.footage.shape import Footage
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.music import brief, form, score
from callsheet.renderers.previz.music.band import Note
from callsheet.renderers.previz.music.brief import Brief
from callsheet.renderers.previz.music.render import LONGEST, ending_of, recorded
from callsheet.renderers.previz.music.score import Score
from callsheet.renderers.scene import Made, Progress, Scene

_SEEN = 0.3
"""The share of the work that looking at the clip is."""
_SAME = 0.25
"""A length asked this near the clip's own, in seconds, is the clip's: containers round theirs."""
_STRETCH = 0.12
_SWELL = 5.0
"""How many decibels lie between the stillest and the liveliest second."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Compose to the scene's video: `out/soundtrack-1.mp3`, and with `mux` `out/clip-1.mp4`, the clip with it.

    `count` pieces, piece i from seed + i. Raises RenderError for a video that cannot be read, a format or length that
    cannot be.
    """
    ending = ending_of(scene)
    if scene.video is None:
        raise RenderError("A soundtrack needs video.", param="video").because("param_missing", param="video")
    seen = analyse(scene.video, progress=lambda done: progress(_SEEN * done))
    seconds = seen.duration if abs(scene.duration - seen.duration) < _SAME else scene.duration
    seconds = min(LONGEST, seconds or seen.duration)
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):

        def share(done: float, index: int = index) -> None:
            progress(_SEEN + (1 - _SEEN) * (index + done) / scene.count)

        track = _track(piece, seen, seconds, out / f"soundtrack-{index + 1}.{ending}", share)
        made.append(track)
        if scene.extra.get("mux"):
            made.append(_clip(scene.video, track, out / f"clip-{index + 1}.mp4"))
    return made


def _track(scene: Scene, seen: Footage, seconds: float, path: Path, progress: Progress) -> Made:
    asked = brief.read(scene.prompt, scene.negative_prompt, scene.seed, _hints(seen))
    cuts, spoken = [cut for cut in seen.cuts if cut < seconds - 0.05], sorted(asked.said)
    if "tempo" not in asked.said:
        asked = replace(asked, tempo=_fitting(asked, cuts), said=asked.said | {"tempo"})
    plan = form.plan(asked, seconds)
    plan = form.with_levels(plan, _levels(plan, seen))
    written = score.write(asked, plan, scene.seed)
    accents = [note for cut in cuts for note in _accent(cut, asked, written)]
    made = recorded(written, path, shoot.facts(scene), progress, accents, _swells(seen, seconds))
    heard = {**made.extra["music"], "cuts": [round(cut, 4) for cut in cuts], "from_prompt": spoken}
    return replace(made, extra={"music": heard})


def _clip(video: Path, track: Made, path: Path) -> Made:
    """The clip with its music, pictures copied where its codec allows; said to be a preview, for its music is one."""
    given = {"video": str(video), "audio": str(track.path)}
    held = path.parent / f".{path.stem}"
    made = mux.render(Scene("mux", extra=given), held, lambda _: None)[0]
    made.path.replace(path)
    held.rmdir()
    return replace(made, path=path, extra={**made.extra, **track.extra})


def _hints(seen: Footage) -> dict[str, str | float]:
    """Mood, kind and energy that pictures suggest: dark or bright, cold or warm, still or lively."""
    frames = max(1, seen.frames)
    light = sum(shot.brightness * shot.frames for shot in seen.shots) / frames
    warmth = sum(shot.warmth * shot.frames for shot in seen.shots) / frames
    lively = sum(seen.motion) / max(1, len(seen.motion))
    pace = len(seen.cuts) / max(seen.duration, 1.0)
    energy = min(1.0, 0.25 + 0.9 * lively + 0.9 * pace)
    if light < 0.25:
        mood, genre = ("epic", "cinematic") if energy > 0.55 else ("mysterious", "suspense")
    elif energy > 0.7:
        mood, genre = "energetic", "electronic" if warmth < 0 else "pop"
    elif light > 0.5 and warmth > 0.0:
        mood, genre = ("happy", "happy") if energy > 0.4 else ("romantic", "folk")
    else:
        mood, genre = ("dreamy", "lo-fi") if energy > 0.4 else ("calm", "ambient")
    return {"mood": mood, "genre": genre, "energy": round(energy, 3)}


def _fitting(asked: Brief, cuts: Sequence[float]) -> float:
    """The tempo near the brief's own whose beats lie nearest to the cuts."""
    if not cuts:
        return asked.tempo
    choices = [round(asked.tempo * (1 + _STRETCH * step / 40), 2) for step in range(-40, 41)]

    def away(tempo: float) -> float:
        beats = [cut * tempo / 60 for cut in cuts]
        missed = sum(abs(beat - round(beat)) * 60 / tempo for beat in beats) / len(beats)
        return missed + 0.02 * abs(tempo / asked.tempo - 1)

    return min(choices, key=away)


def _levels(plan: form.Form, seen: Footage) -> list[float]:
    """How full each section is: half by the form, half by how the clip moves meanwhile."""
    low, high = min(seen.motion), max(seen.motion)
    if high - low < 0.02:
        return [part.level for part in plan.sections]
    made: list[float] = []
    for part in plan.sections:
        first, last = int(part.first * plan.bar), int((part.first + part.bars) * plan.bar) + 1
        there = seen.motion[first:last] or seen.motion[-1:]
        lively = (sum(there) / len(there) - low) / (high - low)
        made.append(round(min(1.0, 0.5 * part.level + 0.5 * (0.4 + 0.6 * lively)), 3))
    return made


def _swells(seen: Footage, seconds: float) -> list[float]:
    low, high = min(seen.motion), max(seen.motion)
    if high - low < 0.02:
        return []
    moved = [seen.motion[min(second, len(seen.motion) - 1)] for second in range(int(seconds) + 1)]
    return [round(_SWELL * ((value - low) / (high - low) - 0.5), 3) for value in moved]


def _accent(cut: float, asked: Brief, written: Score) -> list[Note]:
    """What marks a cut: a drum and a cymbal where the music is lively, a bell over a soft drum where it is not."""
    chord = (
        written.chords[min(len(written.chords) - 1, int(cut / written.form.bar))] if written.chords else written.tonic
    )
    note = 72 + (chord.root - 72) % 12
    if asked.energy > 0.5:
        struck = (("kick", 0.95), ("boom", 0.6), ("crash", 0.34)) if asked.drums else (("deep", 0.8), ("crash", 0.3))
    else:
        struck = (("deep", 0.7),)
    made = [Note(cut, 0, drum, 0, 1.0, level, drum=True) for drum, level in struck]
    ringing = max(0.3, min(2.0, written.form.seconds - cut))
    return [*made, Note(cut, ringing, "bell", note, 0.9, 0.7), Note(cut, ringing / 2, "celesta", note + 12, 0.9, 0.6)]
