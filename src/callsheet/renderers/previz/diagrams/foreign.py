"""Mermaid that our own drawing does not know (sequences, classes, styles …): its engine's SVG, made fit to serve."""

from __future__ import annotations

import re

import mmdr

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.theme import Theme

_ACTIVE = re.compile(
    r"<script\b.*?</script\s*>|<foreignObject\b.*?</foreignObject\s*>|</?a\b[^>]*>"
    r"|\son\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    r"|\s(?:xlink:)?href\s*=\s*(?:\"(?!#)[^\"]*\"|'(?!#)[^']*')|@import[^;]*;",
    re.I | re.S,
)
_BOX = re.compile(r'viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')


def draw(source: str, theme: Theme, language: str) -> tuple[str, float, float]:
    """The SVG without its outer tag's size, and its width and height. Raises ValueError in the parser's words."""
    svg = mmdr.render(_themed(source, theme, language)).svg()
    svg = _ACTIVE.sub("", svg)
    svg = re.sub(r"stroke-width:\s*-[\d.]+(?:px)?", "stroke-width:2px", svg)
    svg = re.sub(r'stroke-width="-[\d.]+"', 'stroke-width="2"', svg)
    svg = re.sub(r"filter:\s*drop-shadow\([^;]*;", "", svg)
    svg = re.sub(r"(?<!^)<svg(?![^>]*overflow)", '<svg overflow="visible"', svg)
    box = _BOX.search(svg)
    if not box:
        raise ValueError("the drawing has no size")
    return svg, float(box[3]), float(box[4])


def dressed(svg: str, size: tuple[int, int], theme: Theme, head: str) -> str:
    """The SVG with a size of its own, a background and `head` (title and metadata) at its beginning."""
    opening = re.match(r"<svg\b[^>]*>", svg)
    box = _BOX.search(svg)
    if not opening or not box:
        raise ValueError("the drawing has no beginning")
    tag = re.sub(r'\s(?:width|height|style)="[^"]*"', "", opening[0])
    tag = f'<svg width="{size[0]}" height="{size[1]}"{tag[4:]}'
    x, y, w, h = box.groups()
    paper = f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{theme.paper}"/>'
    return f"{tag}{head}{paper}{svg[opening.end() :]}\n"


def _themed(source: str, theme: Theme, language: str) -> str:
    """With our colours and letters, where the source brings none of its own; nothing depends on today."""
    if re.match(r"\s*gantt\b", source) and "todayMarker" not in source:
        source = re.sub(r"(\bgantt\b[^\n]*\n)", r"\1    todayMarker off\n", source, count=1)
    if source.lstrip().startswith("---") or "%%{init" in source:
        return source
    family = letters.family(language)
    tones = {
        "fontFamily": family,
        "background": theme.paper,
        "primaryColor": theme.tint(0),
        "primaryTextColor": theme.ink,
        "primaryBorderColor": theme.accent(0),
        "lineColor": theme.line,
        "secondaryColor": theme.tint(1),
        "tertiaryColor": theme.tint(2),
        "edgeLabelBackground": theme.paper,
    }
    lines = "\n".join(f'    {name}: "{value}"' for name, value in tones.items())
    head = f'---\nconfig:\n  theme: base\n  fontFamily: "{family}"\n  themeVariables:\n{lines}\n---\n'
    return head + source.lstrip()
