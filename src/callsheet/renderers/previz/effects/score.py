"""From words to sound: one prompt in a length, or several prompts each in its own window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from callsheet.renderers.previz.effects import abstract, mix, reader, timeline
from callsheet.renderers.previz.effects.noise import Stereo, at
from callsheet.renderers.previz.painter.stage import dice


@dataclass(frozen=True, slots=True)
class Window:
    """A prompt and the seconds from..to in which it sounds."""

    prompt: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound, and what was understood of the words: for each sound its recipe, words, times and number."""

    stereo: Stereo
    recognised: tuple[dict[str, Any], ...] = ()
    refused: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    traits: tuple[str, ...] = field(default=())

    @property
    def facts(self) -> dict[str, Any]:
        """As it is told with the file. `recognised: []` says plainly that a neutral sound stands in."""
        said: dict[str, Any] = {"recognised": list(self.recognised)}
        more = {"refused": list(self.refused), "nearest": list(self.nearest), "traits": list(self.traits)}
        return said | {name: value for name, value in more.items() if value}


def perform(prompt: str, count: int, seed: int, negative: str = "") -> Heard:
    """The prompt's sounds in `count` samples of stereo, at most -1 dBTP; a neutral one where none is known."""
    heard = _heard(prompt, count, seed, negative, "effects")
    mix.under_ceiling(heard.stereo)
    return heard


def perform_windows(windows: Sequence[Window], count: int, seed: int) -> Heard:
    """Each prompt exactly in its window and nowhere else; windows may overlap."""
    canvas = np.zeros((count, 2), np.float32)
    parts: list[tuple[Window, Heard]] = []
    for index, window in enumerate(windows):
        start, end = at(window.start), min(count, at(window.end))
        part = _heard(window.prompt, max(1, end - start), seed, "", f"window/{index}")
        canvas[start:end] += part.stereo[: max(0, end - start)]
        parts.append((window, part))
    mix.under_ceiling(canvas)
    return Heard(
        canvas,
        tuple(_moved(found, window.start) for window, part in parts for found in part.recognised),
        tuple(dict.fromkeys(name for _, part in parts for name in part.refused)),
        tuple(dict.fromkeys(name for _, part in parts for name in part.nearest)),
        tuple(dict.fromkeys(name for _, part in parts for name in part.traits)),
    )


def fitting(prompt: str, count: int, seed: int, negative: str = "") -> tuple[Stereo | None, tuple[str, ...]]:
    """For a clip: the known sounds that its prompt names, or None, and their recipes' names. Nothing stands in."""
    reading = reader.read(prompt, negative)
    if not reading.cues:
        return None, ()
    plays = timeline.plan(reading.cues, count, dice(prompt, seed, "effects"))
    stereo = mix.played(plays, count, lambda name: dice(prompt, seed, f"effects/{name}"))
    return stereo, tuple(play.cue.recipe.name for play in plays)


def _heard(prompt: str, count: int, seed: int, negative: str, name: str) -> Heard:
    reading = reader.read(prompt, negative)
    if not reading.cues:
        stereo = abstract.sound(prompt, count, dice(prompt, seed, f"{name}/abstract"))
        return Heard(stereo, (), reading.refused, tuple(reader.nearest(prompt)), abstract.traits(prompt))
    plays = timeline.plan(reading.cues, count, dice(prompt, seed, name))
    stereo = mix.played(plays, count, lambda part: dice(prompt, seed, f"{name}/{part}"))
    return Heard(stereo, tuple(_found(play) for play in plays), reading.refused)


def _found(play: timeline.Play) -> dict[str, Any]:
    found: dict[str, Any] = {
        "recipe": play.cue.recipe.name,
        "words": play.cue.text,
        "from": round(play.start / at(1.0), 3),
        "to": round(play.end / at(1.0), 3),
    }
    return found | ({"times": [round(hit / at(1.0), 3) for hit in play.hits]} if play.hits else {})


def _moved(found: dict[str, Any], by: float) -> dict[str, Any]:
    moved = {name: round(found[name] + by, 3) for name in ("from", "to")}
    times = {"times": [round(hit + by, 3) for hit in found["times"]]} if "times" in found else {}
    return found | moved | times
