"""The guidance on prompts, asked before anything is paid."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.prompts import about_capability, about_model, check, report
from callsheet.server.answers_prompts import NewPromptCheck, PromptCheck
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import parts_of
from callsheet.server.reading import read_body
from callsheet.server.shapes import Answer

router = APIRouter(tags=["catalogue"], route_class=Route)


@router.post(
    "/v1/prompts/check",
    **operation(
        "checkPrompt",
        "What is likely to go wrong with a prompt, and what to write instead. Nothing is made or kept.",
        answer=PromptCheck,
        body=NewPromptCheck,
        refusals=(400, 404, 409, 413, 415),
    ),
)
async def check_prompt(request: Request) -> Response:
    """By the rules of the reference page; the same as `callsheet prompt check`."""
    parts = parts_of(request)
    await parts.gate.account(request)
    body = await read_body(request, NewPromptCheck)
    if parts.catalog.is_capability(body.model):
        brief = about_capability(body.model, body.text, body.input)
    else:
        brief = about_model(parts.catalog.find(body.model, {"prompt": body.text, **body.input}), body.text, body.input)
    found = await asyncio.to_thread(check, brief, body.language)
    return Answer(report(brief, found, body.language))
