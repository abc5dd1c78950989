"""A contact sheet: frames of a clip from its first to its last on one picture, each with its time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from callsheet.errors import RenderError
from callsheet.renderers.edit.assemble import span
from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Reel, Rgb, pictures, reel
from callsheet.renderers.edit.sequence import part
from callsheet.renderers.previz import lettering
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still

_PAPER, _INK = (24, 25, 28), (214, 212, 206)
_LEAST = 48
"""A frame narrower than this shows nothing."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write the sheet as `out/sheet.png` or its like, exactly as wide as asked."""
    given = scene.extra
    clip = reel(given["video"])
    numbers, start = _numbers(clip, given)
    sheet = _sheet(clip, numbers, given["columns"], given["width"], progress)
    told = notes(scene, [clip.path], frames=len(numbers), start=float(start))
    path = out / f"sheet.{given.get('format', 'png')}"
    kind = write_still(path, sheet, told)
    facts = {name: told[name] for name in ("frames", "preview", "inputs")}
    return [Made(path, kind, sheet.shape[1], sheet.shape[0], extra=facts)]


def clock(seconds: Fraction) -> str:
    """A time as an editor reads it: `0:02.50`, `1:02:03.04`."""
    hundredths = int(seconds * 100 + Fraction(1, 2))
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else str(minutes)
    return f"{head}:{rest // 100:02d}.{rest % 100:02d}"


def _numbers(clip: Reel, given: Mapping[str, Any]) -> tuple[np.ndarray, Fraction]:
    """Which frames stand on it: spread evenly, the first and the last among them; no frame twice."""
    start, end = span(given)
    taken = part(clip, clip.fps, start, end)
    shown = np.unique(clip.shown(taken.start, taken.count, clip.fps))
    cells = given["columns"] * given["rows"]
    places = np.linspace(0, len(shown) - 1, min(cells, len(shown))).round().astype(np.intp)
    return shown[places], taken.start


def _sheet(clip: Reel, numbers: np.ndarray, columns: int, width: int, progress: Progress) -> Rgb:
    columns = min(columns, len(numbers))
    margin = gap = max(4, width // 100)
    wide = (width - 2 * margin - (columns - 1) * gap) // columns
    if wide < _LEAST:
        raise RenderError(
            f"{columns} frames do not fit side by side into {width} pixels.",
            hint=f"Give a width of at least {columns * (_LEAST + gap) + 2 * margin}, or fewer columns.",
            param="columns",
        )
    tall, letters = max(1, round(wide * clip.height / clip.width)), max(9, min(20, wide // 18))
    step = tall + round(letters * 1.8) + gap
    rows = -(-len(numbers) // columns)
    sheet = np.full((2 * margin + rows * step - gap, width, 3), _PAPER, np.uint8)
    left = (width - columns * wide - (columns - 1) * gap) // 2
    for place, (number, rgb) in enumerate(zip(numbers, pictures(clip, numbers), strict=True)):
        x, y = left + place % columns * (wide + gap), margin + place // columns * step
        sheet[y : y + tall, x : x + wide] = resized(rgb, wide, tall)
        seconds = Fraction(int(clip.times[number] - clip.times[0])) * clip.base
        lettering.draw(sheet, clock(seconds), (x, y + tall + round(letters * 1.25)), letters, _INK)
        progress((place + 1) / len(numbers))
    return sheet
