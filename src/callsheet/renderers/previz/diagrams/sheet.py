"""A sheet that is drawn on in pixels and comes out as SVG: self-contained, without script, and safe to serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.theme import Theme

Point = tuple[float, float]

_FALLBACKS = "Noto Sans SC, PingFang SC, Microsoft YaHei, Hiragino Sans, Malgun Gothic, Arial, sans-serif"
"""Where an SVG is shown without our font."""


class Sheet:
    """Shapes in drawing order. Coordinates may lie anywhere: `size` and `origin` come from what was drawn.

    `language` decides the face. Every string that is given is escaped here, and nowhere else.
    """

    def __init__(self, theme: Theme, language: str = "zh") -> None:
        self.theme = theme
        self.family = letters.family(language)
        self._parts: list[str] = []
        self._low = [float("inf"), float("inf")]
        self._high = [float("-inf"), float("-inf")]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all that was drawn."""
        return self._low[0], self._low[1], self._high[0], self._high[1]

    def open(self, role: str, name: str = "") -> None:
        """Begin a group; `role` is its class, `name` what it stands for."""
        self._parts.append(f'<g class="{role}"{_said("data-id", name)}>')

    def close(self) -> None:
        """End the group."""
        self._parts.append("</g>")

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str,
        *,
        line: str = "none",
        rx: float = 0,
        stroke: float = 1.5,
    ) -> None:
        """A rectangle with its corners rounded by `rx`."""
        self._cover([(x, y), (x + w, y + h)])
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{_n(rx)}" fill="{fill}"'
            f' stroke="{line}" stroke-width="{_n(stroke)}"/>'
        )

    def polygon(self, points: Sequence[Point], fill: str, *, line: str = "none", stroke: float = 1.5) -> None:
        """A closed shape."""
        self._cover(points)
        at = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._parts.append(
            f'<polygon points="{at}" fill="{fill}" stroke="{line}" stroke-width="{_n(stroke)}" '
            f'stroke-linejoin="round"/>'
        )

    def circle(self, x: float, y: float, r: float, fill: str, *, line: str = "none", stroke: float = 1.5) -> None:
        """A disc."""
        self._cover([(x - r, y - r), (x + r, y + r)])
        self._parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}" stroke="{line}" stroke-width="{_n(stroke)}"/>'
        )

    def path(self, d: str, over: Iterable[Point], line: str, *, stroke: float = 1.6, fill: str = "none") -> None:
        """A path in SVG's words; `over` are points that it reaches."""
        self._cover(over)
        self._parts.append(
            f'<path d="{d}" fill="{fill}" stroke="{line}" stroke-width="{_n(stroke)}" stroke-linecap="round"'
            ' stroke-linejoin="round"/>'
        )

    def polyline(
        self, points: Sequence[Point], line: str, *, stroke: float = 1.6, bend: float = 8, tip: bool = False
    ) -> None:
        """A line through the points with rounded bends; with `tip` an arrowhead at its end."""
        d = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
        for before, at, after in zip(points, points[1:], points[2:], strict=False):
            into, out = _towards(at, before, bend), _towards(at, after, bend)
            d.append(f"L{_n(into[0])} {_n(into[1])}Q{_n(at[0])} {_n(at[1])} {_n(out[0])} {_n(out[1])}")
        end = points[-1]
        stop = _towards(end, points[-2], 7, whole=True) if tip else end
        d.append(f"L{_n(stop[0])} {_n(stop[1])}")
        self.path("".join(d), points, line, stroke=stroke)
        if tip:
            self.polygon(_arrowhead(points[-2], end), line, stroke=0)

    def text(
        self, x: float, y: float, said: str, size: float, ink: str, *, anchor: str = "middle", bold: bool = False
    ) -> None:
        """One line whose middle height is at `y`."""
        wide = letters.width(said, size)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self._cover([(left, y - size * 0.7), (left + wide, y + size * 0.7)])
        heavy = f' stroke="{ink}" stroke-width="{_n(size * 0.035)}"' if bold else ""
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y + size * 0.36)}" font-size="{_n(size)}" '
            f'text-anchor="{anchor}" fill="{ink}"'
            f"{heavy}>{escape(said)}</text>"
        )

    def lines(
        self,
        x: float,
        y: float,
        said: Sequence[str],
        size: float,
        ink: str,
        *,
        anchor: str = "middle",
        bold: bool = False,
    ) -> None:
        """Several lines, their middle at `y`."""
        high = size * letters.LINE
        top = y - high * (len(said) - 1) / 2
        for index, line in enumerate(said):
            self.text(x, top + index * high, line, size, ink, anchor=anchor, bold=bold)

    def svg(self, *, margin: float, scale: float, title: str, metadata: str) -> str:
        """The whole document, all that was drawn within `margin`; `metadata` is XML for its head."""
        left, top, _, _ = self.box
        w, h = self.size(margin)
        stack = f"{self.family}, {_FALLBACKS}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{round(w * scale)}" height="{round(h * scale)}"'
            f' viewBox="{_n(left - margin)} {_n(top - margin)} {w} {h}" font-family="{stack}" role="img">'
            f"<title>{escape(title)}</title>{metadata}"
            f'<rect x="{_n(left - margin)}" y="{_n(top - margin)}" width="{w}" height="{h}" '
            f'fill="{self.theme.paper}"/>'
            f"{''.join(self._parts)}</svg>\n"
        )

    def size(self, margin: float) -> tuple[int, int]:
        """Width and height of the whole in pixels."""
        left, top, right, bottom = self.box
        return round(right - left + 2 * margin), round(bottom - top + 2 * margin)

    def _cover(self, points: Iterable[Point]) -> None:
        for x, y in points:
            self._low = [min(self._low[0], x), min(self._low[1], y)]
            self._high = [max(self._high[0], x), max(self._high[1], y)]


def _n(value: float) -> str:
    return re.sub(r"\.0+$|(?<=\.\d)0+$", "", f"{value:.2f}")


def _said(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""


def _towards(start: Point, goal: Point, far: float, *, whole: bool = False) -> Point:
    """The point `far` pixels from `start` on the way to `goal`, at most half the way (or all of it)."""
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    share = min(far / length, 1.0 if whole else 0.5)
    return start[0] + dx * share, start[1] + dy * share


def _arrowhead(before: Point, tip: Point) -> list[Point]:
    back = _towards(tip, before, 9, whole=True)
    dx, dy = (tip[0] - back[0]) * 0.5, (tip[1] - back[1]) * 0.5
    return [tip, (back[0] - dy, back[1] + dx), (back[0] + dy, back[1] - dx)]
