"""A relay of Runway's tasks with the operator's key: create a task, ask how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import httpx2

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable, Unsure, VendorError
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.wires.access import base_url, key_of
from callsheet.wires.asking import Refused, ask
from callsheet.wires.calling import named_in
from callsheet.wires.meaning import state_of
from callsheet.wires.media import handed_over
from callsheet.wires.remote import RemoteDriver

VENDOR = "runway_relay"
TIMEOUT = 60.0
"""Seconds."""

TASKS = "/runway/tasks"


def driver(settings: Settings) -> RunwayRelayDriver | None:
    """The driver of an installation that has a key."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    vendor = catalog.load().vendor(VENDOR)
    headers = {"Authorization": f"Bearer {key_of(access)}"}
    client = httpx2.AsyncClient(base_url=base_url(vendor, access), headers=headers, timeout=TIMEOUT)
    return RunwayRelayDriver(client, vendor)


class RunwayRelayDriver(RemoteDriver):
    """`contract.Driver`. `client` is authenticated; the paths of the facts follow its base URL."""

    async def submit(self, order: Order) -> Update:
        """Create the task."""
        body = order.model.to_wire(handed_over(order))
        if order.callback is not None:
            body["notify_hook"] = order.callback
        answer = await ask(self._client, "POST", TASKS, paid=True, json=body)
        task = _task(answer)
        if task is None or not isinstance(task.get("id"), str) or not task["id"]:
            raise _no_task(answer)
        return self._update(task, task["id"])

    async def poll(self, order: Order, remote: str) -> Update:
        """How it stands, and once it succeeded the addresses of what it made."""
        try:
            answer = await ask(self._client, "GET", f"{TASKS}/{quote(remote, safe='')}")
        except Refused as refused:
            # A question that is refused says nothing of the task: giving up would lose what was paid for.
            raise Unavailable(refused.message).like(refused) from refused
        task = _task(answer)
        if task is None:
            raise Unavailable("The relay's answer has no task.").because("answer_lacks", field="task")
        return self._update(task, remote)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Always Rejected."""
        raise Rejected("The relay documents no call that stops a task.")

    def named(self, call: Call) -> str | None:
        """The task that a callback is about: its body is the answer of the create."""
        return named_in(call, "task", "id")

    def genuine(self, call: Call) -> bool:
        """Its callbacks are unsigned: the proof in the address has to do, and it only causes a poll."""
        return True

    def _update(self, task: Mapping[str, Any], remote: str) -> Update:
        state, note = state_of(self._vendor, task.get("status"))
        match state:
            case State.FAILED:
                return Update(state, remote=remote, failure=_failure(task.get("error")), note=note)
            case State.SUCCEEDED:
                return Update(state, remote=remote, progress=1.0, artifacts=_made(task.get("artifacts")), note=note)
            case _:
                return Update(state, remote=remote, progress=_ratio(task.get("progressRatio")), note=note)


def _task(answer: Any) -> Mapping[str, Any] | None:
    task = cast("Mapping[str, Any]", answer).get("task") if isinstance(answer, Mapping) else None
    return cast("Mapping[str, Any]", task) if isinstance(task, Mapping) else None


def _no_task(answer: Any) -> VendorError:
    """A 2xx without a task: with an error in it nothing was accepted, else nobody knows."""
    error = cast("Mapping[str, Any]", answer).get("error") if isinstance(answer, Mapping) else None
    if error:
        why = _failure(error)
        return Rejected(f"The relay refused: {why.message}").because("vendor_refused", quoted=why.values["quoted"])
    return Unsure("The relay accepted the request and named no task.").because("no_task_named")


def _failure(error: Any) -> Failure:
    """From a text, or an object with `errorMessage` or `message` and Runway's `reason` or `code`."""
    if not isinstance(error, Mapping):
        own = str(error or "")
        return Failure("vendor_error", own or _SILENT, reason="vendor_failed", values={"quoted": own})
    said = cast("Mapping[str, Any]", error)
    reason = str(said.get("reason") or said.get("code") or "")
    own = str(said.get("errorMessage") or said.get("message") or reason)
    values = {"code": reason, "quoted": own}
    if reason.startswith("SAFETY"):
        return Failure("rejected", own, reason="vendor_refused", values=values)
    again = reason.startswith("INTERNAL")
    return Failure("vendor_error", own or _SILENT, retryable=again, reason="vendor_failed", values=values)


_SILENT = "The relay gave no reason."


def _made(artifacts: Any) -> tuple[Artifact, ...]:
    """Objects with a `url` as relays answer them, or texts as the table has them."""
    made: list[Artifact] = []
    for one in cast("list[Any]", artifacts) if isinstance(artifacts, list) else []:
        url = cast("Mapping[str, Any]", one).get("url") if isinstance(one, Mapping) else one
        if isinstance(url, str) and url:
            made.append(Artifact(url=url))
    return tuple(made)


def _ratio(text: Any) -> float | None:
    """`"0.4"` or 0.4; None for anything else."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
