"""Where one figure stands."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.renderers.previz.painter.figures import Figure


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one figure comes: its foot's place, its height in pixels, its nearness, and which way it looks."""

    figure: Figure
    x: float
    y: float
    high: float
    depth: float
    flip: bool
    colour: str | None
    index: int
    parts: tuple[tuple[str, str], ...] = ()
