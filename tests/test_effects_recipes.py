"""Every recipe keeps its claim, at its level, and a bed has no seam."""

from __future__ import annotations

import numpy as np
import pytest

from callsheet.renderers.previz.effects import mix
from callsheet.renderers.previz.effects.level import loudest
from callsheet.renderers.previz.effects.library import RECIPES
from callsheet.renderers.previz.effects.measure import measure
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound.limiter import true_peak

BEDS = [name for name, recipe in RECIPES.items() if recipe.bed]


def made(recipe: Recipe, count: int, seed: int = 3) -> np.ndarray:
    return recipe.make(np.random.Generator(np.random.PCG64(seed)), count)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_sounds_as_it_claims(name: str) -> None:
    recipe = RECIPES[name]
    sound = mix.sample(recipe, 1)
    assert sound.dtype == np.float32
    assert measure(sound).faults(recipe.claim) == []
    assert true_peak(sound) <= 10 ** (-1 / 20)
    at_once = max(1.0, 0.4 / recipe.every) if recipe.repeats else 1.0
    assert loudest(sound) <= recipe.level + 10 * np.log10(at_once) + 2.5, "louder than its kind"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_claims_something(name: str) -> None:
    assert RECIPES[name].claim != Claim()
    assert RECIPES[name].about


@pytest.mark.parametrize("name", BEDS)
def test_a_beds_end_flows_into_its_beginning(name: str) -> None:
    """The step from the last sample to the first is like any step within, and so is the slope."""
    sound = made(RECIPES[name], 66_150)
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    around = np.concatenate([mono[-400:], mono[:400]])
    steps = np.abs(np.diff(mono))
    seam = np.abs(np.diff(around))[395:405].max()
    assert seam <= max(float(np.quantile(steps, 0.9995)), 1.5 * float(np.abs(np.diff(around))[:380].max()))


@pytest.mark.parametrize("name", ["dog-bark", "rain-light", "church-bell", "typing", "siren"])
def test_a_seed_is_a_take_and_another_is_another(name: str) -> None:
    recipe = RECIPES[name]
    one, two, other = (mix.sample(recipe, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert name == "siren" or not np.array_equal(one, other)


def test_a_measure_can_fail() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100).astype(np.float32)
    found = measure(tone)
    assert found.pitch == pytest.approx(440, abs=11)
    assert found.centroid == pytest.approx(440, abs=15)
    assert len(found.faults(Claim(pitch=(880, 900), tonal=False))) == 2
    noise = np.random.default_rng(0).uniform(-1, 1, 44_100).astype(np.float32)
    assert measure(noise).partials < 0.05
    assert measure(noise).centroid == pytest.approx(11_025, rel=0.05)
    assert found.partials > 0.9


def test_loudest_agrees_with_the_standards_reference_tone() -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(44_100) / 44_100).astype(np.float32)
    assert loudest(np.stack([tone, np.zeros_like(tone)], axis=1)) == pytest.approx(-3.01, abs=0.15)
    assert loudest(tone) == pytest.approx(0.0, abs=0.15)
