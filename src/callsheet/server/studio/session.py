"""Signing in and out: a key or the operator's token is exchanged for a cookie that no script can read."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from callsheet.errors import Unauthenticated
from callsheet.server.auth import Gate
from callsheet.server.bodies import Incoming
from callsheet.server.origin import address_of, hostname
from callsheet.server.parts import parts_of
from callsheet.server.reading import read_body
from callsheet.server.shapes import Answer, stamp
from callsheet.server.studio.tokens import LIFETIME

_NO_STORE = {"cache-control": "no-store"}


class SignIn(Incoming):
    """What proves who it is."""

    key: str
    """An API key, or the operator's token."""


async def show(request: Request) -> Response:
    """Who the server takes this browser for."""
    return Answer(await _shape(request, parts_of(request).gate), headers=_NO_STORE)


async def begin(request: Request) -> Response:
    """Sign in. What was signed in before is forgotten."""
    gate = parts_of(request).gate
    gate.check_studio(request)
    said = await read_body(request, SignIn)
    word = await gate.session_for(said.key.strip())
    if word is None:
        raise Unauthenticated(
            "This key is not known here, or was revoked.",
            param="key",
            hint="`callsheet keys create` makes one; the operator's token is in server.json, and new at each start.",
        ).because("key_wrong")
    answer = Answer({"object": "session"}, 201, _NO_STORE)
    secure = _secure(request)
    answer.set_cookie(_name(gate, secure), word, LIFETIME, path="/", secure=secure, httponly=True, samesite="strict")
    return answer


async def end(request: Request) -> Response:
    """Sign out."""
    gate = parts_of(request).gate
    gate.check_studio(request)
    answer = Response(status_code=204, headers=_NO_STORE)
    for secure in (False, True):
        answer.delete_cookie(_name(gate, secure), path="/", secure=secure, httponly=True, samesite="strict")
    return answer


ROUTES: list[BaseRoute] = [
    Route("/studio/session", show, methods=["GET"]),
    Route("/studio/session", begin, methods=["POST"]),
    Route("/studio/session", end, methods=["DELETE"]),
]


async def _shape(request: Request, gate: Gate) -> dict[str, Any]:
    session = gate.session(request)
    try:
        caller = await gate.caller(request)
    except Unauthenticated:
        caller = None
    key = caller.key if caller else None
    signed_in = session is not None and caller is not None and (caller.operator or key is not None)
    return {
        "object": "session",
        "guarded": not await gate.open(),
        "account": caller.account if caller else None,
        "operator": caller.operator if caller else False,
        "name": key.name if key else None,
        "key": key.id if key else None,
        "signed_in": signed_in,
        "expires_at": stamp(session.expires * 1000) if session and signed_in else None,
    }


def _secure(request: Request) -> bool:
    """Whether the browser reached us by https: then the cookie goes by nothing else.

    The browser's own word for its page's origin is enough, also where the proxy before us is not trusted: it was
    compared with the host, and whoever makes it up only has a cookie that comes back by https alone.
    """
    if request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://"):
        return True
    here = hostname(request.headers.get("host", ""))
    address = address_of(here)
    local = here == "localhost" or (address is not None and address.is_loopback)
    return not local and parts_of(request).origins.of(request).startswith("https:")


def _name(gate: Gate, secure: bool) -> str:
    return f"__Host-{gate.sessions.cookie}" if secure else gate.sessions.cookie
