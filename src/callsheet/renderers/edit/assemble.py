"""A cut made into a file: concat, trim and reframe are all one thing, parts in order at one size and rate."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet.renderers.edit.conform import Target, target
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.parts import Part, faded, joined, part, trimmed
from callsheet.renderers.edit.reel import reel
from callsheet.renderers.edit.sequence import Cut
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.scene import Made, Progress, Scene


def concat(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Join `clips` (or `videos`) in order. Raises RenderError where a transition is longer than what it joins."""
    parts = joined(scene.extra, reel)
    return [write(scene, _cut(scene.extra, parts, target(scene.extra, parts[0].clip)), out, progress)]


def trim(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Take the part of `video` from `start` to `end`, or `duration` long."""
    taken = trimmed(scene.extra, reel)
    return [write(scene, _cut(scene.extra, [taken], target({}, taken.clip)), out, progress)]


def reframe(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Show `video` at another size, ratio or rate."""
    clip = reel(scene.extra["video"])
    aim = target(scene.extra, clip)
    return [write(scene, Cut((part(clip, aim.fps),), aim), out, progress)]


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


def _cut(given: Mapping[str, Any], parts: list[Part], aim: Target) -> Cut:
    return Cut(tuple(parts), aim, *faded(given, aim.fps))
