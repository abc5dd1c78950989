"""Wondershare's open API with the operator's app key and secret: create a task, ask how it stands."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, cast

import httpx2

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, SetupError, Unavailable
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.wires.access import base_url, key_of, secret_of
from callsheet.wires.bodies import mended
from callsheet.wires.calling import named_in
from callsheet.wires.envelope import ask_envelope, created
from callsheet.wires.meaning import state_of
from callsheet.wires.media import handed_over
from callsheet.wires.remote import RemoteDriver

VENDOR = "wondershare"
TIMED_OUT = "6"
TIMEOUT = 60.0
"""Seconds."""


def driver(settings: Settings) -> WondershareDriver | None:
    """The driver of an installation that has an app key; SetupError for a key without its secret."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    if not secret_of(access):
        raise SetupError(
            "Wondershare has an app key here and no app secret.",
            hint="Set CALLSHEET_VENDORS__WONDERSHARE__SECRET, or `secret` under [vendors.wondershare].",
        )
    vendor = catalog.load().vendor(VENDOR)
    key = key_of(access)
    proof = base64.b64encode(f"{key}:{secret_of(access)}".encode()).decode()
    headers = {"X-App-Key": key, "Authorization": f"Basic {proof}"}
    return WondershareDriver(
        httpx2.AsyncClient(base_url=base_url(vendor, access), headers=headers, timeout=TIMEOUT), vendor
    )


class WondershareDriver(RemoteDriver):
    """`contract.Driver`. `client` is authenticated; the paths of the facts follow its base URL."""

    async def submit(self, order: Order) -> Update:
        """Create the task; it calls back where we can be reached."""
        body = order.model.to_wire(handed_over(order))
        if order.callback is not None:
            body["callback"] = order.callback
        data = await ask_envelope(self._client, self._vendor, order.model.path, body, paid=True)
        return Update(State.QUEUED, remote=created(self._vendor, data))

    async def poll(self, order: Order, remote: str) -> Update:
        """How it stands, and once it succeeded the addresses of what it made."""
        data = await ask_envelope(self._client, self._vendor, "/pub/task", {"task_id": remote})
        if "status" not in data:
            unsaid = Unavailable("Wondershare's answer has no status.")
            raise unsaid.because("answer_lacks", vendor=self._vendor.name, field="status")
        status = data["status"]
        state, note = state_of(self._vendor, status)
        reason = str(data.get("reason") or "")
        match state:
            case State.FAILED:
                return Update(state, remote=remote, failure=_failure(str(status), reason), note=note)
            case State.SUCCEEDED:
                made = _result(data.get("result"))
                words = {key: value for key, value in made.items() if not key.endswith("_path")}
                return Update(state, remote=remote, progress=1.0, artifacts=_artifacts(made), usage=words)
            case _:
                return Update(state, remote=remote, progress=_progress(data), note=note)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Always Rejected."""
        raise Rejected("Wondershare has no call that stops a task.")

    def named(self, call: Call) -> str | None:
        """The task that a callback is about: its body is the answer of pub/task, or the data in it."""
        return named_in(call, "data", "task_id") or named_in(call, "task_id")

    def genuine(self, call: Call) -> bool:
        """Its callbacks are unsigned: the address they come to is the proof."""
        return True


def _failure(status: str, reason: str) -> Failure:
    values = {"vendor": "Wondershare", "quoted": reason}
    if status == TIMED_OUT:
        said = reason or "Wondershare ran out of time."
        return Failure("timed_out", said, retryable=True, reason="vendor_timed_out", values=values)
    return Failure("vendor_error", reason or "Wondershare gave no reason.", reason="vendor_failed", values=values)


def _progress(data: Mapping[str, Any]) -> float | None:
    """The table of the documents calls it `process`, the example `progress`."""
    percent = data.get("progress", data.get("process"))
    return percent / 100 if isinstance(percent, int | float) else None


def _result(given: Any) -> Mapping[str, Any]:
    """The JSON text in the answer, stray backslashes and all. Unavailable where it cannot be read."""
    try:
        found = mended(given) if isinstance(given, str) else given
    except ValueError as error:
        unread = Unavailable("Wondershare's result cannot be read.")
        raise unread.because("result_unreadable", vendor="Wondershare") from error
    if not isinstance(found, Mapping):
        raise Unavailable("Wondershare's result is no object.").because("result_unreadable", vendor="Wondershare")
    return cast("Mapping[str, Any]", found)


def _artifacts(made: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """Each address once: the same pictures come under up to three names."""
    urls: dict[str, None] = {}
    for key, value in made.items():
        if key.endswith("_path"):
            urls |= dict.fromkeys([value] if isinstance(value, str) else value or ())
    return tuple(Artifact(url=url) for url in urls)
