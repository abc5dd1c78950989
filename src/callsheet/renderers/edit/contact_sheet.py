"""A contact sheet: frames of a clip from its first to its last on one picture, each with its time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from callsheet.renderers.edit.checks import margin, spread
from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.frames import Rgb, pictures
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.previz import lettering
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still

_PAPER, _INK = (24, 25, 28), (214, 212, 206)


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write the sheet as `out/sheet.png` or its like, exactly as wide as asked."""
    given = scene.extra
    taken, numbers, wide = spread(given, reel)
    clip = taken.clip
    sheet = _sheet(clip, numbers, (given["columns"], given["width"], wide), progress)
    told = notes(scene, [clip.path], frames=len(numbers), start=float(taken.start))
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


def _sheet(clip: Reel, numbers: np.ndarray, across: tuple[int, int, int], progress: Progress) -> Rgb:
    """`across` is how many frames stand beside each other, how wide the sheet is, and how wide each of them."""
    asked, width, wide = across
    columns, gap = min(asked, len(numbers)), margin(width)
    tall, letters = max(1, round(wide * clip.height / clip.width)), max(9, min(20, wide // 18))
    step = tall + round(letters * 1.8) + gap
    rows = -(-len(numbers) // columns)
    sheet = np.full((2 * gap + rows * step - gap, width, 3), _PAPER, np.uint8)
    left = (width - columns * wide - (columns - 1) * gap) // 2
    for place, (number, rgb) in enumerate(zip(numbers, pictures(clip, numbers), strict=True)):
        x, y = left + place % columns * (wide + gap), gap + place // columns * step
        sheet[y : y + tall, x : x + wide] = resized(rgb, wide, tall)
        seconds = Fraction(int(clip.times[number] - clip.times[0])) * clip.base
        lettering.draw(sheet, clock(seconds), (x, y + tall + round(letters * 1.25)), letters, _INK)
        progress((place + 1) / len(numbers))
    return sheet
