"""What the tests of diagrams share: rendering one small scene, and reading its SVG back as shapes and words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from callsheet.renderers.previz.diagrams import pages
from callsheet.renderers.scene import Made, Scene

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("flowchart", "mindmap", "gantt", "infographic")


@dataclass(frozen=True)
class Drawn:
    """The three files of one diagram, opened."""

    made: list[Made]
    root: ET.Element
    source: str

    @property
    def extra(self) -> Any:
        return self.made[0].extra

    def groups(self, role: str) -> list[ET.Element]:
        return [group for group in self.root.iter(f"{SVG}g") if role in (group.get("class") or "").split()]

    def rgb(self) -> np.ndarray:
        with Image.open(self.made[0].path) as picture:
            return np.asarray(picture.convert("RGB"))

    def words(self) -> str:
        """All that is lettered, without blanks and breaks: what is looked for may stand on two lines."""
        return squeezed("".join(said for text in self.root.iter(f"{SVG}text") for said in text.itertext()))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def draw(folder: Path, kind: str, prompt: str, **more: Any) -> Drawn:
    """One diagram. `language`, `style`, `source` and `pixel_width` go where the driver puts them."""
    extra = {name: more.pop(name) for name in ("language", "style", "source", "pixel_width") if name in more}
    made = pages.render(Scene(kind, prompt=prompt, extra=extra, **more), folder, lambda _: None)
    return Drawn(made, ET.parse(made[1].path).getroot(), made[2].path.read_text("utf-8"))


def boxes(groups: list[ET.Element]) -> Iterator[tuple[float, float, float, float]]:
    """x, y, width and height of the first rectangle of each group."""
    for group in groups:
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        x, y, w, h = (float(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
        yield x, y, w, h
