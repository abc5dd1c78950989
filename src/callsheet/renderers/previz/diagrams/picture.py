"""Makes one diagram visible: its SVG, its PNG at twice the size, and the source it can be edited by."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import resvg_py
from PIL import Image

from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.previz.diagrams import (
    draw_board,
    draw_flow,
    draw_gantt,
    draw_mind,
    foreign,
    letters,
    mermaid,
    vega,
)
from callsheet.renderers.previz.diagrams.shapes import Board, Branch, Diagram, Flow, Plan
from callsheet.renderers.previz.diagrams.sheet import Sheet
from callsheet.renderers.previz.diagrams.theme import HEAD, MARGIN, Theme
from callsheet.renderers.previz.diagrams.understand import Understood
from callsheet.renderers.previz.mark import WORD

ZOOM = 2
"""How many pixels of the PNG one of the SVG's is wide."""

LONGEST, LARGEST = 4096, 12_000_000
"""What an SVG may measure: pixels of a side, and of the whole. Larger drawings are made smaller."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One diagram as SVG and source; width and height in the SVG's pixels, `scale` is how much smaller it was made."""

    svg: str
    source: str
    ending: str
    width: int
    height: int
    scale: float


def draw(
    found: Understood, theme: Theme, language: str, *, width: int | None, mark: bool, facts: Mapping[str, Any]
) -> Picture:
    """The diagram in a theme, `width` pixels wide or as wide as it needs. ValueError for source it cannot draw."""
    head = _head(found.title or str(facts.get("title", "")), facts)
    if found.diagram is None:
        return _foreign(found, theme, language, width, head, facts)
    sheet = Sheet(theme, language)
    _lay(found.diagram, sheet, language)
    if found.title and isinstance(found.diagram, Flow):
        _title(sheet, found.title)
    if mark:
        _mark(sheet)
    scale = _scale(*sheet.size(MARGIN), width)
    svg = sheet.svg(margin=MARGIN, scale=scale, title=found.title or str(facts.get("title", "")), metadata=head[1])
    size = _size(svg)
    source, ending = _source(found, theme, language, facts)
    return Picture(svg, source, ending, *size, scale)


def png(picture: Picture, language: str) -> np.ndarray:
    """The SVG at ZOOM times its size, uint8 RGB, lettered with our font and no other."""
    family = letters.family(language)
    encoded = resvg_py.svg_to_bytes(
        svg_string=picture.svg,
        skip_system_fonts=True,
        font_files=[str(letters.FONT)],
        font_family=family,
        sans_serif_family=family,
        serif_family=family,
        monospace_family=family,
        zoom=ZOOM,
    )
    with Image.open(io.BytesIO(bytes(encoded))) as image:
        return np.asarray(image.convert("RGB"))


def _lay(diagram: Diagram, sheet: Sheet, language: str) -> None:
    if isinstance(diagram, Flow):
        draw_flow.draw(diagram, sheet)
    elif isinstance(diagram, Branch):
        draw_mind.draw(diagram, sheet)
    elif isinstance(diagram, Plan):
        draw_gantt.draw(diagram, sheet, language)
    else:
        draw_board.draw(diagram, sheet)


def _title(sheet: Sheet, title: str) -> None:
    left, top, right, _ = sheet.box
    lines = letters.wrap(letters.drawable(title), HEAD, max(right - left, 280.0))
    high = len(lines) * HEAD * letters.LINE
    sheet.lines((left + right) / 2, top - 22 - high / 2, lines, HEAD, sheet.theme.ink, bold=True)


def _mark(sheet: Sheet) -> None:
    """The small sign that says preview, in the corner below the diagram."""
    _, _, right, bottom = sheet.box
    sheet.open("mark")
    sheet.text(right, bottom + 22, WORD, 10, sheet.theme.quiet, anchor="end")
    sheet.close()


def _scale(wide: int, high: int, width: int | None) -> float:
    asked = width / wide if width else 1.0
    return min(asked, LONGEST / wide, LONGEST / high, (LARGEST / (wide * high)) ** 0.5)


def _size(svg: str) -> tuple[int, int]:
    found = re.search(r'width="(\d+)" height="(\d+)"', svg)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _foreign(
    found: Understood, theme: Theme, language: str, width: int | None, head: tuple[str, str], facts: Mapping[str, Any]
) -> Picture:
    svg, wide, high = foreign.draw(found.source, theme, language)
    scale = _scale(max(1, round(wide)), max(1, round(high)), width)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    dressed = foreign.dressed(svg, size, theme, "".join(head))
    return Picture(dressed, _commented(found.source, facts), "mmd", *size, scale)


def _head(title: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """The SVG's title, and metadata (RDF, Dublin Core) that says that it is a preview and what it was made from."""
    words = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, default=str)
    return (
        f"<title>{escape(title)}</title>",
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<rdf:Description rdf:about=""><dc:title>{escape(title)}</dc:title><dc:creator>callsheet</dc:creator>'
        f"<dc:description>{escape(PREVIEW)}. "
        f"{escape(words)}</dc:description></rdf:Description></rdf:RDF></metadata>",
    )


def _source(found: Understood, theme: Theme, language: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """The text to edit, and the ending it goes by. What came as Mermaid goes out as it came."""
    diagram = found.diagram
    if isinstance(diagram, Board):
        said = f"{PREVIEW}. {facts.get('prompt', '')}".strip()
        return vega.specification(diagram, theme, language, said), "vl.json"
    if found.origin == "source":
        return _commented(found.source, facts), "mmd"
    if isinstance(diagram, Flow):
        text = mermaid.flowchart(diagram, draw_flow.direction(diagram))
    elif isinstance(diagram, Branch):
        text = mermaid.mindmap(diagram)
    else:
        text = mermaid.gantt(diagram) if diagram else found.source
    return _commented(text, facts), "mmd"


def _commented(source: str, facts: Mapping[str, Any]) -> str:
    """With a head of comments, after front matter where there is any, for that has to come first."""
    prompt = re.sub(r"[\s%{}]+", " ", str(facts.get("prompt", ""))).strip()
    head = f"%% {PREVIEW}\n%% made from: {prompt[:200]}{'…' if len(prompt) > 200 else ''}\n"
    front = re.match(r"\s*---\n.*?\n---\s*\n", source, re.S)
    at = front.end() if front else 0
    return source[:at] + head + source[at:]
