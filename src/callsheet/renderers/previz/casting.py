"""Which pictures a clip is made of, and whether they are enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.scene import Scene

MOST = 7
"""Subjects in one scene."""


def enough(scene: Scene) -> None:
    """Raise RenderError where a template takes more pictures than came."""
    if scene.extra.get("template") == "one_shot" and len(scene.images) < 3:
        raise RenderError(
            f"one_shot takes three pictures; {len(scene.images)} came.",
            hint="Give three, or another template.",
            param="images",
        ).because("pictures_missing", param="images", least=3)


def subjects(scene: Scene) -> list[tuple[str, list[Path]]]:
    """Every subject's name and the pictures or clips that show it. Raises RenderError for one without."""
    rows: Sequence[Mapping[str, Any]] = scene.extra.get("subjects") or ()
    if rows:
        found = [
            (str(row.get("id") or index + 1), [Path(one) for one in (*row.get("images", ()), *row.get("videos", ()))])
            for index, row in enumerate(rows)
        ]
    else:
        found = [(str(index + 1), [path]) for index, path in enumerate(scene.images)]
    for index, (name, paths) in enumerate(found):
        if not paths:
            said = f"The subject {name!r} has no picture."
            at = f"subjects[{index}].images"
            raise RenderError(said, hint="Give it images.", param=at).because("pictures_missing", param=at, least=1)
    if not 1 <= len(found) <= MOST:
        raise RenderError(f"{len(found)} references came.", hint=f"Give 1 to {MOST}.", param="images")
    return found
