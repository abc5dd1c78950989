"""Asks who is going to do a task whether it will refuse it, before anything of it is kept or paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callsheet.catalog import Model
from callsheet.contract import Checking, Driver, Order
from callsheet.engine.library import Library
from callsheet.tasks import File, Input


class Foresight:
    """`drivers` by vendor; most of them are not `Checking`, and are not asked."""

    def __init__(self, drivers: Mapping[str, Driver], library: Library) -> None:
        self._drivers = drivers
        self._library = library

    async def look(self, run: Model, input: Input, files: Iterable[File] = ()) -> None:
        """InvalidInput for what is certain to be refused, going by the input and by `files`, as far as they are known.

        Only the stage at which the task begins is asked: where it may go on to others is seen when it does.
        """
        driver = self._drivers.get(run.vendor)
        if isinstance(driver, Checking):
            await driver.check(Order("", run, input, {}), {file.id: file for file in files}, self._library.local)
