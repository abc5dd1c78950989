"""The drawing language of figures: one part per line, `role shape numbers`, made into polygons.

A role is `body`, `shade`, `light`, `accent`, `dark`, `white`, `skin`, `wood`, `glass`, `glow` or a colour like
`#c43c2c`; `@40` after it paints at 40 percent, and `*` at its end draws the part on both sides of x = 0. The shapes:

    poly x,y ...            straight lines between the points
    blob x,y ...            a smooth closed curve through the points; `!` after a point makes it a corner
    oval x,y rx,ry          an ellipse
    box x0,y0 x1,y1 [r]     a rectangle, its corners rounded by r
    line w x,y ...          a smooth stroke of width w with round ends
    ring w x,y r            a circle's stroke of width w
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, slots=True)
class Part:
    """One filled shape: its role, and polygons in figure units (y downward, feet at 100)."""

    role: str
    polygons: tuple[np.ndarray, ...]
    opacity: float = 1.0


@lru_cache(maxsize=128)
def parse(lines: tuple[str, ...]) -> tuple[Part, ...]:
    """The parts of a figure in drawing order. Raises ValueError for a line it cannot read."""
    return tuple(_part(line) for line in lines)


def extent(parts: tuple[Part, ...]) -> tuple[float, float, float, float]:
    """The box around all parts: least x, least y, greatest x, greatest y."""
    points = np.concatenate([p for part in parts for p in part.polygons])
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _part(line: str) -> Part:
    role, shape, *words = line.split()
    if shape not in _SHAPES:
        raise ValueError(f"no shape is called {shape!r} in {line!r}")
    polygons = _SHAPES[shape](words)
    if role.endswith("*"):
        polygons = [q for p in polygons for q in (p, p * (-1, 1))]
    name, _, percent = role.rstrip("*").partition("@")
    return Part(name, tuple(polygons), float(percent or 100) / 100)


def _pairs(words: list[str]) -> np.ndarray:
    return np.array([[float(n) for n in word.rstrip("!").split(",")] for word in words])


def _poly(words: list[str]) -> list[np.ndarray]:
    return [_pairs(words)]


def _blob(words: list[str]) -> list[np.ndarray]:
    points, corner = _pairs(words), [word.endswith("!") for word in words]
    return [_curve(points, corner, closed=True)]


def _oval(words: list[str]) -> list[np.ndarray]:
    (x, y), (rx, ry) = _pairs(words)
    return [_round(x, y, rx, ry)]


def _box(words: list[str]) -> list[np.ndarray]:
    (x0, y0), (x1, y1) = _pairs(words[:2])
    r = min(float(words[2]) if len(words) > 2 else 0.0, (x1 - x0) / 2, (y1 - y0) / 2)
    if not r:
        return [np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])]
    turn = np.linspace(0, np.pi / 2, 6)
    corners = ((x1 - r, y1 - r, 0), (x0 + r, y1 - r, 1), (x0 + r, y0 + r, 2), (x1 - r, y0 + r, 3))
    return [
        np.concatenate(
            [
                np.stack([x + r * np.cos(turn + k * np.pi / 2), y + r * np.sin(turn + k * np.pi / 2)], axis=1)
                for x, y, k in corners
            ]
        )
    ]


def _line(words: list[str]) -> list[np.ndarray]:
    wide, points = float(words[0]) / 2, _pairs(words[1:])
    path = _curve(points, [False] * len(points), closed=False)
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * wide
    body = np.concatenate([path + across, (path - across)[::-1]])
    return [body, *(_round(x, y, wide, wide, 14) for x, y in (path[0], path[-1]))]


def _ring(words: list[str]) -> list[np.ndarray]:
    wide, (x, y), r = float(words[0]) / 2, _pairs(words[1:2])[0], float(words[2])
    outer, inner = _round(x, y, r + wide, r + wide, 48), _round(x, y, r - wide, r - wide, 48)
    # A closed band: out along one circle, back along the other.
    return [np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])]


_SHAPES = {"poly": _poly, "blob": _blob, "oval": _oval, "box": _box, "line": _line, "ring": _ring}


def _round(x: float, y: float, rx: float, ry: float, corners: int = 36) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], axis=1)


def _curve(points: np.ndarray, corner: list[bool], *, closed: bool, steps: int = 8) -> np.ndarray:
    """A Catmull-Rom curve through the points; at a corner its tangent is none, so that the line breaks there."""
    count = len(points)
    if count < 3:
        return points
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    if not closed:
        before[0], after[-1] = points[0], points[-1]
    tangent = (after - before) / 2
    tangent[np.array(corner)] = 0
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    h0, h1, h2, h3 = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2
    made: list[np.ndarray] = []
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        # Long tangents on a short stretch would loop: they are kept to its length.
        long = np.hypot(*(points[j] - points[i]))
        a, b = (tangent[k] * min(1.0, 1.3 * long / max(np.hypot(*tangent[k]), 1e-9)) for k in (i, j))
        made.append(h0 * points[i] + h1 * a + h2 * points[j] + h3 * b)
    return np.concatenate(made if closed else [*made, points[-1:]])
