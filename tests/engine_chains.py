"""What the tests of chains share: a studio whose pictures come when the test says so, and tasks that take them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from callsheet.contract import Order
from callsheet.tasks import Artifact, State, Task, Update
from engine_fixtures import RUNNING, House, Vendor


def makes(folder: Path, *pictures: bytes, then: Update = RUNNING) -> Update:
    """What a studio answers that made these pictures."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"made-{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture)
    return Update(State.SUCCEEDED, artifacts=tuple(Artifact(path=str(path)) for path in paths))


def studio(folder: Path, *pictures: bytes, **parts: Any) -> Vendor:
    """Whatever it is asked for, it makes these pictures; the test opens the gate."""
    gate = asyncio.Event()

    async def made(order: Order) -> Update:
        return makes(folder / order.task_id, *pictures) if gate.is_set() else Update(State.RUNNING, again=0.25)

    folder.mkdir(exist_ok=True)
    vendor = Vendor(poll=[made], **parts)
    vendor.gate = gate  # type: ignore[attr-defined]
    return vendor


async def a_sketch(house: House, **parts: Any) -> Task:
    return await house.submit("studio/sketch", {"prompt": "a fox"}, **parts)


def taking(task: Task, **more: Any) -> dict[str, Any]:
    return {"image": {"from": task.id, **more}}


async def waits(house: House, upstream: Task, **parts: Any) -> Task:
    return await house.submit("studio/still", taking(upstream, **parts))


def cast_of(task: Task, output: int | str) -> dict[str, Any]:
    return {"prompt": "x", "subjects": [{"id": "fox", "images": [{"from": task.id, "output": output}]}]}
