"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.server.answers import Outgoing
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import parts_of
from callsheet.server.shapes import Answer
from callsheet.store.lock import CHALLENGE, PROOF

LONGEST = 200
"""Letters of a challenge."""

router = APIRouter(tags=["health"], route_class=Route)


class Alive(Outgoing):
    """A sign of life."""

    ok: Literal[True]


class Ready(Outgoing):
    """How the parts are."""

    ok: bool
    checks: dict[str, str]
    """Each part: `ok`, or what is wrong with it."""


@router.get("/healthz", **operation("live", "Whether the process lives.", answer=Alive, security=[]))
async def healthz(request: Request) -> Response:
    """Answers as long as the loop turns."""
    challenge = request.headers.get(CHALLENGE)
    proved = {PROOF: parts_of(request).gate.proof(challenge[:LONGEST])} if challenge else None
    return Answer({"ok": True}, headers=proved)


@router.get(
    "/readyz",
    **operation(
        "ready",
        "Whether the store can be written and the worker lives.",
        answer=Ready,
        more={503: {"model": Ready, "description": "It cannot; `checks` says what is wrong."}},
        security=[],
    ),
)
async def readyz(request: Request) -> Response:
    """503 names the part that is not well, in a word; the log says more."""
    parts = parts_of(request)
    checks = {name: fault or "ok" for name, fault in (await parts.ready()).items()}
    if parts.closing.is_set():
        checks["server"] = "stopping"
    well = all(said == "ok" for said in checks.values())
    return Answer({"ok": well, "checks": checks}, 200 if well else 503, {"cache-control": "no-store"})
