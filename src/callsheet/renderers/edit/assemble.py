"""A cut made into a file: concat, trim and reframe are all one thing, parts in order at one size and rate."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.edit.conform import Target, target
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.edit.sequence import Cut, Part, part
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.scene import Made, Progress, Scene


def concat(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Join `clips` (or `videos`) in order. Raises RenderError where a transition is longer than what it joins."""
    rows = _rows(scene.extra)
    clips = _reels([row["video"] for row in rows], [row["at"] for row in rows])
    aim = target(scene.extra, clips[0])
    parts = [
        _placed(scene.extra, row, part(clip, aim.fps, row.get("start", 0), row.get("end"), at=row["at"]), aim, index)
        for index, (row, clip) in enumerate(zip(rows, clips, strict=True))
    ]
    return [write(scene, _cut(scene.extra, parts, aim), out, progress)]


def trim(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Take the part of `video` from `start` to `end`, or `duration` long."""
    clip = reel(scene.extra["video"])
    start, end = span(scene.extra)
    aim = target({}, clip)
    return [write(scene, _cut(scene.extra, [part(clip, aim.fps, start, end)], aim), out, progress)]


def reframe(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Show `video` at another size, ratio or rate."""
    clip = reel(scene.extra["video"])
    aim = target(scene.extra, clip)
    return [write(scene, Cut((part(clip, aim.fps),), aim), out, progress)]


def span(given: Mapping[str, Any]) -> tuple[float, float | None]:
    """From which second to which; None where it goes on to the end."""
    start: float = given.get("start", 0)
    return start, start + given["duration"] if "duration" in given else given.get("end")


def write(scene: Scene, cut: Cut, out: Path, progress: Progress) -> Made:
    """The cut as `out/clip.mp4`, exact to the frame and to the sample."""
    cut.check()
    aim, path = cut.target, out / "clip.mp4"
    told = notes(scene, [part.clip.path for part in cut.parts], frames=cut.frames)
    heard = cut.sound()
    with ClipWriter(path, aim.width, aim.height, aim.fps, cut.frames, heard, told, progress=progress, crf=17) as clip:
        for rgb in cut.pictures():
            clip.write(rgb)
    length = Fraction(cut.frames) / aim.fps
    facts = {"frames": cut.frames, "preview": told["preview"], "inputs": told["inputs"]}
    return Made(path, "video/mp4", aim.width, aim.height, float(length), float(aim.fps), facts)


def _rows(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clips with the place where each was named."""
    if "clips" in given:
        return [{**row, "at": f"clips[{index}]"} for index, row in enumerate(given["clips"])]
    return [{"video": path, "at": f"videos[{index}]"} for index, path in enumerate(given["videos"])]


def _reels(paths: list[str], places: list[str]) -> list[Reel]:
    known: dict[str, Reel] = {}
    for path, at in zip(paths, places, strict=True):
        if path not in known:
            known[path] = reel(path, at)
    return [known[path] for path in paths]


def _placed(given: Mapping[str, Any], row: Mapping[str, Any], found: Part, aim: Target, index: int) -> Part:
    """The part with the transition into it: its own, else that of all; nothing passes into the first."""
    kind = row.get("transition", given.get("transition", "cut"))
    if index == 0 or kind == "cut":
        if index == 0 and "transition" in row and kind != "cut":
            raise RenderError(
                "There is no clip before the first that could pass into it.",
                hint="Use fade_in to begin from black.",
                param="clips[0].transition",
            )
        return found
    seconds = row.get("transition_duration", given.get("transition_duration", 0.5))
    frames = max(2 if kind.startswith("fade-") else 1, round(Fraction(seconds).limit_denominator(100_000) * aim.fps))
    return Part(found.clip, found.start, found.count, kind, frames)


def _cut(given: Mapping[str, Any], parts: list[Part], aim: Target) -> Cut:
    fades = [
        round(Fraction(given.get(name, 0)).limit_denominator(100_000) * aim.fps) for name in ("fade_in", "fade_out")
    ]
    return Cut(tuple(parts), aim, *fades)
