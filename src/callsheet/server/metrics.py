"""`/metrics`: what was counted and what stands, for Prometheus; and who may read it."""

from __future__ import annotations

import hmac

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.errors import Forbidden
from callsheet.server.auth import bearer
from callsheet.server.native.route import Route, operation
from callsheet.server.origin import address_of, hostname
from callsheet.server.parts import Exposition, parts_of

router = APIRouter(tags=["health"], route_class=Route)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@router.get(
    "/metrics",
    response_class=Response,
    **operation(
        "readMetrics",
        "What this process counted, and what is unfinished, in Prometheus' text format.",
        refusals=(404,),
        more={
            200: {
                "description": 'Lines of `name{label="value"} number`.',
                "content": {"text/plain": {"schema": {"type": "string"}}},
            }
        },
    ),
)
async def metrics(request: Request) -> Response:
    """For this machine itself, the operator, and who has the setting `metrics.key`; for all with `metrics.public`."""
    parts = parts_of(request)
    shown = parts.metrics
    if not _may_read(request, shown) and not (await parts.gate.caller(request)).operator:
        raise Forbidden(
            "Only this machine itself and the operator may read the metrics.",
            hint="Send the setting `metrics.key` as `Authorization: Bearer …`, or set `metrics.public`.",
        ).because("operator_only")
    return Response(await shown.page(), media_type=shown.content_type, headers={"cache-control": "no-store"})


def _may_read(request: Request, shown: Exposition) -> bool:
    presented = bearer(request)
    known = shown.key is not None and presented is not None
    if known and hmac.compare_digest((presented or "").encode(), (shown.key or "").encode()):
        return True
    return shown.public or _of_this_machine(request)


def _of_this_machine(request: Request) -> bool:
    """Asked by this machine itself, by a name of its own, and not through a proxy that says that it is one."""
    peer = address_of(request.client.host) if request.client else None
    host = hostname(request.headers.get("host", ""))
    named = address_of(host)
    ours = host == "localhost" or (named is not None and named.is_loopback)
    return peer is not None and peer.is_loopback and ours and not any(one in request.headers for one in _FORWARDED)
