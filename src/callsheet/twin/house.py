"""Builds a twin by hand: the dialects of every vendor over one stage, behind the wire."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from callsheet import catalog
from callsheet.app import vendors
from callsheet.contract import Dialect, Files, Keys, Tasks
from callsheet.errors import CallsheetError, Forbidden
from callsheet.server.content import content_answer
from callsheet.server.counters import Counter, Counters, mount
from callsheet.server.desk import Desk
from callsheet.server.origin import Origins
from callsheet.server.reception import Reception
from callsheet.server.refusals import refusal
from callsheet.server.shapes import stamp
from callsheet.twin.calling import Caller
from callsheet.twin.clock import Agenda, VirtualClock
from callsheet.twin.exchange import current
from callsheet.twin.faults import Faults
from callsheet.twin.keyring import Keyring
from callsheet.twin.ledger import account
from callsheet.twin.letting_in import AnyGate
from callsheet.twin.record import Log
from callsheet.twin.scenario import Scenario
from callsheet.twin.shelf import Shelf
from callsheet.twin.stage import Stage
from callsheet.twin.wire import Behind, Lines, Wire

MAX_BODY = 100_000_000
"""Bytes of one request."""


class House:
    """A twin without its sockets. `vendor` is also served at the root; `hosts` are what its control may be called.

    Everything is called from one event loop.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None,
        speed: float,
        vendor: str | None,
        controls: Sequence[BaseRoute],
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        self.scenario = scenario
        self.hosts = hosts
        self.catalog = catalog.load()
        self.clock = VirtualClock(scenario.begins(now), speed)
        self.agenda = Agenda(self.clock)
        self.faults = Faults(_seed(seed, scenario), scenario.rule, self.clock)
        self.log = Log(self.clock)
        self.lines = Lines()
        self.keys = Keyring(scenario.keys)
        self.shelf = Shelf(self._dated, scenario.link_lifetime)
        self.stage = Stage(
            catalog=self.catalog,
            shelf=self.shelf,
            clock=self.clock,
            agenda=self.agenda,
            faults=self.faults,
            scenario=scenario,
        )
        dialects = vendors.dialects(self._desk())
        self._caller = self._with_callbacks(dialects)
        self.app = self._wired(_counters(self.catalog, dialects, vendor), controls)

    def _desk(self) -> Desk:
        """What the doors of people and operators ask for beside is not here: only dialects stand at it."""
        tasks, files, keys = cast("Tasks", self.stage), cast("Files", self.shelf), cast("Keys", self.keys)
        return Desk(tasks, files, keys, self.catalog, self._dated, Origins(), MAX_BODY)

    def _with_callbacks(self, dialects: Mapping[str, Dialect]) -> Caller:
        caller = Caller(
            catalog=self.catalog,
            dialects=dialects,
            clock=self.clock,
            agenda=self.agenda,
            faults=self.faults,
            log=self.log,
        )
        self.stage.told = caller.hear
        return caller

    def _wired(self, counters: Counters, controls: Sequence[BaseRoute]) -> ASGIApp:
        """The application: the wire around the reception, the downloads and the controls."""
        app = Starlette(routes=[*self._downloads(), *controls], middleware=[Middleware(Reception)])
        app.state.house = self
        app.state.parts = _Parts(AnyGate(self.keys), counters)
        behind = Behind(
            app=app,
            catalog=self.catalog,
            counters=counters,
            stage=self.stage,
            shelf=self.shelf,
            agenda=self.agenda,
            faults=self.faults,
            log=self.log,
            lines=self.lines,
        )
        return Wire(behind)

    def _dated(self) -> int:
        """The vendor's clock as a request or a callback finds it."""
        exchange = current.get()
        return self.clock() + (exchange.skew if exchange is not None else 0)

    def _downloads(self) -> list[BaseRoute]:
        paths = ("/v1/files/{file_id}/content", "/v1/files/{file_id}/content/{name}")
        return [Route(path, self._content, methods=["GET"]) for path in paths]

    async def _content(self, request: Request) -> Response:
        """A file's bytes by its signed link; the native API is not here."""
        file_id, proof = request.path_params["file_id"], request.query_params
        try:
            if not self.shelf.opens(file_id, proof.get("expires", ""), proof.get("signature", "")):
                raise Forbidden("This link has expired or was changed.")
            return content_answer(request, await self.shelf.get(None, file_id), self.shelf.read)
        except CallsheetError as error:
            return refusal(error, "")

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Time passes meanwhile, and callbacks are sent."""
        going = asyncio.create_task(self.agenda.run())
        try:
            yield
        finally:
            going.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await going
            await self._caller.close()
            self.shelf.close()

    def advance(self, seconds: float) -> int:
        """Move the clock on, and do what became due; the time it is then."""
        self.clock.advance(seconds)
        self.agenda.catch_up()
        return self.clock()

    def reset(self, seed: int | None = None, scenario: Scenario | None = None) -> None:
        """As new: no tasks, no files, no log, the rules of the scenario. Time goes on."""
        self.scenario = scenario or self.scenario
        self.stage.clear()
        self.stage.scenario = self.scenario
        self.shelf.clear()
        self._caller.clear()
        self.log.clear()
        self.agenda.clear()
        self.faults.begin(_seed(seed if seed is not None else self.faults.seed, self.scenario), self.scenario.rule)

    def told(self) -> dict[str, Any]:
        """What it is set to, and how late it is."""
        about = {"seed": self.faults.seed, "scenario": self.scenario.about, "speed": self.clock.speed}
        return {**about, "now": stamp(self.clock()), "tasks": len(self.stage.records)}

    def tasks(self) -> dict[str, Any]:
        """What was accepted and charged."""
        return account(self.stage.records, self.clock())


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the reception asks for; the native API, which asks for more, is not here."""

    gate: AnyGate
    counters: Counters


class _Rooted(Counters):
    """One vendor is also found without a mount."""

    def __init__(self, dialects: Mapping[str, tuple[tuple[str, ...], Dialect]], root: str) -> None:
        super().__init__(dialects)
        hosts, dialect = dialects[root]
        self._root = Counter(root, frozenset(hosts), dialect)

    def find(self, connection: HTTPConnection) -> tuple[Counter, str] | None:
        """As ever, and where that finds nothing, the one vendor."""
        path: str = connection.scope["path"]
        own = path.startswith(("/twin", "/as/", "/v1/files/"))
        return super().find(connection) or (None if own else (self._root, ""))


def _counters(known: catalog.Catalog, dialects: Mapping[str, Dialect], vendor: str | None) -> Counters:
    found = {mount(id): (known.vendor(id).hosts, dialect) for id, dialect in dialects.items()}
    return Counters(found) if vendor is None else _Rooted(found, mount(vendor))


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def _seed(given: int | None, scenario: Scenario) -> int:
    """The one that was asked for, else the scenario's, else a new one."""
    return next((one for one in (given, scenario.seed) if one is not None), secrets.randbelow(10**9))
