"""A running twin: in a thread of its own for a test, or in the foreground for the command line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from callsheet import catalog
from callsheet.app.serving import HttpServer, address, bind
from callsheet.errors import SetupError
from callsheet.server.counters import mount
from callsheet.twin import control, keeping, reading
from callsheet.twin.house import House
from callsheet.twin.scenario import Scenario
from callsheet.twin.wire import Lines

T = TypeVar("T")
Rules = Mapping[str, Any]

START_WITHIN = 30.0


class Twin:
    """A stand-in for every vendor, on a port of loopback::

        with Twin("bad-day", seed=7, speed=0) as twin:
            client = VendorClient(base_url=twin.base("vidu"))
            ...
            twin.advance(30)
            assert twin.tasks()["charged_twice"] == {}

    `async with` does the same. It answers in a thread of its own, so that a test may block, and its methods may be
    called from any thread. `scenario` is a name, a file, a mapping as TOML would give it, or a Scenario; `speed` is
    virtual seconds per second, 0: time stands still but for `advance`; `home` is a folder that keeps tasks and files
    from one run to the next; `allow_hosts` are further names by which its control under /twin may be called. SetupError
    where the scenario is wrong.
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario | None = None,
        *,
        seed: int | None = None,
        speed: float = 1.0,
        vendor: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        home: Path | None = None,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        self.url = ""
        self._house_of = lambda: House(
            _scenario(scenario),
            seed=seed,
            speed=speed,
            vendor=_vendor(vendor),
            controls=control.routes(),
            hosts=frozenset(one.strip("[]").lower().rstrip(".") for one in (host, *allow_hosts)),
        )
        self._where = (host, port)
        self._home = home
        self._house: House | None = None
        self._server: HttpServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def base(self, vendor: str) -> str:
        """What stands in place of `https://<vendor's host>`: the vendor's own paths follow."""
        return f"{self.url}/as/{mount(_vendor(vendor) or '')}"

    @property
    def seed(self) -> int:
        """What every chance hangs on: the same again makes the same faults."""
        return self._asked(lambda house: house.faults.seed)

    def advance(self, seconds: float) -> None:
        """Let so many virtual seconds go by."""
        self._asked(lambda house: house.advance(seconds))

    def tasks(self) -> dict[str, Any]:
        """What was accepted and charged, as `GET /twin/tasks`."""
        return self._asked(House.tasks)

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """Every request and callback after the n-th entry, as `GET /twin/log`."""
        return self._asked(lambda house: house.log.after(after, 1 << 30))

    def add(self, **rule: Any) -> str:
        """One more rule from now on, its id: `twin.add(do="drop", vendor="vidu", verb="submit", accepted=True)`."""
        found = reading.rule_of(rule)
        return self._asked(lambda house: house.faults.add(found))

    def remove(self, id: str | None = None) -> None:
        """Take a rule away, or all."""
        self._asked(lambda house: house.faults.remove(id))

    def reset(self, seed: int | None = None, scenario: str | Path | Mapping[str, Any] | Scenario | None = None) -> None:
        """As new, with another seed or scenario where one is given."""
        found = None if scenario is None else _scenario(scenario)
        self._asked(lambda house: house.reset(seed, found))

    def run(self, say: Callable[[str], object]) -> None:
        """Answer in the foreground until SIGINT or SIGTERM; `say` is told a line when it is ready."""

        def ready() -> None:
            house = self._house
            assert house is not None
            say(f"The twin is ready at {self.url} (seed {house.faults.seed}, speed {house.clock.speed:g})")

        asyncio.run(self._serve(ready))

    def __enter__(self) -> Twin:
        ready: Future[None] = Future()

        def run() -> None:
            try:
                asyncio.run(self._serve(lambda: ready.set_result(None)))
            except BaseException as error:
                if ready.done():
                    raise
                ready.set_exception(error)

        self._thread = threading.Thread(target=run, name="callsheet-twin", daemon=True)
        self._thread.start()
        ready.result(START_WITHIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._loop is not None:
            self._server.should_exit = True
            self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(START_WITHIN)

    async def __aenter__(self) -> Twin:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    async def _serve(self, ready: Callable[[], object]) -> None:
        host, port = self._where
        with bind(host, port) as listening:
            self.url, self._loop = address(listening), asyncio.get_running_loop()
            self._house = house = self._house_of()
            self._server = server = HttpServer(house.app, asyncio.Event(), ready)
            server.config.http = _noting(house.lines)
            if self._home is not None:
                keeping.restore(house, self._home)
            async with house.running():
                await server.serve([listening])
                if self._home is not None:
                    keeping.save(house, self._home)

    def _asked(self, ask: Callable[[House], T]) -> T:
        """What the house says, asked in its own thread."""
        if self._house is None or self._loop is None:
            raise SetupError("The twin does not run.", hint="Use it within `with Twin(...) as twin:`.")
        house, answer = self._house, Future[T]()

        def tell() -> None:
            try:
                answer.set_result(ask(house))
            except Exception as error:
                answer.set_exception(error)

        self._loop.call_soon_threadsafe(tell)
        return answer.result(START_WITHIN)


def _noting(lines: Lines) -> type[asyncio.Protocol]:
    """The server's own protocol, which notes every connection, so that a fault can cut it."""

    class Noted(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._noted = transport.get_extra_info("peername")[:2]
            lines.open[self._noted] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            lines.open.pop(self._noted, None)
            super().connection_lost(exc)

    return Noted


def _scenario(given: str | Path | Mapping[str, Any] | Scenario | None) -> Scenario:
    if isinstance(given, Scenario):
        return given
    if given is None:
        return Scenario()
    return reading.read(given) if isinstance(given, Mapping) else reading.load(given)


def _vendor(given: str | None) -> str | None:
    """A vendor's id: `runway-relay` is one too."""
    return None if given is None else catalog.load().vendor(given.replace("-", "_")).id
