"""Vidu's own words for what is wrong: with a request, and with a task that failed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from callsheet.catalog import Model, Vendor
from callsheet.errors import (
    CallsheetError,
    Conflict,
    Forbidden,
    InvalidInput,
    NoCredit,
    NotFound,
    NotSupported,
    RequestError,
    TooMany,
    Unauthenticated,
)
from callsheet.fetch import NotFetched
from callsheet.tasks import State, Task

CANCELED = "UserCancelled"
WRONG_METHOD = 405
BROKEN = "InternalServiceFailure"


class TaskNotFound(NotFound):
    """No task of the caller has this id."""


class CreationNotFound(NotFound):
    """No creation of the caller has this id."""


class Refusal(InvalidInput):
    """An InvalidInput whose word in Vidu's language is already known."""

    def __init__(self, reason: str, message: str, *, hint: str | None = None, param: str | None = None) -> None:
        super().__init__(message, hint=hint, param=param)
        self.reason = reason


_REASONS: tuple[tuple[type[CallsheetError], int, str], ...] = (
    (InvalidInput, 400, "FieldInvalid"),
    (Unauthenticated, 401, "Unauthorized"),
    (NoCredit, 400, "CreditInsufficient"),
    (Forbidden, 403, "Forbidden"),
    (TaskNotFound, 404, "TaskNotFound"),
    (CreationNotFound, 404, "CreationNotFound"),
    (NotFound, 404, "NotFound"),
    (NotSupported, 400, "ModelUnavailable"),
    (Conflict, 409, "Conflict"),
    (TooMany, 429, "TooManyRequests"),
    (RequestError, 400, "BadRequest"),
    (CallsheetError, 500, BROKEN),
)
"""The first that an error is an instance of counts."""

_FAILURES = {"rejected": "TaskPromptPolicyViolation", "canceled": CANCELED, "invalid_input": "FieldInvalid"}
_WORD = re.compile(r"\b[A-Z][A-Za-z]+\b")


def answer(error: CallsheetError) -> Response:
    """An error as Vidu answers it."""
    status, reason = next((status, word) for kind, status, word in _REASONS if isinstance(error, kind))
    if error.status == WRONG_METHOD:
        status, reason = 404, "NotFound"
    reason = error.reason if isinstance(error, Refusal) else reason
    trace = trace_id()
    shape = {"code": status, "reason": reason, "message": str(error), "metadata": {"trace_id": trace}}
    response = JSONResponse(shape, status, {"x-md-trace-id": trace})
    if error.retry_after is not None:
        response.headers["retry-after"] = str(max(1, round(error.retry_after)))
    return response


def trace_id() -> str:
    """What names one answer."""
    return uuid.uuid4().hex


def err_code(vendor: Vendor, task: Task) -> str:
    """Why a task failed, in one of Vidu's codes; empty for one that did not.

    A failure at Vidu itself is named in the message by the code that Vidu gave.
    """
    if task.state is State.CANCELED:
        return CANCELED
    if task.error is None:
        return ""
    said = [word for word in _WORD.findall(task.error.message) if word in vendor.errors]
    if said and task.stage.startswith(f"{vendor.id}/"):
        return said[0]
    return _FAILURES.get(task.error.code, BROKEN)


def of_body(error: InvalidInput) -> Refusal:
    """A body that cannot be read as this model's: a wrong value, or one item too many in a list."""
    unread = error.message.startswith("No param is called")
    reason = ("FieldItemCountOutOfRange" if "[" in (error.param or "") else "FieldUnwanted") if unread else None
    return Refusal(reason or "FieldInvalid", error.message, hint=error.hint, param=error.param)


def of_input(model: Model, input: Mapping[str, Any], error: InvalidInput) -> Refusal:
    """A param that is missing or out of bounds, its message led by the name that Vidu's clients have for it."""
    name = re.split(r"[.\[]", error.param or "")[0]
    param = model.params.get(name)
    named = f"{param.wire}: {error.message}" if param and param.wire != name else error.message
    reason = "FieldInvalid"
    if name not in input and param is not None:
        reason = "FieldLacking"
    elif param is not None and param.many and error.param == name and " items." in error.message:
        reason = "FieldItemCountOutOfRange"
    return Refusal(reason, named, hint=error.hint, param=error.param)


def of_media(model: Model, input: Mapping[str, Any], error: RequestError) -> RequestError:
    """What is wrong with a picture: it could not be fetched, or it is none that is taken."""
    kinds = {place: param.type for place, param, _ in model.media(input)}
    if kinds.get(error.param or "") not in ("image", "images"):
        return error
    reason = "ImageDownloadFailure" if isinstance(error, NotFetched | Forbidden | NotFound) else "ImageFormatInvalid"
    return Refusal(reason, error.message, hint=error.hint, param=error.param)
