"""The application: every door in one place, in the order a request meets them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from callsheet.server import callbacks, health, metrics, native, openapi, pages, refusals
from callsheet.server.door import Crowd, Door
from callsheet.server.parts import Parts
from callsheet.server.reception import Reception
from callsheet.server.shapes import Answer
from callsheet.server.studio import route as studio

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def application(
    parts: Parts | None = None,
    *,
    lifespan: Lifespan | None = None,
    crowd: Crowd | None = None,
) -> FastAPI:
    """The native API and its documents; before it the reception, which knows the vendors' dialects.

    Without `parts`, the lifespan has to put them into `app.state.parts`.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    app.state.parts = parts
    app.add_middleware(Reception)
    app.add_middleware(Door, crowd=crowd)
    refusals.install(app)
    # Flat, not as nested routers: one list is walked for each request.
    app.router.routes.extend([*native.routes(), *_open(), *pages.routes(), *studio.routes(), *callbacks.ROUTES])
    app.add_api_route("/v1/openapi.json", _document, include_in_schema=False)
    app.openapi = functools.partial(openapi.document, app)
    return app


def _open() -> list[BaseRoute]:
    return [*health.router.routes, *metrics.router.routes]


async def _document(request: Request) -> Response:
    return Answer(request.app.openapi(), headers={"cache-control": "no-cache"})


def document() -> dict[str, Any]:
    """The OpenAPI document, without a running store."""
    return openapi.document(application())
