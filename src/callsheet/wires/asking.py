"""One request to a vendor, and what its outcome means: an answer, a refusal, a silence that may have cost something."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from callsheet.errors import Rejected, Unauthorized, Unavailable, Unsure, VendorError
from callsheet.wires.bodies import mended
from callsheet.wires.listening import TooLong, overheard

TOLD = 300
"""How many letters of a vendor's complaint are kept."""

_BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


async def ask(client: httpx2.AsyncClient, method: str, path: str, *, paid: bool = False, **request: Any) -> Any:
    """The JSON that a vendor answers with a 2xx. `client` is already authenticated.

    `paid` marks a request that may cost when it is accepted: whatever leaves open whether it was is Unsure, and it is
    never sent twice. Else: Unavailable for what may go better later, Unauthorized for 401 and 403, Rejected for the
    rest of 4xx, whose `body` is the parsed answer where there is one.
    """
    response = await send(client, method, path, paid=paid, **request)
    body = _json(response)
    if response.is_success and body is not None:
        return body
    if response.is_success:
        said = f"The vendor's answer to {method} {path} cannot be read."
        unread = Unsure(said) if paid else Unavailable(said)
        raise unread.because("answer_unreadable", request=f"{method} {path}")
    raise _refusal(response, body, paid)


async def send(client: httpx2.AsyncClient, method: str, path: str, *, paid: bool = False, **request: Any) -> Any:
    """The response, whatever its status; Unavailable or Unsure where there is none."""
    try:
        return await overheard(client, method, path, **request)
    except _BEFORE_SENDING as error:
        unreached = Unavailable(f"The vendor cannot be reached: {_name(error)}.")
        raise unreached.because("vendor_unreachable", quoted=_name(error)) from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        why = str(error) if isinstance(error, TooLong) else _name(error)
        said = f"The vendor's answer to {method} {path} was lost: {why}."
        lost = Unsure(said) if paid else Unavailable(said)
        raise lost.because("answer_lost", request=f"{method} {path}", quoted=why) from error


class Refused(Rejected):
    """Rejected, with the vendor's own answer in `body` for a driver that knows its codes."""

    def __init__(self, message: str, body: Any) -> None:
        super().__init__(message)
        self.body = body


def _refusal(response: httpx2.Response, body: Any, paid: bool) -> VendorError:
    complaint = _complaint(response, body)
    said = f"The vendor answered {response.status_code}: {complaint or 'nothing more'}"
    error = _meaning(response, said, body, paid)
    return error.because("vendor_answered", code=str(response.status_code), quoted=complaint)


def _meaning(response: httpx2.Response, said: str, body: Any, paid: bool) -> VendorError:
    status = response.status_code
    if status in (401, 403):
        return Unauthorized(said)
    if status == 429 or (status == 503 and "retry-after" in response.headers):
        return Unavailable(said, retry_after=_retry_after(response))
    if status >= 500:
        # A gateway's 5xx does not say whether the request behind it was accepted.
        return Unsure(said) if paid else Unavailable(said, retry_after=_retry_after(response))
    return Refused(said, body)


def _complaint(response: httpx2.Response, body: Any) -> str:
    text = json.dumps(body, ensure_ascii=False) if body is not None else response.text
    return " ".join(text.split())[:TOLD]


def _json(response: httpx2.Response) -> Any:
    """Some vendors write a backslash where JSON knows none: it is passed over."""
    try:
        return mended(response.content.decode("utf-8-sig"))
    except ValueError:
        return None


def _retry_after(response: httpx2.Response) -> float | None:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdecimal() and len(given) < 7 else None


def _name(error: Exception) -> str:
    return type(error).__name__
