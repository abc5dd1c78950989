"""All recipes by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callsheet.renderers.previz.effects import (
    animals,
    blasts,
    engines,
    household,
    machines,
    metal,
    people,
    screen,
    water,
    weather,
)
from callsheet.renderers.previz.effects.recipe import Recipe

FAMILIES: Mapping[str, tuple[Recipe, ...]] = MappingProxyType(
    {
        "weather": weather.RECIPES,
        "water and fire": water.RECIPES,
        "animals": animals.RECIPES,
        "people": people.RECIPES,
        "engines": engines.RECIPES,
        "machines": machines.RECIPES,
        "household": household.RECIPES,
        "metal and skin": metal.RECIPES,
        "blasts": blasts.RECIPES,
        "screens": screen.RECIPES,
    }
)
"""The recipes of each family."""

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {recipe.name: recipe for family in FAMILIES.values() for recipe in family}
)
"""Every recipe by its name."""
