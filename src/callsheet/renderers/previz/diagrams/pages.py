"""Renders the four kinds of diagram: each piece as PNG, SVG and source, in that order."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.landing import landing
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.diagrams import letters, picture, reading, theme, words
from callsheet.renderers.previz.diagrams.shapes import Board, Branch, Flow, Plan
from callsheet.renderers.previz.diagrams.understand import Understood
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Draw `count` diagrams `out/diagram-1.png`, `.svg` and `.mmd` (or `.vl.json`) ...; piece i looks as seed + i says.

    `scene.extra` may hold `language`, `style`, `pixel_width`, and `source`: what a chat model wrote, to be drawn in the
    prompt's place. Raises RenderError for a prompt without a letter that can be drawn, and for source that is broken.
    """
    found, wrote = reading.understood(scene)
    language = words.tongue(scene.prompt + found.title, str(scene.extra.get("language", "zh")))
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):
        made += _piece(piece, out, f"diagram-{index + 1}", (found, wrote, language))
        progress((index + 1) / scene.count)
    return made


def _piece(piece: Scene, out: Path, name: str, what: tuple[Understood, str, str]) -> list[Made]:
    found, wrote, language = what
    style = str(piece.extra.get("style", ""))
    look = theme.choose(style, piece.seed)
    facts = shoot.facts(piece) | {"theme": look.name}
    width = piece.extra.get("pixel_width")
    try:
        drawn = picture.draw(found, look, language, width=width, mark=piece.mark, facts=facts)
        pixels = picture.png(drawn, language)
    except ValueError as error:
        raise RenderError(f"The diagram could not be drawn: {error}", param="prompt") from error
    unknown = (f"style: {style}",) if style and not theme.styled(style) else ()
    extra = _told(piece, replace(found, left_out=(*found.left_out, *unknown)), wrote)
    extra |= {"theme": look.name, "scale": round(drawn.scale, 4)}
    image, vector, text = out / f"{name}.png", out / f"{name}.svg", out / f"{name}.{drawn.ending}"
    kind = write_still(image, pixels, facts)
    for path, content in ((vector, drawn.svg), (text, drawn.source)):
        with landing(path) as part:
            part.write_text(content, "utf-8")
    return [
        Made(image, kind, pixels.shape[1], pixels.shape[0], extra=extra),
        Made(vector, "image/svg+xml", drawn.width, drawn.height, extra=extra),
        Made(text, "text/plain", extra=extra),
    ]


def _told(scene: Scene, found: Understood, wrote: str) -> dict[str, Any]:
    """What was understood, what was assumed, and what found no place: so that nothing is dropped in silence."""
    lost = [char for char in letters.missing(scene.prompt) if unicodedata.category(char) not in ("Cf", "Mn", "Cc")]
    told: dict[str, Any] = {
        "read_as": found.origin,
        "written_by": wrote,
        "title": found.title,
        "understood": _counted(found),
        "assumed": list(found.assumed),
        "left_out": list(found.left_out),
        "mended": list(found.mended),
        "not_lettered": lost,
    }
    failed = scene.extra.get("source_failed")
    return told | ({"model_failed": failed} if failed else {})


def _counted(found: Understood) -> dict[str, int]:
    diagram = found.diagram
    if isinstance(diagram, Flow):
        asks = sum(node.kind == "decision" for node in diagram.nodes)
        return {"nodes": len(diagram.nodes), "arrows": len(diagram.edges), "decisions": asks}
    if isinstance(diagram, Branch):
        return {"thoughts": diagram.size}
    if isinstance(diagram, Plan):
        return {"tasks": len(diagram.spans), "milestones": sum(span.days == 0 for span in diagram.spans)}
    if isinstance(diagram, Board):
        parts = asdict(diagram)
        return {name: len(parts[name]) for name in ("figures", "charts", "versus", "steps", "cards") if parts[name]}
    return {}
