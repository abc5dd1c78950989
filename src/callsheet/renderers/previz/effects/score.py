"""From words to sound: one prompt in a length, or several prompts each in its own window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from callsheet.renderers.previz.effects import abstract, mix, reader, timeline
from callsheet.renderers.previz.effects.noise import Stereo, at
from callsheet.renderers.previz.effects.windows import Window
from callsheet.renderers.previz.painter.stage import dice


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound, and what was understood of the words: for each sound its recipe, words, times and number."""

    between: mix.Sounding
    count: int
    gain: float = 1.0
    recognised: tuple[dict[str, Any], ...] = ()
    refused: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    traits: tuple[str, ...] = field(default=())

    @property
    def stereo(self) -> Stereo:
        """All of it at once."""
        return np.concatenate(list(self.blocks()))

    def blocks(self) -> Iterator[Stereo]:
        """All of it in blocks of five seconds."""
        for first in range(0, self.count, mix.BLOCK):
            yield self.between(first, min(self.count, first + mix.BLOCK)) * np.float32(self.gain)

    @property
    def facts(self) -> dict[str, Any]:
        """As it is told with the file. `recognised: []` says plainly that a neutral sound stands in."""
        said: dict[str, Any] = {"recognised": list(self.recognised)}
        more = {"refused": list(self.refused), "nearest": list(self.nearest), "traits": list(self.traits)}
        return said | {name: value for name, value in more.items() if value}


def perform(prompt: str, count: int, seed: int, negative: str = "") -> Heard:
    """The prompt's sounds in `count` samples of stereo, at most -1 dBTP; a neutral one where none is known."""
    heard = _heard(prompt, count, seed, negative, "effects")
    return replace(heard, gain=mix.under_ceiling(heard.between, count))


def perform_windows(windows: Sequence[Window], count: int, seed: int) -> Heard:
    """Each prompt exactly in its window and nowhere else; windows may overlap."""
    parts: list[tuple[Window, Heard]] = []
    for index, window in enumerate(windows):
        length = max(1, min(count, at(window.end)) - at(window.start))
        parts.append((window, _heard(window.prompt, length, seed, "", f"window/{index}")))
    between = _joined([(at(window.start), part) for window, part in parts])
    return Heard(
        between,
        count,
        mix.under_ceiling(between, count),
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
        between = abstract.sounding(prompt, count, dice(prompt, seed, f"{name}/abstract"))
        return Heard(between, count, 1.0, (), reading.refused, tuple(reader.nearest(prompt)), abstract.traits(prompt))
    plays = timeline.plan(reading.cues, count, dice(prompt, seed, name))
    between = mix.sounding(plays, count, lambda part: dice(prompt, seed, f"{name}/{part}"))
    return Heard(between, count, 1.0, tuple(_found(play) for play in plays), reading.refused)


def _joined(parts: Sequence[tuple[int, Heard]]) -> mix.Sounding:
    """Sounds that begin at these samples, as one."""

    def between(first: int, last: int) -> Stereo:
        canvas = np.zeros((last - first, 2), np.float32)
        for start, part in parts:
            begin, end = max(first, start), min(last, start + part.count)
            if begin < end:
                canvas[begin - first : end - first] += part.between(begin - start, end - start)
        return canvas

    return between


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
