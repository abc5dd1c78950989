"""Media.io's open API with the operator's key: create a task, ask how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

import httpx2

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.wires.access import base_url, key_of
from callsheet.wires.bodies import mended
from callsheet.wires.envelope import ask_envelope, created
from callsheet.wires.meaning import state_of
from callsheet.wires.media import handed_over
from callsheet.wires.remote import RemoteDriver

VENDOR = "mediaio"
TIMEOUT = 60.0
"""Seconds."""

PLACES = ("val", "preview", "url")
"""Where an entry of a result has its address, best first: `val` may be a place in their storage instead."""


def driver(settings: Settings) -> MediaIoDriver | None:
    """The driver of an installation that has a key."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    vendor = catalog.load().vendor(VENDOR)
    headers = {"X-API-KEY": key_of(access)}
    return MediaIoDriver(
        httpx2.AsyncClient(base_url=base_url(vendor, access), headers=headers, timeout=TIMEOUT), vendor
    )


class MediaIoDriver(RemoteDriver):
    """`contract.Driver`. `client` is authenticated; the paths of the facts follow its base URL."""

    async def submit(self, order: Order) -> Update:
        """Create the task."""
        body = order.model.to_wire(handed_over(order))
        data = await ask_envelope(self._client, self._vendor, order.model.path, body, paid=True)
        return Update(State.QUEUED, remote=created(self._vendor, data))

    async def poll(self, order: Order, remote: str) -> Update:
        """How it stands, and once it succeeded the addresses of what it made."""
        data = await ask_envelope(self._client, self._vendor, f"/generation/result/{quote(remote, safe='')}", {})
        if "status" not in data:
            unsaid = Unavailable("Media.io's answer has no status.")
            raise unsaid.because("answer_lacks", vendor=self._vendor.name, field="status")
        status = data["status"]
        state, note = state_of(self._vendor, status)
        match state:
            case State.FAILED:
                failure = _failure(str(status), str(data.get("reason") or ""))
                return Update(state, remote=remote, failure=failure, note=note)
            case State.SUCCEEDED:
                urls = dict.fromkeys(_addresses(data.get("result")))
                return Update(state, remote=remote, progress=1.0, artifacts=tuple(Artifact(url=url) for url in urls))
            case _:
                return Update(state, remote=remote, note=note)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Always Rejected."""
        raise Rejected("Media.io has no call that stops a task.")

    def genuine(self, call: Call) -> bool:
        """It calls nobody back."""
        return False


def _failure(status: str, reason: str) -> Failure:
    values = {"vendor": "Media.io", "quoted": reason}
    if status == "timeout":
        said = reason or "Media.io ran out of time."
        return Failure("timed_out", said, retryable=True, reason="vendor_timed_out", values=values)
    return Failure("vendor_error", reason or "Media.io gave no reason.", reason="vendor_failed", values=values)


def _addresses(result: Any) -> Iterator[str]:
    """Every address in a result, which is a list of entries, one entry, a text, or JSON in a text."""
    if isinstance(result, str):
        yield from _in_text(result)
    elif isinstance(result, list):
        for one in cast("list[Any]", result):
            yield from _addresses(one)
    elif isinstance(result, Mapping):
        entry = cast("Mapping[str, Any]", result)
        named = [entry[place] for place in PLACES if _is_address(entry.get(place))]
        if named:
            yield named[0]
        elif not any(place in entry for place in PLACES):
            yield from _addresses(list(entry.values()))


def _in_text(text: str) -> Iterator[str]:
    if _is_address(text):
        yield text
    elif text.lstrip().startswith(("[", "{", '"')):
        try:
            yield from _addresses(mended(text))
        except ValueError as error:
            unread = Unavailable("Media.io's result cannot be read.")
            raise unread.because("result_unreadable", vendor="Media.io") from error


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://", "data:"))
