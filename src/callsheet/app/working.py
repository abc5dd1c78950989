"""A process that only works: a house without doors, but for three that say how it is."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from fastapi import FastAPI

from callsheet.app import home
from callsheet.app.house import House, opened, watched
from callsheet.app.serving import HttpServer, address, bind, settled
from callsheet.catalog import load
from callsheet.errors import SetupError
from callsheet.server import health, metrics, refusals
from callsheet.settings import Settings


async def working(settings: Settings, port: int | None) -> None:
    """Run what is due until SIGINT or SIGTERM; `port` answers /healthz, /readyz and /metrics."""
    _may_work(settings)
    with home.own(settings.home), contextlib.ExitStack() as open_port:
        listening = None if port is None else open_port.enter_context(bind(settings.server.host, port, "--health"))
        url = address(listening) if listening else "http://127.0.0.1"
        async with opened(settings, url, telemetry=watched(settings)) as house:
            said = f"callsheet works in {settings.home}" + (f", and says how it is at {url}" if listening else "")
            if listening is None:
                _say(said)
                with settled():
                    await _told_to_stop()
            else:
                await HttpServer(doors(house), house.parts.closing, lambda: _say(said)).serve([listening])


def _may_work(settings: Settings) -> None:
    if settings.database is None:
        raise SetupError(
            "`callsheet work` shares a PostgreSQL database with other processes, and none is set.",
            hint="Set `database` (CALLSHEET_DATABASE); without it `callsheet serve` runs the tasks by itself.",
        )
    known = load().capabilities
    unknown = set(settings.render.capabilities or ()) - set(known)
    if unknown:
        raise SetupError(
            f"There is no capability {', '.join(sorted(unknown))}.", hint=f"Known: {', '.join(sorted(known))}."
        )


def doors(house: House) -> FastAPI:
    """What a process answers that only works."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    refusals.install(app)
    app.router.routes.extend([*health.router.routes, *metrics.router.routes])
    app.state.parts = house.parts
    return app


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    await stop.wait()


def _say(said: str) -> None:
    print(said, file=sys.stdout, flush=True)  # noqa: T201
