"""Credits: what the caller's account has, and for the operator what accounts are paid, refunded and checked."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.contract import Ledger
from callsheet.errors import Forbidden, NotSupported
from callsheet.server import accounts
from callsheet.server.native.route import Route, idempotency_key, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.reading import read_body, read_query
from callsheet.server.shapes import Answer, page

router = APIRouter(tags=["credits"], route_class=Route)


@router.get(
    "/v1/credits",
    **operation(
        "getCredits",
        "What the caller's account has, what its key may do, and the latest entries of its ledger.",
        answer=accounts.Credits,
        query=accounts.CreditQuery,
        refusals=(404,),
    ),
)
async def get(request: Request) -> Response:
    """Newest entries first; those of one task oldest first. The operator may name any account and task."""
    parts = parts_of(request)
    ledger, caller = _ledger(parts), await parts.gate.caller(request)
    query = read_query(request, accounts.CreditQuery)
    if query.account not in (None, caller.account) and not caller.operator:
        refused = Forbidden(
            "This key sees its own account only.", hint="Leave out account, or use the operator's token."
        )
        raise refused.because("account_other")
    account, following = query.account or caller.account, None
    if query.task is not None:
        found = await ledger.of_task(None if caller.operator else account, query.task)
        account = found[0].account if found else account
    else:
        found, following = await ledger.entries(account, query.limit, query.cursor, open=query.open)
    key = caller.key.id if caller.key else None
    balance, standing = await ledger.balance(account), await ledger.standing(key)
    shape = accounts.balance_shape(balance, await ledger.left(account, key))
    told = accounts.standing_shape(standing, ledger.clock()) if standing else None
    data = [accounts.entry_shape(one) for one in found]
    return Answer({"object": "credits", **shape, "key": told, "data": data, "next": following})


@router.get(
    "/v1/ledger/accounts",
    **operation("listAccounts", "Every account that ever had an entry. Operator only.", answer=accounts.AccountList),
)
async def list_accounts(request: Request) -> Response:
    """By name."""
    parts = parts_of(request)
    ledger = _ledger(parts)
    await parts.gate.operator(request)
    found = await ledger.balances()
    return Answer(page([accounts.balance_shape(one, max(0, one.funds) if one.metered else None) for one in found]))


@router.post(
    "/v1/ledger/funds",
    status_code=201,
    **operation(
        "fundAccount",
        "Pay credits in for an account; from then on it spends no more than it has. Operator only.",
        answer=accounts.AccountBalance,
        body=accounts.NewFunds,
        headers={"Idempotency-Key": "Asking again with the same key and body pays once: 1 to 255 characters."},
        refusals=(400, 409, 413, 415),
    ),
)
async def fund(request: Request) -> Response:
    """Answers what the account then has."""
    parts = parts_of(request)
    ledger = _ledger(parts)
    await parts.gate.operator(request)
    body = await read_body(request, accounts.NewFunds)
    balance = await ledger.fund(body.account, body.amount, body.memo, idempotency_key(request))
    return Answer(accounts.balance_shape(balance, max(0, balance.funds)), 201)


@router.post(
    "/v1/ledger/refunds",
    status_code=201,
    **operation(
        "refundTask",
        "Give back what a task has cost, once. Operator only.",
        answer=accounts.LedgerEntry,
        body=accounts.NewRefund,
        refusals=(400, 404, 409, 413, 415),
    ),
)
async def refund(request: Request) -> Response:
    """Answers the entry."""
    parts = parts_of(request)
    ledger = _ledger(parts)
    await parts.gate.operator(request)
    body = await read_body(request, accounts.NewRefund)
    return Answer(accounts.entry_shape(await ledger.refund(body.task, body.memo)), 201)


@router.get(
    "/v1/ledger/check",
    **operation("checkLedger", "Reckon everything anew from the entries. Operator only.", answer=accounts.LedgerCheck),
)
async def check(request: Request) -> Response:
    """What does not add up, and what ran without a price."""
    parts = parts_of(request)
    ledger = _ledger(parts)
    await parts.gate.operator(request)
    faults, unpriced = await ledger.audit()
    return Answer(accounts.check_shape(list(faults), list(unpriced)))


def _ledger(parts: Parts) -> Ledger:
    if parts.ledger is None:
        raise NotSupported("This server counts no credits.")
    return parts.ledger
