"""Call sheets: looked at, and played."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet import sheets
from callsheet.errors import InvalidInput, NoCredit, RequestError
from callsheet.server.answers_sheets import (
    CanceledPlay,
    EndedPlay,
    NewPlay,
    Planning,
    Play,
    SheetExamples,
    SheetPlan,
    ended_shape,
    example_shape,
    plan_shape,
    play_shape,
)
from callsheet.server.auth import Caller
from callsheet.server.native.route import Route, address_for, idempotency_key, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.reading import read_body
from callsheet.server.shapes import Answer, page
from callsheet.sheets import Known, Plan, Player, Wish

log = logging.getLogger("callsheet.server")
router = APIRouter(tags=["sheets"], route_class=Route)

_UPLOAD = "A path is a file on your machine: upload it (POST /v1/files) and write its id, or say which it is in `files`"


@router.post(
    "/v1/sheets/plan",
    **operation(
        "planSheet",
        "Check a call sheet and say what playing it comes to: what stands already, and what the rest would cost.",
        answer=Planning,
        body=SheetPlan,
        refusals=(400, 404, 409, 413, 415),
    ),
)
async def plan(request: Request) -> Response:
    """Nothing is handed in. A fault names its place in the text: `error.line` and `error.param`."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    asked = await read_body(request, SheetPlan)
    found = await _planned(_player(parts, caller), parts, asked)
    return Answer(plan_shape(found, _refusal(found), address_for(request)))


@router.post(
    "/v1/sheets",
    status_code=201,
    **operation(
        "playSheet",
        "Play a call sheet: what does not stand already is handed in, each shot a task that waits for what it takes.",
        answer=Play,
        body=NewPlay,
        headers={"Idempotency-Key": "Asking again with the same key makes what is `fresh` once, too."},
        refusals=(400, 402, 404, 409, 413, 415, 429),
        more={200: {"model": Play, "description": "Everything stood already: nothing was handed in."}},
    ),
)
async def play(request: Request) -> Response:
    """Checked whole before anything is handed in. Asked again it goes on where it stopped, and pays nothing twice."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    asked = await read_body(request, NewPlay)
    player = _player(parts, caller)
    found = await _planned(player, parts, asked)
    made = await player.hand_in(found, idempotency_key(request) or "", asked.metadata)
    new = [made[name] for name, one in found.shots.items() if not one.found]
    log.info("sheet played", extra={"shots": len(made), "handed_in": len(new)})
    return Answer(play_shape(found, made, address_for(request)), 201 if new else 200)


@router.post(
    "/v1/sheets/cancel",
    **operation(
        "cancelSheet",
        "End a played call sheet whole: what of it waits or runs is asked to end, and what is made stays.",
        answer=EndedPlay,
        body=CanceledPlay,
        refusals=(400, 404, 413, 415),
    ),
)
async def cancel(request: Request) -> Response:
    """Asking twice is asking once. A play that is just being handed in, by whichever server, hands in nothing more."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    asked = await read_body(request, CanceledPlay)
    ended = await sheets.stop(parts.tasks, parts.plays, caller.account, asked.title)
    log.info("sheet canceled", extra={"shots": len(ended)})
    return Answer(ended_shape(asked.title, ended, address_for(request)))


@router.get(
    "/v1/sheets/examples",
    **operation("listSheetExamples", "Call sheets that come along, to begin from.", answer=SheetExamples),
)
async def examples(request: Request) -> Response:
    """Each with its whole text."""
    await parts_of(request).gate.account(request)
    return Answer(page([example_shape(one) for one in sheets.examples()]))


def _player(parts: Parts, caller: Caller) -> Player:
    return Player(parts.tasks, parts.files, caller.account, caller.key.id if caller.key else None, parts.plays)


async def _planned(player: Player, parts: Parts, asked: SheetPlan) -> Plan:
    known = Known(lambda path: path in asked.files, _UPLOAD)
    wish = Wish(asked.on, asked.changes)
    # In a thread: a long text, or one made to be slow, must not keep everybody else waiting.
    sheet = await asyncio.to_thread(sheets.parse, asked.sheet, parts.catalog, wish, name=asked.name, known=known)
    return await player.plan(sheet, only=asked.only, fresh=asked.anew, files=asked.files)


def _refusal(plan: Plan) -> RequestError | None:
    try:
        plan.check()
    except (InvalidInput, NoCredit) as error:
        return error
    return None
