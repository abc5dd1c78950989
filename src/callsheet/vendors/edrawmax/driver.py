"""EdrawMax's diagram skills with the operator's access: one request, and the answer is the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx2

from callsheet import catalog
from callsheet.catalog import Model, Vendor
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable, Unsure, VendorError
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.wires.access import base_url, key_of
from callsheet.wires.asking import Refused, ask
from callsheet.wires.meaning import error_of
from callsheet.wires.remote import RemoteDriver

VENDOR = "edrawmax"
TIMEOUT = 110.0
"""Seconds: the answer comes when the diagram is drawn."""

REMEMBERED = 1000
"""How many tasks are remembered that EdrawMax had no room for once."""


def driver(settings: Settings) -> EdrawMaxDriver | None:
    """The driver of an installation that has a key: it is sent as `X-User-ID`, and `0` is nobody in particular."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    vendor = catalog.load().vendor(VENDOR)
    client = httpx2.AsyncClient(
        base_url=base_url(vendor, access), headers={"X-User-ID": key_of(access)}, timeout=TIMEOUT
    )
    return EdrawMaxDriver(client, vendor)


class EdrawMaxDriver(RemoteDriver):
    """`contract.Driver`. Every submit is final: there is no task at EdrawMax to ask for, and none to stop."""

    def __init__(self, client: httpx2.AsyncClient, vendor: Vendor) -> None:
        super().__init__(client, vendor)
        self._tried: dict[str, None] = {}

    async def submit(self, order: Order) -> Update:
        """The diagram. What found no room is Unavailable the first time and an end the second, as it documents.

        What EdrawMax began and failed at has ended: whether it counts is not said, so only the caller asks again.
        """
        answer = await self._answer(order)
        code = answer.get("code")
        if str(code) == "0":
            self._tried.pop(order.task_id, None)
            return Update(State.SUCCEEDED, progress=1.0, artifacts=_made(order.model, answer.get("data")))
        own = str(answer.get("msg") or "")
        message = f"EdrawMax answered {code}: {own or 'nothing more'}"
        error = error_of(self._vendor, code, message) or Rejected(message)
        error.because("vendor_answered", vendor="EdrawMax", code=str(code), quoted=own)
        again = isinstance(error, Unavailable) and order.task_id in self._tried
        if again or type(error) is VendorError:
            self._tried.pop(order.task_id, None)
            why = Failure("vendor_error", message, retryable=True, reason=error.reason, values=error.values)
            return Update(State.FAILED, failure=why)
        if isinstance(error, Unavailable):
            self._remember(order.task_id)
        raise error

    async def poll(self, order: Order, remote: str) -> Update:
        """Never needed."""
        raise _no_task()

    async def cancel(self, order: Order, remote: str) -> Update:
        """Always Rejected."""
        raise _no_task()

    def genuine(self, call: Call) -> bool:
        """It calls nobody back."""
        return False

    async def _answer(self, order: Order) -> Mapping[str, Any]:
        """The envelope, whatever its HTTP status: that is not documented."""
        path = order.model.path
        try:
            answer = await ask(self._client, "POST", path, paid=True, json=order.model.to_wire(order.input))
        except Refused as refused:
            if not isinstance(refused.body, Mapping) or "code" not in refused.body:
                raise
            answer = refused.body
        if not isinstance(answer, Mapping) or "code" not in answer:
            unread = Unsure(f"EdrawMax's answer to POST {path} cannot be read.")
            raise unread.because("answer_unreadable", vendor="EdrawMax", request=f"POST {path}")
        return cast("Mapping[str, Any]", answer)

    def _remember(self, task_id: str) -> None:
        self._tried[task_id] = None
        if len(self._tried) > REMEMBERED:
            del self._tried[next(iter(self._tried))]


def _no_task() -> VendorError:
    return Rejected("EdrawMax answers at once: there is no task to ask for or to stop.")


def _made(model: Model, data: Any) -> tuple[Artifact, ...]:
    """What the answer names, in the order of the facts; the source under either of its names."""
    named = cast("Mapping[str, Any]", data) if isinstance(data, Mapping) else {}
    made: list[Artifact] = []
    for output in model.outputs:
        found = next((named[key] for key in output.keys if isinstance(named.get(key), str) and named[key]), None)
        if found is not None and output.kind == "text":
            made.append(Artifact(text=found, name=f"{output.keys[0]}.txt"))
        elif found is not None:
            made.append(Artifact(url=found))
    return tuple(made)
