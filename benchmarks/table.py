"""How a benchmark measures and prints: medians of interleaved rounds, one Markdown table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes, by the wall clock."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def interleaved(acts: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Each act once per round, so that what else the machine does meets all alike; the first round is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):
        for name, act in acts.items():
            took = seconds(act)
            if number:
                taken[name].append(took)
    return taken


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float], digits: int = 1, scale: float = 1000) -> str:
    """`median (min to max)`, in milliseconds unless `scale` says otherwise."""
    low, middle, high = min(values) * scale, median(values) * scale, max(values) * scale
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table whose columns also line up in a terminal."""
    table = [list(heads), *map(list, rows)]
    wide = [max(len(row[column]) for row in table) for column in range(len(heads))]
    lines = ["| " + " | ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)) + " |" for row in table]
    lines.insert(1, "|" + "|".join("-" * (size + 2) for size in wide) + "|")
    print(f"{title}\n", *lines, "", sep="\n", flush=True)
