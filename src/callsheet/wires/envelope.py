"""The envelope `{code, msg, data}`, in which HTTP 200 says nothing yet: what comes out of it, and what a code means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx2

from callsheet.catalog import Vendor
from callsheet.errors import Rejected, Unavailable, Unsure, VendorError
from callsheet.wires.asking import Refused, ask
from callsheet.wires.meaning import error_of


async def ask_envelope(
    client: httpx2.AsyncClient, vendor: Vendor, path: str, body: Mapping[str, Any], *, paid: bool = False
) -> Mapping[str, Any]:
    """`data` of the answer to a POST. Raises what the facts say of its code.

    A code that they do not know is Rejected for a `paid` request, as nothing was accepted; for a question about a task
    that is under way it is Unavailable, as giving up would lose what was paid for. An answer that has `data` in spite
    of its code is an answer to such a question.
    """
    try:
        answer = await ask(client, "POST", path, paid=paid, json=dict(body))
    except Refused as refused:
        answer = refused.body
        code = cast("Mapping[str, Any]", answer).get("code") if isinstance(answer, Mapping) else None
        unknown = refused if paid else Unavailable(refused.message)
        raise (error_of(vendor, code, refused.message) or unknown).like(refused) from refused
    if not isinstance(answer, Mapping) or "code" not in answer:
        raise _unreadable(vendor, path, paid)
    said = cast("Mapping[str, Any]", answer)
    data = said.get("data")
    if str(said["code"]) != "0" and (paid or not data):
        raise _refusal(vendor, said, paid)
    if not isinstance(data, Mapping):
        raise _unreadable(vendor, path, paid)
    return cast("Mapping[str, Any]", data)


def created(vendor: Vendor, data: Mapping[str, Any]) -> str:
    """The id of a task that was just created. Unsure where there is none: it may have been accepted all the same."""
    task_id = data.get("task_id")
    if not isinstance(task_id, str | int) or not str(task_id):
        unnamed = Unsure(f"{vendor.name} accepted the request and named no task.")
        raise unnamed.because("no_task_named", vendor=vendor.name)
    return str(task_id)


def _refusal(vendor: Vendor, said: Mapping[str, Any], paid: bool) -> VendorError:
    code = said["code"]
    own = str(said.get("msg") or "")
    message = f"{vendor.name} answered {code}: {own or 'nothing more'}"
    error = error_of(vendor, code, message) or (Rejected(message) if paid else Unavailable(message))
    return error.because("vendor_answered", vendor=vendor.name, code=str(code), quoted=own)


def _unreadable(vendor: Vendor, path: str, paid: bool) -> VendorError:
    message = f"{vendor.name}'s answer to POST {path} cannot be read."
    error = Unsure(message) if paid else Unavailable(message)
    return error.because("answer_unreadable", vendor=vendor.name, request=f"POST {path}")
