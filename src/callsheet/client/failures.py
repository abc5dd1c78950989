"""What can go wrong at a client: the server's errors under their own names, and what only a client can meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx2

from callsheet import errors
from callsheet.client.results import Task
from callsheet.errors import (
    CallsheetError,
    Conflict,
    Forbidden,
    InvalidInput,
    NoCredit,
    NotFound,
    RequestError,
    StorageError,
    TooLarge,
    TooMany,
    Unauthenticated,
)


class Unreachable(CallsheetError):
    """No server answered, or the connection was lost and did not come back."""

    code = "unreachable"
    status = 503
    retryable = True


class Unexpected(CallsheetError):
    """The server answered with something that is no answer of callsheet's: a proxy's page, or a fault inside it."""

    code = "unexpected"


class NotGenuine(CallsheetError):
    """A webhook that was not sent by who knows the secret, or not lately: what it says is not to be believed."""

    code = "not_genuine"
    status = 401


class StillRunning(CallsheetError, TimeoutError):
    """`wait` was given a limit and the task outlived it; the task goes on. `task` is how it stood."""

    code = "still_running"
    status = 504
    retryable = True

    def __init__(self, task: Task, seconds: float) -> None:
        super().__init__(f"{task.id} is still {task.state} after {seconds:g} s.", hint="It goes on: wait again.")
        self.task = task


class TaskFailed(CallsheetError):
    """The task ended as failed. `task.error` has the stable code and whether the same task may succeed later."""

    code = "task_failed"

    def __init__(self, task: Task) -> None:
        reason = f": {task.error.message} ({task.error.code})" if task.error else "."
        super().__init__(f"{task.id} failed{reason}")
        self.task = task


class TaskCanceled(CallsheetError):
    """The task was canceled before it was done."""

    code = "task_canceled"

    def __init__(self, task: Task) -> None:
        super().__init__(f"{task.id} was canceled.")
        self.task = task


def ended_well(task: Task) -> Task:
    """The task itself when it succeeded; TaskFailed or TaskCanceled when not."""
    if task.state == "failed":
        raise TaskFailed(task)
    if task.state == "canceled":
        raise TaskCanceled(task)
    return task


def unreachable(url: str, error: Exception) -> Unreachable:
    """The error for a server that does not answer, with the way out."""
    detail = str(error) or type(error).__name__
    return Unreachable(
        f"No answer from {url}: {detail}.",
        hint="Start a server with `callsheet serve`, or name one with --url or CALLSHEET_URL.",
    )


def from_answer(response: httpx2.Response) -> CallsheetError:
    """The error an answer of 400 and more stands for; its body must have been read."""
    request_id = response.headers.get("x-request-id")
    said = _error_object(response)
    if said is None:
        found: CallsheetError = Unexpected(f"{response.request.url} answered {response.status_code}.")
    else:
        kind = _BY_CODE.get(str(said.get("code"))) or _BY_STATUS.get(response.status_code, Unexpected)
        message = str(said.get("message") or f"{response.request.url} answered {response.status_code}.")
        found = kind(message, hint=said.get("hint"), param=said.get("param"), retry_after=retry_after(response))
        request_id = said.get("request_id") or request_id
        found.line = said.get("line")
        if reason := said.get("reason"):
            found.because(str(reason), **_named(said.get("values")))
    found.request_id = request_id
    return found


def read_json(response: httpx2.Response) -> Mapping[str, Any]:
    """The object an answer holds; Unexpected when it holds none."""
    try:
        said = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unexpected(f"{response.request.url} answered {response.status_code} without a JSON object.")
    return cast("Mapping[str, Any]", said)


def retry_after(response: httpx2.Response) -> float | None:
    """The seconds in Retry-After; None when it is absent or a date."""
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _error_object(response: httpx2.Response) -> Mapping[str, Any] | None:
    try:
        said = response.json()
    except ValueError:
        return None
    found = cast("Mapping[str, Any]", said).get("error") if isinstance(said, dict) else None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else None


def _named(values: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}


_BY_CODE = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.CallsheetError) and kind is not errors.CallsheetError
}
_BY_STATUS: dict[int, type[CallsheetError]] = {
    400: RequestError,
    401: Unauthenticated,
    402: NoCredit,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: InvalidInput,
    429: TooMany,
    503: StorageError,
}
