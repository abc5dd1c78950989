"""Draws the gallery: `python -m tools.gallery` all of it, `python -m tools.gallery speech ...` some areas of it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tools.gallery import index

AREAS = ("diagrams", "edit", "effects", "images", "moves", "music", "scenes", "speech", "video")
"""Each is a module here whose `draw(out)` writes its sheets into a folder of its own."""

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"


def main(asked: list[str]) -> None:
    """Draw the areas that were asked for, or all, and the index page. SystemExit for one that is not there."""
    unknown = [area for area in asked if area not in AREAS]
    if unknown:
        raise SystemExit(f"no area is called {', '.join(unknown)}; there are {', '.join(AREAS)}")
    for area in asked or AREAS:
        out = GALLERY / area
        out.mkdir(parents=True, exist_ok=True)
        import_module(f"tools.gallery.{area}").draw(out)
        print(f"{area}: {', '.join(sorted(path.name for path in out.iterdir()))}", flush=True)
    (GALLERY / "README.md").write_text(index.page())
    if faults := index.unlisted(GALLERY):
        raise SystemExit(f"the index page and the sheets differ: {', '.join(faults)}")


if __name__ == "__main__":
    main(sys.argv[1:])
