"""Which function does which edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from callsheet.renderers.edit import animation, assemble, burn, contact_sheet, mux, sounds, thumbnail
from callsheet.renderers.scene import Made, Progress, Scene

EDITS: Mapping[str, Callable[[Scene, Path, Progress], list[Made]]] = MappingProxyType(
    {
        "concat": assemble.concat,
        "trim": assemble.trim,
        "reframe": assemble.reframe,
        "mix": sounds.mix,
        "mux": mux.render,
        "extract-audio": sounds.extract,
        "thumbnail": thumbnail.render,
        "animation": animation.render,
        "contact-sheet": contact_sheet.render,
        "burn-subtitles": burn.render,
    }
)
"""By capability; each makes its files in a folder and says what each is, as `render.render` does."""
