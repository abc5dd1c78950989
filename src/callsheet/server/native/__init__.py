"""The native API: every address under /v1."""

from __future__ import annotations

from starlette.routing import BaseRoute

from callsheet.server.native import catalogue, credits, files, keys, sheets, tasks, webhooks


def routes() -> list[BaseRoute]:
    """All of them, in the order the documents show them."""
    return [
        route for part in (tasks, sheets, webhooks, files, catalogue, credits, keys) for route in part.router.routes
    ]
