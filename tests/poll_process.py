"""A process whose vendor has COUNT tasks, asked for together, and which dies by kill -9 before any answer is written.

`poll_process.py FOLDER COUNT [DATABASE]`
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from callsheet.contract import Order
from callsheet.tasks import State, Update
from engine_fixtures import RUNNING, Vendor, a_house


async def main(folder: Path, count: int, *database: str) -> None:
    asked: set[str] = set()

    async def silent(order: Order) -> Update:
        asked.add(order.task_id)
        if len(asked) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(120)
        return RUNNING

    vendor = Vendor([Update(State.RUNNING, remote="r", again=0.25)], [silent], slots=count)
    given = {"database": database[0]} if database else {}
    async with a_house(folder, {"studio": vendor}, **given) as house:
        for _ in range(count):
            await house.submit()
        await asyncio.sleep(120)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
