"""Does what a prompt asks of a picture: light, weather, colours and treatments, as closely as strength says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.stage import dice as dice_of
from callsheet.renderers.previz.picture import brushes, colours, grades, prints, relight, structure
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.previz.picture.wish import Wish

Treatment = Callable[[Rgb, np.random.Generator, float], Rgb]

TREATMENTS: Mapping[str, Treatment] = MappingProxyType(
    {
        "watercolour": brushes.watercolour,
        "oil": brushes.oil,
        "pencil": brushes.pencil,
        "ink": brushes.ink,
        "anime": prints.anime,
        "comic": prints.comic,
        "pixel": prints.pixel,
        "low_poly": prints.low_poly,
        "glass": prints.glass,
        "blueprint": prints.blueprint,
        "mono": grades.mono,
        "sepia": grades.sepia,
        "film": grades.film,
        "neon": grades.neon,
    }
)
_WITHOUT_WORDS = "oil"
"""The treatment of a prompt in which nothing is understood: visibly painted, and true to the picture."""
_CLEAN = frozenset({"pixel", "low_poly", "glass", "blueprint", "pencil", "ink"})
"""Treatments that make the picture of marks of their own: details laid over them would break the marks."""


def treated(source: Rgb, wish: Wish, strength: float, seed: int, like: Rgb | None = None) -> Rgb:
    """The picture as wished, in its own size; `like` gives it its colours. The same seed gives the same picture."""
    size = source.shape[1::-1]
    small = enlarge(source, *structure.working_size(*size))
    dice = dice_of(wish.brief.prompt, seed, "treatment")
    made = structure.loosened(small, strength, dice)
    made = _coloured(made, wish, seed, like)
    made = colours.warmed(made, float(dice.normal(0, 2.2)), float(dice.uniform(0.96, 1.04)))
    styles = wish.styles or ((_WITHOUT_WORDS,) if wish.nothing and like is None else ())
    if not styles or not _CLEAN.intersection(styles):
        made = structure.restored(made, small, strength)
    return enlarge(_in_styles(made, styles, dice, strength), *size)


def styled(rgb: Rgb, wish: Wish, strength: float, seed: int) -> Rgb:
    """The picture in the treatments of the wish, its light and colours left as they are."""
    small = enlarge(rgb, *structure.working_size(*rgb.shape[1::-1]))
    dice = dice_of(wish.brief.prompt, seed, "treatment")
    return enlarge(_in_styles(small, wish.styles, dice, strength), *rgb.shape[1::-1])


def _in_styles(rgb: Rgb, styles: tuple[str, ...], dice: np.random.Generator, strength: float) -> Rgb:
    for style in styles:
        stroke = structure.unit(rgb) * float(dice.uniform(0.85, 1.2)) * (1.25 - 0.4 * strength)
        rgb = TREATMENTS[style](rgb, dice, stroke)
    return rgb


def _coloured(rgb: Rgb, wish: Wish, seed: int, like: Rgb | None) -> Rgb:
    made = rgb
    if wish.time:
        made = relight.relit(made, wish.scene, wish.time, seed)
    elif like is not None:
        made = colours.transferred(made, like, 0.95)
    elif wish.brief.named and not wish.styles:
        scene = compose.show(compose.compose(wish.scene, 480, 270, seed))
        made = colours.transferred(made, scene, 0.8, 0.35)
    if wish.brief.colours:
        made = colours.tinted(made, wish.brief.colours)
    if wish.brief.warmth:
        made = colours.warmed(made, 11.0 * wish.brief.warmth)
    if wish.weather:
        made = relight.weathered(made, replace(wish.scene, time=wish.time or wish.brief.time), seed)
    return made
