"""A process that runs the tasks of a home until it is ended: `engine_process.py FOLDER`.

It submits what `FOLDER/wanted` lists (a JSON list of model and input per line, each under an Idempotency-Key of its
own), writes each accepted id to `FOLDER/accepted`, and goes on. Its vendor keeps a ledger of every request it was sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

from callsheet import catalog
from callsheet.contract import Order
from callsheet.renderers.pool import Pool
from callsheet.tasks import NewTask, State, Update
from callsheet.vendors.previz.driver import PrevizDriver
from engine_fixtures import DONE, Vendor, a_house


def ledger_vendor(ledger: Path) -> Vendor:
    """A vendor that writes down what it was sent before it answers, and takes its time with both."""

    async def take(order: Order) -> Update:
        with ledger.open("a") as out:
            out.write(f"{order.task_id}\n")
            out.flush()
            os.fsync(out.fileno())
        await asyncio.sleep(random.uniform(0, 0.06))
        return Update(State.RUNNING, remote="r", again=0.25)

    return Vendor([take], [Update(State.RUNNING, progress=0.5, again=0.25), DONE], slots=3)


def _taken(value: object, made: list[str]) -> object:
    """`before` stands for the output of the line before."""
    return {"from": made[-1]} if value == "before" else value


async def main(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    moves = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}
    drivers = {
        "studio": ledger_vendor(folder / "ledger"),
        "previz": PrevizDriver(Pool(1), folder / "home" / "renders", moves, slots=1),
    }
    async with a_house(folder, drivers) as house:
        print("ready", flush=True)  # noqa: T201
        made: list[str] = []
        for number, line in enumerate((folder / "wanted").read_text().splitlines()):
            model, input = json.loads(line)
            input = {name: _taken(one, made) for name, one in input.items()}
            task, _ = await house.engine.submit("local", NewTask(model, input, idempotency_key=f"wanted {number}"))
            made.append(task.id)
            with (folder / "accepted").open("a") as out:
                out.write(f"{task.id}\n")
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
