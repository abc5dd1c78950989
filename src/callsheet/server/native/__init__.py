"""The native API: every address under /v1."""

from __future__ import annotations

from starlette.routing import BaseRoute

from callsheet.server.native import catalogue, credits, files, keys, prompts, sheets, tasks, vendors, webhooks


def routes() -> list[BaseRoute]:
    """All of them, in the order the documents show them."""
    parts = (tasks, sheets, webhooks, files, catalogue, vendors, prompts, credits, keys)
    return [route for part in parts for route in part.router.routes]
