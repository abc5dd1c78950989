"""Webhooks: what was told of an account's tasks, what is still to be told, every try, and telling it once more."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.contract import Webhooks
from callsheet.errors import Forbidden, NotSupported
from callsheet.server import answers, bodies
from callsheet.server.auth import Caller
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.reading import read_query
from callsheet.server.shapes import Answer, message_shape, page, try_shape

router = APIRouter(tags=["webhooks"], route_class=Route)


@router.get(
    "/v1/webhooks",
    **operation(
        "listWebhooks",
        "Messages to webhooks, newest first: what was told, and what is still to be told.",
        answer=answers.WebhookList,
        query=bodies.WebhookQuery,
    ),
)
async def list_webhooks(request: Request) -> Response:
    """Those of the caller's account; the operator may name another."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    query = read_query(request, bodies.WebhookQuery)
    account = _account(caller, query.account)
    found = await _told(parts).list(account, query.task, query.state, query.limit, query.cursor)
    return Answer(page([message_shape(one) for one in found.messages], found.next))


@router.get(
    "/v1/webhooks/{message_id}",
    **operation(
        "getWebhook",
        "One message and every try to tell it, with what was sent; secrets are left out.",
        answer=answers.FullWebhook,
        refusals=(404,),
    ),
)
async def get(request: Request, message_id: str) -> Response:
    """One message of the caller's account, or of any for the operator."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    message, tries = await _told(parts).get(_any(caller), message_id)
    return Answer({**message_shape(message), "tries": [try_shape(one) for one in tries]})


@router.post(
    "/v1/webhooks/{message_id}/redeliver",
    **operation(
        "redeliverWebhook",
        "Tell a message once more, whatever came of it before. Its id stays: a receiver can tell that it had it.",
        answer=answers.Webhook,
        refusals=(404,),
    ),
)
async def redeliver(request: Request, message_id: str) -> Response:
    """It is due at once, and has all its tries again."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    return Answer(message_shape(await _told(parts).redeliver(_any(caller), message_id)))


def _told(parts: Parts) -> Webhooks:
    if parts.webhooks is None:
        raise NotSupported("This server tells no webhooks.")
    return parts.webhooks


def _any(caller: Caller) -> str | None:
    return None if caller.operator else caller.account


def _account(caller: Caller, asked: str | None) -> str:
    if asked is not None and asked != caller.account and not caller.operator:
        raise Forbidden("Only the operator may ask for another account's messages.", param="account").because(
            "account_other"
        )
    return asked or caller.account
