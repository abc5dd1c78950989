"""Where a task goes when its stage provably did not take it: to the next stage of its rule, its input fitted anew."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from callsheet.catalog import Catalog, Model
from callsheet.engine import advance, failing, pace
from callsheet.engine.advance import Move
from callsheet.engine.intake import Intake
from callsheet.engine.pace import Chance
from callsheet.engine.routing import fit
from callsheet.errors import CallsheetError, NotSupported, RequestError, StorageError, Unauthorized, Unavailable
from callsheet.store import Onward, Row

Note = dict[str, Any]


class Detour:
    """Leads a task past a stage. `live` are the vendors that have a driver here."""

    def __init__(self, catalog: Catalog, live: Container[str], intake: Intake, chance: Chance) -> None:
        self._catalog = catalog
        self._live = live
        self._intake = intake
        self._chance = chance

    async def around(self, row: Row, error: CallsheetError, otherwise: Move, now: int) -> Move:
        """The move to the next stage that can take it; `otherwise` where it has to stay, or has nowhere to go."""
        if not row.onward.models or not untaken(row, error):
            return otherwise
        passed: list[Note] = []
        try:
            for place, name in enumerate(row.onward.models, 1):
                try:
                    run, run_input, notes = await self._fitted(row, name)
                except RequestError as refusal:
                    passed.append({"model": name, "why": str(refusal)})
                    continue
                onward = Onward(row.onward.models[place:], row.onward.given)
                told = {"why": str(error), **failing.because(error)} | ({"passed": passed} if passed else {})
                return advance.rerouted(row, run, run_input, notes, onward, told, now)
        except StorageError as broken:
            return advance.again(row, broken, now, self._chance, pace.SUBMIT_TRIES)
        told = {"from": row.task.stage, "to": None, "why": str(error), "passed": passed} | failing.because(error)
        changes = {**otherwise.changes, "onward": Onward()}
        return Move(changes, (("rerouted", told), *otherwise.events))

    async def _fitted(self, row: Row, name: str) -> tuple[Model, Note, tuple[Any, ...]]:
        """The next model and the input as it takes it. RequestError where it cannot."""
        run = self._catalog.model(name)
        if run.vendor not in self._live:
            raise NotSupported(f"Nothing here speaks to {run.vendor} any more.")
        asked = self._catalog.find(row.task.model, row.task.input)
        run_input, notes = fit(run, {**asked.always, **row.task.input}, row.onward.given)
        await self._intake.resolve(row.task.account, (run,), run_input)
        return run, run_input, notes


def untaken(row: Row, error: CallsheetError) -> bool:
    """Whether a stage provably did not accept the task and is not asked again.

    True for a key that it refuses, for what it cannot do at all, and for what stays out of reach. Never where the
    request may have arrived (Unsure), where the stage knows the task, or where it refused the input (Rejected).
    """
    if row.phase != "submit" or row.remote is not None:
        return False
    if isinstance(error, Unavailable):
        return row.attempt + 1 >= pace.FALLBACK_TRIES
    return isinstance(error, Unauthorized | NotSupported)
