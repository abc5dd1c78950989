"""What a driver that renders here is certain to refuse, said of an order before it is one."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from callsheet.catalog import Param
from callsheet.catalog.needs import Need
from callsheet.contract import Bring, Order
from callsheet.errors import CallsheetError, InvalidInput, Rejected, RenderError
from callsheet.renderers import checks
from callsheet.renderers.frame import exact_fps
from callsheet.renderers.looking import Look, Opened, Told, Unknown
from callsheet.renderers.media import Facts
from callsheet.renderers.scene import Scene
from callsheet.tasks import File

LOOKED_INTO = 256_000_000
"""Bytes of files up to which they are read through to be sure; what is larger, the renderer refuses."""

_NAMED = 100
"""Letters of a reference that stand for it: what is longer is a data: address, of which nothing is known."""

Sketch = Callable[[Order, Look], Scene]


async def check(order: Order, files: Mapping[str, File], bring: Bring, sketch: Sketch) -> None:
    """InvalidInput for what the renderer of `sketch`'s scene is certain to refuse.

    Goes by what the files' headers said when they came, and opens none of them, until they speak against the order:
    then it reads them, for headers may be wrong. Nothing is said of an order whose texts or lists are still to be made.
    """
    try:
        named = _named(order)
        told = Told({Path(id): facts_of(file) for id, file in files.items()})
        scene = sketch(named, told)
        if scene.capability not in checks.CHECKS:
            return
        doubtful = await asyncio.to_thread(checks.doubtful, scene, told)
        if doubtful and sum(file.bytes for file in files.values()) <= LOOKED_INTO:
            here = {id: await bring(file) for id, file in files.items()}
            await asyncio.to_thread(_look, dataclasses.replace(named, media={**named.media, **here}), sketch)
    except Unknown:
        return
    except (RenderError, Rejected) as error:
        raise _refused(error) from error


def facts_of(file: File) -> Facts:
    """What a file's headers said when it came."""
    kind = file.content_type.partition("/")[0]
    heard = bool(file.extra.get("has_audio", True)) and kind != "image"
    fps = exact_fps(file.fps) if file.fps else None
    frames = round(file.duration * fps) if file.duration and fps else None
    return Facts(file.content_type, kind, file.width, file.height, file.duration, fps, frames, has_audio=heard)


def _look(order: Order, sketch: Sketch) -> None:
    checks.sure(sketch(order, Opened()))


def _named(order: Order) -> Order:
    """The order with a path that leads nowhere for every file. Unknown where a text or a list is yet to be made."""
    input = order.model.fulfilled(order.input, _awaited)
    stands = {one: Path(one[:_NAMED]) for _, _, one in order.model.media(input)}
    return dataclasses.replace(order, input=input, media=stands)


def _awaited(param: Param, need: Need) -> Any:
    if not param.is_media:
        raise Unknown
    return f"awaited/{need.task}/{need.output}"


def _refused(error: CallsheetError) -> InvalidInput:
    refusal = InvalidInput(error.message, hint=error.hint, param=error.param)
    refusal.reason, refusal.values = error.reason, error.values
    return refusal
