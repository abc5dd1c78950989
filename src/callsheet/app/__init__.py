"""The top of the house: builds everything, mounts every door, and serves it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from callsheet.app import home, log
from callsheet.app.house import House, opened, watched
from callsheet.app.ports import further
from callsheet.app.serving import HttpServer, address, bind, is_loopback, leave_when_idle
from callsheet.app.working import working
from callsheet.errors import SetupError
from callsheet.server.application import application, document
from callsheet.server.door import Crowd
from callsheet.settings import Settings
from callsheet.telemetry import ObservedRequests

__all__ = ["build", "openapi_document", "serve", "work"]


def build(settings: Settings) -> FastAPI:
    """The whole of callsheet as an ASGI application for any server; its lifespan opens and closes the home.

    `app.state` has `settings` and `crowd`, and once it is started `parts` and `token` (the operator's).
    """
    crowd, telemetry = Crowd(), watched(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        url = f"http://{settings.server.host}:{settings.server.port}"
        with home.own(settings.home):
            async with opened(settings, url, telemetry=telemetry) as house:
                _move_in(app, house)
                yield

    app = application(lifespan=lifespan, crowd=crowd)
    app.add_middleware(ObservedRequests, telemetry=telemetry)
    app.state.settings = settings
    app.state.crowd = crowd
    return app


def serve(settings: Settings, *, idle_exit: float | None = None) -> None:
    """Serve a home until SIGINT or SIGTERM, or until nothing was asked or left to do for `idle_exit` seconds.

    Prints one line with the address once requests are answered, and one for each further port. SetupError when the
    home is in use, a port is taken, or the host is not loopback and no key exists.
    """
    log.set_up(settings)
    asyncio.run(_serve(settings, idle_exit))


def work(settings: Settings, health_port: int | None = None) -> None:
    """Run the tasks of a shared database until SIGINT or SIGTERM. Prints one line once it is ready; SetupError."""
    log.set_up(settings)
    asyncio.run(working(settings, health_port))


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of the native API; needs no home."""
    return document()


async def _serve(settings: Settings, idle_exit: float | None) -> None:
    host, port = settings.server.host, settings.server.port
    with home.own(settings.home), bind(host, port) as listening, further(settings) as ports:
        url, telemetry = address(listening), watched(settings)
        async with opened(settings, url, telemetry=telemetry) as house:
            if not is_loopback(host) and not await house.parts.keys.any():
                raise SetupError(
                    f"Without a key only this machine may be served, and {host} is reached from others too.",
                    hint="Run `callsheet keys create --name NAME` first, or leave --host at 127.0.0.1.",
                )
            crowd = Crowd()
            app = application(crowd=crowd)
            app.add_middleware(ObservedRequests, telemetry=telemetry)
            _move_in(app, house)
            with contextlib.ExitStack() as announcement:

                def say_ready() -> None:
                    announcement.enter_context(home.announced(settings.home, url, house.token, idle_exit))
                    said = [f"callsheet is ready at {url}", *(port.said for port in ports)]
                    print("\n".join(said), file=sys.stdout, flush=True)  # noqa: T201
                    # Beside it, not in it: programs wait for those lines and read nothing further.
                    print(f"The studio is at {url}/studio", file=sys.stderr, flush=True)  # noqa: T201

                server = HttpServer(app, house.parts.closing, say_ready, ports)
                await _run(server, listening, idle_exit, crowd, house)


async def _run(server: HttpServer, listening: Any, idle_exit: float | None, crowd: Crowd, house: House) -> None:
    with contextlib.ExitStack() as watch:
        if idle_exit is not None:
            leaving = asyncio.create_task(leave_when_idle(server, crowd, idle_exit, house.engine.busy))
            watch.callback(leaving.cancel)
        await server.serve([listening])


def _move_in(app: FastAPI, house: House) -> None:
    app.state.parts = house.parts
    app.state.token = house.token
