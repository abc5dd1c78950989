"""Contact sheets of the painter: every setting, each at every time of day, and in every weather."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.painter import compose, scenes
from callsheet.renderers.previz.painter.brief import read

TIMES = ("dawn", "day", "golden", "dusk", "night")
WEATHERS = ("clear", "cloudy", "fog", "rain", "snow", "storm")

SHOWN = {
    "sea": "a sailing boat on the sea", "harbour": "a fishing boat in a harbour", "lake": "a deer by a lake",
    "mountains": "a castle in the mountains", "forest": "a fox in the forest", "desert": "a camel in the desert",
    "city": "a city skyline", "street": "a car in a street", "field": "a windmill in a field",
    "snow": "a house in a snowfield", "space": "a rocket in space", "underwater": "a whale underwater",
    "room": "a cat in a room", "sky": "a balloon in the sky", "studio": "a red car in the studio",
}  # fmt: skip
"""Every setting with something in it."""

_FRAME = (240, 135)
_GAP, _LEFT, _HEAD = 4, 112, 30
_PAPER, _INK, _QUIET = (24, 26, 30), (240, 236, 226), (255, 196, 92)


def draw(out: Path) -> None:
    """Write `times.jpg`, every setting at every time of day, and `weathers.jpg`, the outdoors in every weather."""
    assert set(SHOWN) == set(scenes.TABLE)
    outdoors = [name for name in SHOWN if name not in ("space", "underwater", "room", "studio")]
    _sheet(out / "times.jpg", list(SHOWN), "time", TIMES)
    _sheet(out / "weathers.jpg", outdoors, "weather", WEATHERS)


def _sheet(path: Path, settings: list[str], part: str, values: tuple[str, ...]) -> None:
    width = _LEFT + len(values) * (_FRAME[0] + _GAP) + 10
    sheet = np.full((_HEAD + len(settings) * (_FRAME[1] + _GAP) + 10, width, 3), _PAPER, np.uint8)
    for column, value in enumerate(values):
        lettering.draw(sheet, value, (_LEFT + column * (_FRAME[0] + _GAP), 20), 15, _QUIET, weight=600)
    for row, setting in enumerate(settings):
        y = _HEAD + row * (_FRAME[1] + _GAP)
        lettering.draw(sheet, setting, (14, y + 20), 15, _INK, weight=500)
        for column, value in enumerate(values):
            brief = read(SHOWN[setting])
            brief = replace(brief, setting=setting, named=True, **{part: value})
            picture = compose.show(compose.compose(brief, 480, 270, seed=row + 5))
            x = _LEFT + column * (_FRAME[0] + _GAP)
            sheet[y : y + _FRAME[1], x : x + _FRAME[0]] = cv2.resize(picture, _FRAME, interpolation=cv2.INTER_AREA)
    Image.fromarray(sheet).save(path, quality=82)
