"""A short loop as GIF or WebP: exact in size and rate, with one good palette, and an end that meets its beginning."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.filter import Graph
from PIL import Image

from callsheet.renderers.edit.checks import looped
from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.frames import Rgb, pictures
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import reel
from callsheet.renderers.frame import exact_fps
from callsheet.renderers.landing import landing
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import CONTENT_TYPES, exif, xmp

_RGB = av.VideoFormat("rgb24")
_BLEND = Fraction(1, 2)
"""Seconds over which the end dissolves into the beginning."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write `out/loop.gif` or `out/loop.webp`. Raises RenderError where all its frames are too much to hold."""
    given = scene.extra
    taken, width, height = looped(given, reel)
    clip, fps = taken.clip, exact_fps(given["fps"])
    shown = pictures(clip, clip.shown(taken.start, taken.count, fps))
    frames = turned([resized(rgb, width, height) for rgb in shown], given["repeat"], fps)
    progress(0.4)
    told = notes(scene, [clip.path], frames=len(frames))
    path = out / f"loop.{given['format']}"
    with landing(path) as draft:
        (_write_gif if given["format"] == "gif" else _write_webp)(draft, frames, fps, told)
    progress(1.0)
    facts = {name: told[name] for name in ("frames", "preview", "inputs")}
    kind = {"gif": "image/gif", **CONTENT_TYPES}[given["format"]]
    return [Made(path, kind, width, height, float(len(frames) / fps), float(fps), facts)]


def turned(frames: list[Rgb], repeat: str, fps: Fraction) -> list[Rgb]:
    """The frames of one turn of the loop: as they are, there and back, or the end dissolving into the beginning."""
    if repeat == "boomerang":
        return [*frames, *frames[-2:0:-1]]
    blend = min(len(frames) // 3, max(1, round(_BLEND * fps)))
    if repeat != "crossfade" or not blend:
        return frames
    shares = [(step + 1) / (blend + 1) for step in range(blend)]
    met = [
        np.asarray(cv2.addWeighted(old, 1 - share, new, share, 0), np.uint8)
        for old, new, share in zip(frames[-blend:], frames[:blend], shares, strict=True)
    ]
    return [*frames[blend:-blend], *met]


def delays(count: int, fps: Fraction, per_second: int) -> list[int]:
    """How long each frame shows, in whole ticks: rounded so that the whole keeps its time, whatever the rate."""
    ends = [round(Fraction(number) / fps * per_second) for number in range(count + 1)]
    return [end - begin for begin, end in itertools.pairwise(ends)]


def _write_gif(path: Path, frames: Sequence[Rgb], fps: Fraction, told: dict[str, Any]) -> None:
    first, *rest = _indexed(frames)
    times = [ticks * 10 for ticks in delays(len(frames), fps, 100)]
    comment = f"{told['comment']}. {json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)}"
    made = io.BytesIO()
    first.save(
        made, "GIF", save_all=True, append_images=rest, duration=times, loop=0, disposal=1, optimize=False,
        comment=comment.encode(),
    )  # fmt: skip
    path.write_bytes(made.getvalue())


def _write_webp(path: Path, frames: Sequence[Rgb], fps: Fraction, told: dict[str, Any]) -> None:
    first, *rest = (Image.fromarray(rgb) for rgb in frames)
    words = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    said = {"exif": exif(told["comment"], words), "xmp": xmp(told["comment"], words)}
    times = delays(len(frames), fps, 1000)
    first.save(path, "WEBP", save_all=True, append_images=rest, duration=times, loop=0, quality=82, method=4, **said)


def _indexed(frames: Sequence[Rgb]) -> list[Image.Image]:
    """The frames in 256 colours chosen over all of them, so that nothing flickers from frame to frame."""
    height, width = frames[0].shape[:2]
    choosing = _graph(width, height, "palettegen", "max_colors=256:reserve_transparent=0:stats_mode=full")
    for frame in _stamped(frames):
        choosing.push(frame)
    choosing.push(None)
    palette = choosing.pull()
    colours = palette.to_ndarray(format="rgb24").reshape(-1, 3)
    drawing = Graph()
    shown = drawing.add_buffer(width=width, height=height, format=_RGB, time_base=Fraction(1, 25))
    chosen = drawing.add_buffer(
        template=None, width=16, height=16, format=palette.format.name, time_base=Fraction(1, 25)
    )
    using, sink = drawing.add("paletteuse", "dither=sierra2_4a"), drawing.add("buffersink")
    shown.link_to(using, 0, 0)
    chosen.link_to(using, 0, 1)
    using.link_to(sink)
    drawing.configure()
    chosen.push(palette)
    chosen.push(None)
    made: list[Image.Image] = []
    for frame in _stamped(frames):
        shown.push(frame)
        made.append(_paletted(sink.pull(), colours))
    return made


def _graph(width: int, height: int, name: str, settings: str) -> Any:
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format=_RGB, time_base=Fraction(1, 25))
    step, sink = graph.add(name, settings), graph.add("buffersink")
    source.link_to(step)
    step.link_to(sink)
    graph.configure()
    return graph


def _stamped(frames: Sequence[Rgb]) -> Iterator[Any]:
    for number, rgb in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        yield frame


def _paletted(frame: Any, colours: np.ndarray) -> Image.Image:
    indexes, _ = frame.to_ndarray(format="pal8")
    made = Image.fromarray(np.ascontiguousarray(indexes), "P")
    made.putpalette(np.ascontiguousarray(colours).tobytes())
    return made
