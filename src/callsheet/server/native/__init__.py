"""The native API: every address under /v1."""

from __future__ import annotations

from fastapi import APIRouter

from callsheet.server.native import catalogue, files, keys, tasks


def routes() -> APIRouter:
    """All of them, in the order the documents show them."""
    router = APIRouter()
    for part in (tasks, files, catalogue, keys):
        router.include_router(part.router)
    return router
