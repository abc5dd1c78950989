"""One question to a driver: its answer or refusal, and what was said to its vendor meanwhile, fit to be kept."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from callsheet.contract import Driver, Lost, Order
from callsheet.engine import pace
from callsheet.errors import CallsheetError, RenderError, Unavailable, Unsure
from callsheet.store import Row
from callsheet.tasks import Exchange
from callsheet.wires.listening import Heard, listening

log = logging.getLogger("callsheet.engine")

Answer = TypeVar("Answer")

KEPT = 6000
"""Letters of a body that are kept at most."""

REMEMBERED = 10_000
"""Of how many tasks it is remembered what was said last."""

_LONG = re.compile(r"[A-Za-z0-9+/_=-]{300,}")

Mask = Callable[[str], str]


class Asking:
    """Asks drivers, and remembers what was said until it is written with what came of it.

    `mask` takes secrets out of a text; without one nothing that was said is kept.
    """

    def __init__(self, mask: Mask | None) -> None:
        self._mask = mask
        self._heard: dict[str, list[Exchange]] = {}
        self._last: dict[str, tuple[object, ...]] = {}

    async def ask(
        self,
        row: Row,
        driver: Driver,
        order: Callable[[Row], Awaitable[Order]],
        verb: Callable[[Order], Awaitable[Answer]],
    ) -> Answer | CallsheetError:
        """The driver's answer or refusal. What it should not raise becomes what is safe to do about it."""
        try:
            made = await order(row)
        except CallsheetError as error:
            return error
        try:
            with listening(lambda heard: self._hear(row.task.id, heard)):
                async with asyncio.timeout(pace.CALL):
                    return await verb(made)
        except CallsheetError as error:
            return error
        except Lost:
            if driver.local and row.phase == "poll":
                raise
            said = "The stage does not know this task, or not yet."
            return self._silence(row, driver, said).because("stage_forgot")
        except TimeoutError:
            said = f"There was no answer within {pace.CALL:g} s."
            return self._silence(row, driver, said).because("no_answer", seconds=pace.CALL)
        except Exception as error:
            log.exception("a driver failed", extra={"task_id": row.task.id, "stage": row.task.stage})
            name = type(error).__name__
            return self._silence(row, driver, f"The driver failed: {name}.").because("driver_broke", quoted=name)

    def heard(self, task_id: str) -> list[Exchange]:
        """What was said of a task since this was last asked: to be written, once."""
        return self._heard.pop(task_id, [])

    def unwritten(self, task_id: str, said: list[Exchange]) -> None:
        """It could not be written with this: it goes with what is written next."""
        self._heard[task_id] = [*said, *self._heard.get(task_id, [])]

    def over(self, task_id: str) -> None:
        """Nothing more is said of this task."""
        self._last.pop(task_id, None)

    def _hear(self, task_id: str, heard: Heard) -> None:
        """Keep it, but for the same answer to the same question over and over."""
        if self._mask is None:
            return
        said = (heard.method, heard.url, heard.status, heard.error, heard.request, heard.response)
        mark = tuple(map(hash, said))
        if self._last.get(task_id) == mark:
            return
        self._last[task_id] = mark
        for kept in (self._last, self._heard):
            if len(kept) > REMEMBERED:  # tasks that another process took over
                del kept[next(iter(kept))]
        self._heard.setdefault(task_id, []).append(_fit(heard, self._mask))

    def _silence(self, row: Row, driver: Driver, said: str) -> CallsheetError:
        if row.phase == "submit" and not driver.local:
            return Unsure(f"{said} The request may have been accepted, so it is not sent again.")
        return RenderError(said) if driver.local and row.phase == "submit" else Unavailable(said)


def _fit(heard: Heard, mask: Mask) -> Exchange:
    return Exchange(
        at=round(heard.began * 1000),
        took=round(heard.took * 1000),
        method=heard.method,
        url=mask(heard.url)[:KEPT],
        status=heard.status,
        error=heard.error,
        request=_body(heard.request, mask),
        response=_body(heard.response, mask),
    )


def _body(text: str, mask: Mask) -> str:
    """Without secrets, then shortened: bytes in letters to their number, and the whole to KEPT."""
    bare = _LONG.sub(lambda found: f"…({len(found[0])} letters)…", mask(text)).encode("utf-8", "replace").decode()
    return bare if len(bare) <= KEPT else f"{bare[:KEPT]}…"
