"""Speaks to Vidu with the operator's key: `/ent/v2`, its uploads for what is too large for a body, signed callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote

import httpx2

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable, Unsure, VendorError
from callsheet.fetch import Guard
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.vendors.vidu import driver_find, driver_uploads
from callsheet.vendors.vidu.driver_signature import genuine
from callsheet.wires.access import base_url, key_of, origin_url
from callsheet.wires.asking import Refused, ask
from callsheet.wires.calling import named_in
from callsheet.wires.meaning import error_of, state_of
from callsheet.wires.remote import RemoteDriver

VENDOR = "vidu"
NAME = "Vidu"
TIMEOUT = 60.0
CANCELED = "UserCancelled"
FILE_KEYS = ("file_url", "audio_url", "url")
"""Where the calls that answer at once may name their file: the documents that were read do not show it."""


def driver(settings: Settings) -> Vidu | None:
    """The driver, where there is a key for it."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    facts = catalog.load().vendor(VENDOR)
    headers = {"authorization": f"Token {key_of(access)}"}
    client = httpx2.AsyncClient(base_url=base_url(facts, access), headers=headers, timeout=TIMEOUT)
    origin = origin_url(facts, access)
    # The vendor's own host is the operator's word, wherever it is: a twin or another callsheet keeps uploads itself.
    guard = Guard(frozenset({*settings.fetch.allow, httpx2.URL(origin).host}))
    return Vidu(client, origin, key_of(access), guard)


class Vidu(RemoteDriver):
    """`contract.Driver`. `origin` is where uploads are opened, `key` what callbacks are signed with.

    `guard` is what lets uploads out to where Vidu says that they go.
    """

    def __init__(self, client: httpx2.AsyncClient, origin: str, key: str, guard: Guard | None = None) -> None:
        super().__init__(client, catalog.load().vendor(VENDOR))
        self._origin = origin
        self._key = key
        self._guard = guard or Guard()

    async def submit(self, order: Order) -> Update:
        """Upload what cannot go inside the request, then create."""
        given = await driver_uploads.handed_over(self._client, self._guard, self._origin, order)
        body = order.model.to_wire(given) | {"payload": order.task_id}
        if order.callback is not None:
            body["callback_url"] = order.callback
        answer = await self._ask("POST", order.model.path, paid=True, json=body)
        remote = answer.get("task_id")
        files = _named_at_once(answer)
        if files:
            return Update(State.SUCCEEDED, str(remote) if remote else None, 1.0, files, usage=_usage(answer))
        if not remote:
            raise Unsure("Vidu accepted the request, and named no task.").because("no_task_named", vendor=NAME)
        update = self._update(answer, str(remote), ())
        # A create that answers with success names no files: they are asked for next.
        return replace(update, state=State.RUNNING, again=1.0) if update.state is State.SUCCEEDED else update

    async def poll(self, order: Order, remote: str) -> Update:
        """Ask for the creations. A refusal that is none of Vidu's own is no end of a task that may be paid for."""
        try:
            answer = await self._ask("GET", f"/tasks/{quote(remote, safe='')}/creations")
        except Refused as refused:
            raise Unavailable(refused.message).like(refused) from refused
        return self._update(answer, remote, _creations(answer))

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop what has not begun; Rejected where it has."""
        await self._ask("POST", f"/tasks/{quote(remote, safe='')}/cancel", json={"id": remote})
        return Update(State.CANCELED, remote)

    async def find(self, order: Order, sent_at: int) -> Update | None:
        """The task that gives our id back as its payload."""
        return await driver_find.found(self._ask, order, sent_at)

    def named(self, call: Call) -> str | None:
        """The task that a callback is about; it is signed, and its body is that of the creations."""
        return named_in(call, "id")

    def genuine(self, call: Call) -> bool:
        """Whether the operator's key signed it."""
        return genuine(self._key, call.method, call.path, call.query, call.headers)

    async def _ask(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        """An answer. A refusal by one of Vidu's codes is what the facts say it is."""
        try:
            answer = await ask(self._client, method, path, **request)
        except Refused as refused:
            said: object = cast("dict[str, object]", refused.body).get("reason") if _is_object(refused.body) else None
            error = error_of(self._vendor, said, refused.message)
            raise (error or refused).like(refused) from refused
        if not _is_object(answer):
            said = f"Vidu's answer to {method} {path} is no object."
            unread = Unsure(said) if request.get("paid") else Unavailable(said)
            raise unread.because("answer_unreadable", vendor=NAME, request=f"{method} {path}")
        return answer

    def _update(self, answer: Mapping[str, Any], remote: str, files: tuple[Artifact, ...]) -> Update:
        state, note = state_of(self._vendor, answer.get("state"))
        if state is State.FAILED:
            return self._failed(str(answer.get("err_code") or ""), remote, answer)
        return Update(state, remote, artifacts=files, usage=_usage(answer), note=note)

    def _failed(self, code: str, remote: str, answer: Mapping[str, Any]) -> Update:
        if code == CANCELED:
            return Update(State.CANCELED, remote, usage=_usage(answer))
        said = f"Vidu gave it up: {code or 'it named no reason'}."
        error: VendorError = error_of(self._vendor, code, said) or Rejected(said)
        again, values = isinstance(error, Unavailable), {"vendor": NAME, "quoted": code}
        failure = Failure(error.code, said, retryable=again, reason="vendor_failed", values=values)
        return Update(State.FAILED, remote, failure=failure, usage=_usage(answer))


def _creations(answer: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """A list; the table of the documents calls it an object, so one alone is a list of one."""
    given: Any = answer.get("creations") or []
    rows = cast("list[Any]", given if isinstance(given, list) else [given])
    return tuple(Artifact(url=row["url"]) for row in rows if _is_object(row) and row.get("url"))


def _named_at_once(answer: Mapping[str, Any]) -> tuple[Artifact, ...]:
    found = _creations(answer)
    named = next((answer[key] for key in FILE_KEYS if isinstance(answer.get(key), str) and answer[key]), None)
    return found or ((Artifact(url=named),) if named else ())


def _usage(answer: Mapping[str, Any]) -> dict[str, Any]:
    credits = answer.get("credits")
    return {"credits": credits} if isinstance(credits, int | float) and not isinstance(credits, bool) else {}


def _is_object(value: object) -> bool:
    return isinstance(value, dict)
