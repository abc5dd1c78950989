"""What a place sounds like: the quiet beds that belong to a painted setting, its time and its weather."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from callsheet.renderers.previz.effects.cue import Cue, Manner
from callsheet.renderers.previz.effects.library import RECIPES
from callsheet.renderers.previz.painter.brief import Brief

# Decibels below the level at which a recipe sounds when it is asked for by name.
_PLACES: dict[str, tuple[tuple[str, float], ...]] = {
    "sea": (("ocean-waves", -4),),
    "harbour": (("ocean-waves", -9),),
    "lake": (("stream", -9), ("wind", -9)),
    "mountains": (("wind", -2),),
    "forest": (("birds", -5), ("wind", -10)),
    "desert": (("wind", -2),),
    "city": (("traffic", -4),),
    "street": (("traffic", -2),),
    "field": (("birds", -8), ("wind", -6)),
    "snow": (("wind-howl", -8),),
    "space": (("sci-fi-hum", -5),),
    "underwater": (("bubbles", 0),),
    "room": (("fan", -9),),
    "sky": (("wind", 0),),
    "studio": (),
}
_WEATHER = {"rain": ("rain-heavy", -4.0), "storm": ("storm", -2.0)}
_BY_NIGHT = {"birds": "crickets"}

AIR = Cue(RECIPES["fan"], "air", manner=Manner(gain=-12))
"""What is heard where nothing is: the air of a room."""


def beds(brief: Brief, named: Collection[str]) -> Iterator[Cue]:
    """The beds of the brief's setting and weather; by night the birds are asleep.

    `named` are the recipes that the prompt itself names: whoever says thunder has said what weather sounds.
    """
    told = any(name.startswith(("rain", "storm", "thunder", "wind")) for name in named)
    weather = None if told else _WEATHER.get(brief.weather)
    for name, gain in (*_PLACES[brief.setting], *((weather,) if weather else ())):
        heard = _BY_NIGHT.get(name, name) if brief.time == "night" else name
        yield Cue(RECIPES[heard], brief.setting, manner=Manner(gain=gain))
