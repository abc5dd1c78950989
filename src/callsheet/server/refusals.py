"""Every error as the native API answers it: one shape, whatever went wrong and wherever."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from callsheet.errors import CallsheetError, NotFound, RequestError, SetupError, TooMany

log = logging.getLogger("callsheet.server")


class WrongMethod(RequestError):
    """The address exists, but not for this method."""

    status = 405


class WrongType(RequestError):
    """The body is of a content type that is not read here."""

    status = 415


class BadRange(RequestError):
    """The part of the file that was asked for does not exist."""

    status = 416


def install(app: FastAPI) -> None:
    """Have the application answer all errors in one shape."""
    app.add_exception_handler(CallsheetError, _known)
    app.add_exception_handler(HTTPException, _routing)
    app.add_exception_handler(ClientDisconnect, _gone)


def refusal(error: CallsheetError, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that stands for an error."""
    said: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "param": error.param,
        "request_id": request_id,
        "reason": error.reason,
        "values": dict(error.values),
    }
    if error.line is not None:
        said["line"] = error.line
    more = dict(headers or {})
    if error.retry_after is not None:
        more["retry-after"] = str(math.ceil(error.retry_after))
    if isinstance(error, TooMany):
        more |= error.fields
    if error.status == 401:
        more["www-authenticate"] = "Bearer"
    return JSONResponse({"error": said}, error.status, more)


def internal(request_id: str) -> JSONResponse:
    """The answer to a fault of ours: it says nothing of the inside, only under which id the log tells it."""
    fault = CallsheetError("Something went wrong inside the server.", hint=f"Its log says more about {request_id}.")
    answer = {"code": "internal", "message": fault.message, "hint": fault.hint, "param": None, "request_id": request_id}
    return JSONResponse({"error": {**answer, "reason": None, "values": {}}}, 500)


def request_id_of(request: Request) -> str:
    """The id that the outer door gave this request."""
    return cast("str", request.scope.get("callsheet.request_id", ""))


async def _known(request: Request, error: Any) -> Response:
    # A bare CallsheetError, or one meant for start-up, is a fault of ours: its message may name things of the inside.
    if type(error) is CallsheetError or isinstance(error, SetupError):
        log.error("request failed", exc_info=error)
        return internal(request_id_of(request))
    if error.status >= 500:
        log.warning("request refused", extra={"code": error.code, "said": error.message})
    return refusal(error, request_id_of(request))


async def _routing(request: Request, error: Any) -> Response:
    """What the router says by itself: no such address, or not with this method."""
    method, path = request.method, request.url.path
    if error.status_code == 405:
        allowed = ", ".join(_allowed(request))
        wrong = WrongMethod(f"{path} has no {method}.", hint=f"It has {allowed}.")
        return refusal(wrong, request_id_of(request), {"allow": allowed})
    if error.status_code == 404:
        missing = NotFound(f"There is no {path} here.", hint="See /docs for every address.")
        return refusal(missing.because("address_unknown", path=path), request_id_of(request))
    return refusal(RequestError(str(error.detail)), request_id_of(request), error.headers)


async def _gone(request: Request, error: Any) -> Response:
    """The caller hung up in the middle of its own request: no one reads this answer."""
    return Response(status_code=499)


def _allowed(request: Request) -> list[str]:
    methods: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods)
