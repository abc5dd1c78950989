"""What a scene is certain to be refused for, said in milliseconds and before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from callsheet.errors import RenderError
from callsheet.renderers.edit.checks import EDIT_CHECKS
from callsheet.renderers.looking import Look, Opened, Told, Unknown
from callsheet.renderers.previz.checks import PREVIZ_CHECKS
from callsheet.renderers.scene import Scene

Check = Callable[[Scene, Look], object]


def _edit(check: Callable[..., object], scene: Scene, look: Look) -> object:
    return check(scene.extra, look.clip)


CHECKS: Mapping[str, Check] = MappingProxyType(
    {**{name: partial(_edit, check) for name, check in EDIT_CHECKS.items()}, **PREVIZ_CHECKS}
)
"""By capability: raises the RenderError that its renderer would raise. What is not listed only rendering shows."""


def doubtful(scene: Scene, told: Told) -> bool:
    """Raise RenderError where it is refused for certain, going by what was told of its files and opening none.

    True where it would be refused, unless its files are other than they say: `sure` looks.
    """
    check = CHECKS.get(scene.capability)
    if check is None:
        return False
    try:
        check(scene, told)
    except Unknown:
        return False
    except RenderError:
        if not told.doubtful:
            raise
        return True
    return False


def sure(scene: Scene) -> None:
    """Raise RenderError where it is refused, going by its files themselves: reads through clips, decodes nothing."""
    CHECKS[scene.capability](scene, Opened())
