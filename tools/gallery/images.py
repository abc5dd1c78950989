"""Sheets of what previz makes of given pictures: treatments, light and weather, controls, redraw, masks, enlarging."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from callsheet.renderers.media import load_still
from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.lettering import coverage
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.picture.wish import STYLES
from callsheet.renderers.render import render
from callsheet.renderers.scene import Scene

Rgb = NDArray[np.uint8]
Cell = tuple[str, Rgb]

SIZE = (640, 360)
SHOWN = (352, 198)
_GAP, _LINE = 10, 24


def draw(out: Path) -> None:
    """Write all sheets into the folder."""
    lighthouse = compose.paint("a lighthouse on a cliff by the sea at golden hour, a sailboat", *SIZE, 5)
    fox = compose.paint("a red fox on a hill at sunset", *SIZE, 5)
    street = compose.paint("a red car on a street in the city", *SIZE, 5)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        _treatments(out, studio, {"lighthouse": lighthouse, "street": street})
        _light(out, studio, street)
        _controls(out, studio, fox, street)
        _redraw(out, studio, fox, street)
        _masks(out, studio, fox, street)
    _enlarged(out, fox)


class Studio:
    """Renders single pictures in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def still(self, rgb: Rgb) -> Path:
        """The picture as a file."""
        self._made += 1
        path = self._folder / f"{self._made}.png"
        Image.fromarray(rgb).save(path)
        return path

    def make(self, capability: str, prompt: str, still: Rgb | None = None, **asked: Any) -> Rgb:
        """The first picture made of that."""
        self._made += 1
        named: dict[str, Any] = {"image": self.still(still)} if still is not None else {}
        fixed: dict[str, Any] = {"prompt": prompt, "width": SIZE[0], "height": SIZE[1], "seed": 3, "mark": False}
        scene = Scene(capability, **{**fixed, **named, **asked})
        (made, *_) = render(scene, self._folder / f"o{self._made}", lambda _: None)
        return load_still(made.path)


def _treatments(out: Path, studio: Studio, stills: dict[str, Rgb]) -> None:
    for name, still in stills.items():
        cells = [("as it was", still)]
        for style, words in STYLES.items():
            cells.append((style.replace("_", " "), studio.make("image-to-image", words.partition("|")[0], still)))
        sheet(out / f"treatments-{name}.jpg", cells, 3)


def _light(out: Path, studio: Studio, still: Rgb) -> None:
    prompts = [
        "at sunset", "at dawn", "at dusk", "at night", "heavy rain", "snow", "fog", "thunderstorm",
        "in red and gold", "in blue and pink", "warm tones",
    ]  # fmt: skip
    cells = [(prompt, studio.make("image-to-image", prompt, still)) for prompt in prompts]
    sheet(out / "light-and-weather.jpg", [("as it was", still), *cells], 3)


def _controls(out: Path, studio: Studio, fox: Rgb, street: Rgb) -> None:
    cat = compose.paint("a cat in the snow", *SIZE, 5)
    cells: list[Cell] = [("reference", fox)]
    for control, prompt in (
        ("edge", "a desert at noon"),
        ("depth", "mountains at dawn"),
        ("subject", "a forest at dawn"),
    ):
        for strength in (0.2, 0.9) if control != "subject" else (0.5,):
            asked = {"extra": {"control": control, "strength": strength}}
            rgb = studio.make("reference-to-image", prompt, fox, **asked)
            cells.append((f"{control}, strength {strength}: {prompt}", rgb))
    images = tuple(map(studio.still, (fox, street, cat)))
    cells.append(("three references: a beach at golden hour", studio.make(
        "reference-to-image", "a beach at golden hour", images=images)))  # fmt: skip
    like = compose.paint("a city street at night, neon", *SIZE, 2)
    pair = tuple(map(studio.still, (fox, like)))
    cells += [("colours of this", like), ("the first in the colours of the second", studio.make(
        "image-to-image", "in the colours of the second", images=pair))]  # fmt: skip
    sheet(out / "controls.jpg", cells, 3)


def _redraw(out: Path, studio: Studio, fox: Rgb, street: Rgb) -> None:
    cells: list[Cell] = []
    for still, prompt, box in (
        (fox, "a white rabbit", (60, 250, 210, 345)),
        (fox, "remove", (345, 205, 490, 295)),
        (street, "two bicycles", (40, 250, 230, 345)),
    ):
        mask = np.zeros_like(still)
        cv2.rectangle(mask, box[:2], box[2:], (255, 255, 255), -1)
        made = studio.make("redraw", prompt, still, mask=studio.still(mask))
        cells += [("before", still), ("mask", mask), (f"redrawn: {prompt}", made)]
    sheet(out / "redraw.jpg", cells, 3)


def _masks(out: Path, studio: Studio, fox: Rgb, street: Rgb) -> None:
    cells: list[Cell] = []
    for still, prompts in (
        (fox, ["the red fox", "sky", "background"]),
        (street, ["the red car", "the sky", "dark, right"]),
    ):
        cells.append(("as it was", still))
        cells += [(c, studio.make("mask", "", still, extra={"control": c})) for c in ("edge", "subject", "depth")]
        cells += [(f"“{prompt}”", studio.make("mask", prompt, still)) for prompt in prompts]
        cells.append(("", np.full_like(still, 24)))
    sheet(out / "masks.jpg", cells, 4)


def _enlarged(out: Path, fox: Rgb) -> None:
    small = cv2.resize(fox, (240, 135), interpolation=cv2.INTER_AREA)
    part = np.s_[400:760, 620:1260]
    plain = cv2.resize(small, (1920, 1080), interpolation=cv2.INTER_CUBIC)
    cells = [
        ("8 times, plain cubic", plain[part]),
        ("8 times, enlarged", enlarge(np.asarray(small, np.uint8), 1920, 1080)[part]),
    ]
    sheet(out / "upscale.jpg", [(name, np.asarray(rgb, np.uint8)) for name, rgb in cells], 2, (640, 360))


def sheet(path: Path, cells: Sequence[Cell], columns: int, shown: tuple[int, int] = SHOWN) -> None:
    """Cells in rows, each with its words below, as a JPEG of full colour."""
    wide, high = shown
    rows = -(-len(cells) // columns)
    page = np.full((rows * (high + _LINE + _GAP) + _GAP, columns * (wide + _GAP) + _GAP, 3), 24, np.uint8)
    for index, (words, rgb) in enumerate(cells):
        top = _GAP + index // columns * (high + _LINE + _GAP)
        left = _GAP + index % columns * (wide + _GAP)
        page[top : top + high, left : left + wide] = cv2.resize(rgb, shown, interpolation=cv2.INTER_AREA)
        _letter(page, words, left, top + high + 3, wide)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(page).save(path, quality=84, subsampling=0, optimize=True)


def _letter(page: Rgb, words: str, left: int, top: int, wide: int) -> None:
    if not words:
        return
    letters, _ = coverage(words, 14, weight=400)
    letters = letters[:, :wide]
    part = page[top : top + letters.shape[0], left : left + letters.shape[1]]
    part[:] = np.maximum(part, (letters[: part.shape[0], :, None] * 0.86).astype(np.uint8))
