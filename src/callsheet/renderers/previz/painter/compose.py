"""Composes a picture from a brief: sets the stage for the frame's shape and calls the painters back to front."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import light, palette, parting, scenes, subjects, weather
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.painter.flatten import flat
from callsheet.renderers.previz.painter.layers import Layer, Painting
from callsheet.renderers.previz.painter.stage import Stage, dice

# Where the horizon lies, as shares of the height (lowest, highest): a third from an edge, as painters do.
_HORIZON = {
    "sea": (0.56, 0.66), "harbour": (0.58, 0.66), "lake": (0.55, 0.62), "mountains": (0.70, 0.80),
    "forest": (0.72, 0.78), "desert": (0.56, 0.66), "city": (0.70, 0.78), "street": (0.54, 0.60),
    "field": (0.52, 0.64), "snow": (0.56, 0.66), "space": (1.2, 1.2), "underwater": (0.86, 0.9),
    "room": (0.68, 0.72), "sky": (0.80, 0.9), "studio": (0.70, 0.74),
}  # fmt: skip
# How high the light stands over the horizon, as shares of the unit.
_HEIGHT = {
    "dawn": (0.05, 0.14),
    "day": (0.42, 0.52),
    "golden": (0.07, 0.18),
    "dusk": (-0.03, 0.03),
    "night": (0.34, 0.46),
}


def paint(prompt: str, width: int, height: int, seed: int, *, negative: str = "") -> np.ndarray:
    """A finished still, uint8 height x width x 3 RGB."""
    painting = compose(read(prompt, negative), width, height, seed)
    return show(painting)


def show(painting: Painting) -> np.ndarray:
    """The painting with the camera at rest, finished as a still."""
    rgb = flat(painting.layers, (0, 0, painting.width, painting.height))
    return light.finish(rgb, vignette=painting.vignette)


def compose(brief: Brief, width: int, height: int, seed: int, *, margin: int = 0, duration: float = 5.0) -> Painting:
    """The layers of a picture `width` x `height`, painted `margin` pixels beyond the frame on every side.

    The same prompt, size and seed give the same layers. No place of the canvas stays empty: the first layer is opaque.
    """
    stage = staged(brief, width, height, seed, margin, duration)
    setting = scenes.TABLE[brief.setting](stage)
    layers: list[Layer] = [
        *(parting.parted(stage, setting.back) if setting.outdoors else setting.back),
        *subjects.place(stage, setting),
        *setting.front,
        *weather.paint(stage, setting),
    ]
    vignette = 0.34 if brief.time != "day" else 0.24
    return Painting(width, height, stage.horizon, tuple(layers), vignette, subjects.first(stage, setting))


def staged(brief: Brief, width: int, height: int, seed: int, margin: int = 0, duration: float = 5.0) -> Stage:
    """The stage a brief is painted on: its horizon, light, focus and colours, by the seed."""
    throw = dice(brief.prompt, seed, "stage")
    low, high = _HORIZON[brief.setting]
    tall = -0.07 if height > width * 1.2 and brief.setting not in ("space", "room", "underwater") else 0.0
    horizon = (throw.uniform(low, high) + tall) * height
    unit = min(height, width * 1.1)
    side = throw.choice([-1, 1])
    third = throw.uniform(0.12, 0.24)
    rise = throw.uniform(*_HEIGHT[brief.time]) * min(unit * 1.25, height)
    sun = (width * (0.5 + side * third), max(min(horizon, height * 0.9) - rise, 0.1 * unit))
    focus = width * (0.5 - side * throw.uniform(0.10, 0.2))
    colours = palette.choose(brief, dice(brief.prompt, seed, "palette"))
    return Stage(width, height, margin, brief, colours, seed, horizon, sun, focus, duration)
