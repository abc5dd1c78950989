"""Every error callsheet knows: the class decides the public code, the HTTP status and whether trying again helps.

CallsheetError
├── RequestError          the caller's fault: 4xx, never retried, the hint names the way out
│   ├── InvalidInput      422  an unknown, missing or wrong param, or a file that is not what it should be
│   ├── Unauthenticated   401  no key, or a wrong one
│   ├── NoCredit          402  the account cannot hold what this would cost
│   ├── Forbidden         403  the key is good but may not do this; an address that may not be fetched
│   ├── NotFound          404  no such task, file, model or page (also: it belongs to another account)
│   ├── NotSupported      409  nothing configured here can do it
│   ├── NotMade           409  the task whose output was named failed, or its file is gone
│   ├── Conflict          409  the same Idempotency-Key with another body; an end that was already reached
│   ├── TooLarge          413  more bytes or pixels than this installation accepts
│   └── TooMany           429  over a limit; honours Retry-After
├── VendorError           the vendor's fault: recorded on the task, never raised at the caller
│   ├── Rejected          final    moderation, or input the catalogue did not know was wrong
│   ├── Unauthorized      final    the operator's key
│   ├── Unsure            held     the answer to a paid request was lost: it is looked for, and never sent twice
│   └── Unavailable       retried  429, 5xx, no connection, unreadable answer
├── RenderError           a local renderer failed
├── StorageError          503  the disk is full or the store cannot be written; nothing was accepted
└── SetupError            at start-up only: names the setting, the file and the fix
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self


class CallsheetError(Exception):
    """The root. `message` says what is wrong, `hint` the way out, `param` which part of the input."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, hint: str | None = None, param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.param = param
        self.retry_after = retry_after
        self.request_id: str | None = None  # which request met it, where that is known: the server's logs name it too
        self.reason: str | None = None  # what exactly is wrong, in a stable word
        self.values: Mapping[str, Any] = MappingProxyType({})  # what the message names, by name: plain JSON
        self.line: int | None = None  # which line of a text that was given is meant, from 1, where one is

    def because(self, reason: str, **values: Any) -> Self:
        """The same error, with its reason and what its message names: enough to say it in another language."""
        self.reason, self.values = reason, values
        return self

    def like(self, other: CallsheetError) -> Self:
        """The same error, for the other's reason: what is told again as another kind of error stays sayable."""
        self.reason, self.values = other.reason, other.values
        return self

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class RequestError(CallsheetError):
    """The caller's fault: nothing was accepted, and asking again unchanged gives the same answer."""

    code = "bad_request"
    status = 400


class InvalidInput(RequestError):
    """A param is unknown, missing or wrong, or a file is not what it should be."""

    code = "invalid_input"
    status = 422


class Unauthenticated(RequestError):
    """No key, or one that is not known here."""

    code = "unauthenticated"
    status = 401


class NoCredit(RequestError):
    """The account cannot hold what this task would cost."""

    code = "no_credit"
    status = 402


class Forbidden(RequestError):
    """The key is good but may not do this, or the address may not be fetched from here."""

    code = "forbidden"
    status = 403


class NotFound(RequestError):
    """No such thing, or it belongs to another account."""

    code = "not_found"
    status = 404


class NotSupported(RequestError):
    """Nothing configured on this installation can do what was asked."""

    code = "not_supported"
    status = 409


class NotMade(RequestError):
    """The task whose output was named failed, was canceled or made no such output, or its file is gone."""

    code = "not_made"
    status = 409


class Conflict(RequestError):
    """What was asked contradicts what already stands."""

    code = "conflict"
    status = 409


class TooLarge(RequestError):
    """More bytes or pixels than this installation accepts."""

    code = "too_large"
    status = 413


class TooMany(RequestError):
    """Over a limit; `retry_after` says in seconds when to come back."""

    code = "too_many"
    status = 429
    retryable = True
    fields: Mapping[str, str] = MappingProxyType({})
    """How far the limit is used, as the RateLimit fields of HTTP say it."""


class VendorError(CallsheetError):
    """The vendor's fault: recorded on the task, never raised at the caller."""

    code = "vendor_error"
    status = 502


class Rejected(VendorError):
    """The vendor refused the input for good: moderation, or a rule the catalogue did not know."""

    code = "rejected"


class Unauthorized(VendorError):
    """The vendor refused the operator's key."""

    code = "vendor_unauthorized"


class Unsure(VendorError):
    """The answer to a paid request was lost: it may have been accepted. It is looked for, and never sent twice."""

    code = "unsure"


class Unavailable(VendorError):
    """The vendor cannot answer now: it is asked again later, after `retry_after` seconds where it said so."""

    code = "vendor_unavailable"
    retryable = True


class RenderError(CallsheetError):
    """A local renderer failed on this input."""

    code = "render_failed"


class StorageError(CallsheetError):
    """The disk is full or the store cannot be written; what was not acknowledged was not accepted."""

    code = "storage_unavailable"
    status = 503
    retryable = True


class SetupError(CallsheetError):
    """callsheet cannot start: the message names the setting, the file and the fix."""

    code = "setup"
