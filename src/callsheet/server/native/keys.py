"""Keys: made, listed and revoked by the operator alone, with the token in server.json."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.contract import Key
from callsheet.money import UNLIMITED, Standing
from callsheet.server import accounts
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.reading import read_body
from callsheet.server.shapes import Answer, key_shape, page

router = APIRouter(tags=["keys"], route_class=Route)


@router.post(
    "/v1/keys",
    status_code=201,
    **operation(
        "createKey",
        "Make a key. It and its secret are shown this once. Operator only.",
        answer=accounts.IssuedKey,
        body=accounts.NewKey,
        refusals=(400, 413, 415),
    ),
)
async def create(request: Request) -> Response:
    """For an account of its own, unless one is named."""
    parts = parts_of(request)
    await parts.gate.operator(request)
    body = await read_body(request, accounts.NewKey)
    known, key, secret = await parts.keys.create(body.name, body.account, body.over(UNLIMITED))
    return Answer({**key_shape(known), "key": key, "secret": secret}, 201, {"cache-control": "no-store"})


@router.get("/v1/keys", **operation("listKeys", "All keys, newest first. Operator only.", answer=accounts.KeyList))
async def list_keys(request: Request) -> Response:
    """Without what opens anything; each with how far it has gone."""
    parts = parts_of(request)
    await parts.gate.operator(request)
    standings = await parts.ledger.standings() if parts.ledger else {}
    return Answer(page([_listed(parts, key, standings.get(key.id)) for key in await parts.keys.list()]))


@router.patch(
    "/v1/keys/{key_id}",
    **operation(
        "limitKey",
        "Change what a key may do: what is left out stays, null takes a limit away. Operator only.",
        answer=accounts.Key,
        body=accounts.KeyLimits,
        refusals=(400, 404, 413, 415),
    ),
)
async def limit(request: Request, key_id: str) -> Response:
    """From the next task on."""
    parts = parts_of(request)
    await parts.gate.operator(request)
    body = await read_body(request, accounts.KeyLimits)
    limits = body.over((await parts.keys.get(key_id)).limits)
    return Answer(key_shape(await parts.keys.limit(key_id, limits)))


@router.delete(
    "/v1/keys/{key_id}",
    **operation("revokeKey", "Revoke a key. Operator only.", answer=accounts.Key, refusals=(404,)),
)
async def revoke(request: Request, key_id: str) -> Response:
    """From now on it opens nothing."""
    parts = parts_of(request)
    await parts.gate.operator(request)
    return Answer(key_shape(await parts.keys.revoke(key_id)))


def _listed(parts: Parts, key: Key, standing: Standing | None) -> dict[str, Any]:
    told = accounts.standing_shape(standing, parts.ledger.clock()) if standing and parts.ledger else None
    return {**key_shape(key), "standing": told}
