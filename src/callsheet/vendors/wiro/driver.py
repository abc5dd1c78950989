"""Speaks to Wiro: Run, Task/Detail, Cancel and Kill, files by File/Upload where Wiro cannot fetch them from here."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Generator, Mapping, Sequence
from typing import Any, cast

import httpx2

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable, Unsure, VendorError
from callsheet.renderers.media import probe
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.vendors.wiro import driver_find
from callsheet.wires.access import base_url, key_of, secret_of
from callsheet.wires.asking import Refused, ask
from callsheet.wires.calling import named_in
from callsheet.wires.meaning import error_of, state_of
from callsheet.wires.remote import RemoteDriver

VENDOR = "wiro"
NAME = "Wiro"
MOST = 100_000_000
"""Bytes of a file that File/Upload takes."""

_TIMEOUT = 60.0
_GENERAL = "0"
"""The code of whatever has no other: a fault of Wiro's, or of what it was asked."""


def driver(settings: Settings) -> WiroDriver | None:
    """The driver of an installation that has a key of Wiro; with a secret every call is signed."""
    access = settings.vendors.get(VENDOR)
    if access is None or not key_of(access):
        return None
    facts = catalog.load().vendor(VENDOR)
    client = httpx2.AsyncClient(
        base_url=base_url(facts, access), auth=_Signed(key_of(access), secret_of(access)), timeout=_TIMEOUT
    )
    return WiroDriver(client, facts)


class _Signed(httpx2.Auth):
    """The key, and with a secret also a nonce in milliseconds and HMAC-SHA256(key, secret + nonce) in hex."""

    def __init__(self, key: str, secret: str) -> None:
        self._key, self._secret = key, secret

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["x-api-key"] = self._key
        if self._secret:
            nonce = str(time.time_ns() // 1_000_000)
            signed = hmac.new(self._key.encode(), f"{self._secret}{nonce}".encode(), hashlib.sha256)
            request.headers["x-nonce"] = nonce
            request.headers["x-signature"] = signed.hexdigest()
        yield request


class WiroDriver(RemoteDriver):
    """`contract.Driver`. A task's remote is its token, which all of Wiro's calls take."""

    async def submit(self, order: Order) -> Update:
        """Run the tool. Files that Wiro cannot fetch from here are uploaded first, which costs nothing."""
        given = await self._handed_over(order)
        body = order.model.to_wire(given) | ({"callbackUrl": order.callback} if order.callback else {})
        answer = await self._ask(order.model.path, body, paid=True)
        token = answer.get("socketaccesstoken")
        if not isinstance(token, str) or not token:
            raise Unsure("Wiro accepted the task and named no token for it.").because("no_task_named", vendor=NAME)
        return Update(State.QUEUED, remote=token)

    async def poll(self, order: Order, remote: str) -> Update:
        """How it stands. A refusal to say it is no end of a task that may be paid for: it is asked again."""
        try:
            answer = await self._ask("/Task/Detail", {"tasktoken": remote})
        except Rejected as error:
            raise Unavailable(error.message).like(error) from error
        tasks = answer.get("tasklist")
        if not isinstance(tasks, list) or not tasks or not isinstance(tasks[0], dict):
            raise Unavailable("Wiro's answer names no task.").because("answer_lacks", vendor=NAME, field="tasklist")
        return self._update(cast("dict[str, Any]", tasks[0]), remote)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Cancel it while it waits, else kill it; then ask what became of it. Rejected where neither can be done."""
        try:
            await self._ask("/Task/Cancel", {"tasktoken": remote})
        except Rejected:
            await self._ask("/Task/Kill", {"tasktoken": remote})
        return await self.poll(order, remote)

    async def find(self, order: Order, sent_at: int) -> Update | None:
        """The task with our callback address, or the only one of that time with exactly this request."""
        return await driver_find.found(self._ask, order, sent_at)

    def named(self, call: Call) -> str | None:
        """The token in a callback, whose body Wiro does not document; the answers of Task/Detail have it so."""
        return named_in(call, "socketaccesstoken") or named_in(call, "tasklist", "0", "socketaccesstoken")

    def genuine(self, call: Call) -> bool:
        """Wiro signs nothing; a call only causes a poll."""
        return True

    async def _handed_over(self, order: Order) -> dict[str, Any]:
        given: dict[str, Any] = dict(order.input)
        for name, param in order.model.params.items():
            if param.is_media and name in given:
                files = given[name] if param.many else [given[name]]
                addresses = [await self._address(order, one) for one in files]
                given[name] = addresses if param.many else addresses[0]
        return given

    async def _address(self, order: Order, file_id: str) -> str:
        """Where Wiro finds a file: here where this server can be reached, else where it was uploaded to."""
        if file_id in order.links:
            return order.links[file_id]
        path = order.media[file_id]
        if path.stat().st_size > MOST:
            large = Rejected(f"{file_id} is larger than {MOST:,} bytes.", hint="Set server.public_url.")
            raise large.because("file_too_large_to_send", file=file_id, most=MOST)
        kind = probe(path).content_type
        name = f"{file_id}.{kind.partition('/')[2]}"
        with path.open("rb") as content:
            answer = await self._ask("/File/Upload", files={"file": (name, content, kind)})
        files = answer.get("list")
        url = files[0].get("url") if isinstance(files, list) and files and isinstance(files[0], dict) else None
        if not isinstance(url, str):
            unnamed = Unavailable("Wiro took a file and named no address for it.")
            raise unnamed.because("answer_lacks", vendor=NAME, field="url")
        return url

    async def _ask(
        self, path: str, body: Mapping[str, Any] | None = None, *, paid: bool = False, **parts: Any
    ) -> Mapping[str, Any]:
        """An answer whose `result` is true. Raises what its errors mean: nothing was accepted then, nor costs."""
        request = parts if body is None else {"json": body}
        try:
            answer = await ask(self._client, "POST", path, paid=paid, **request)
        except Refused as refused:
            raise self._refusal(refused.body) or refused from refused
        if not isinstance(answer, dict):
            raise _unread(path, "cannot be read", paid)
        said = cast("dict[str, Any]", answer)
        if said.get("result") is True:
            return said
        raise self._refusal(said) or _unread(path, "says nothing", paid)

    def _refusal(self, answer: Any) -> VendorError | None:
        errors = answer.get("errors") if isinstance(answer, dict) else None
        if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
            return None
        first = cast("dict[str, Any]", errors[0])
        own, code = str(first.get("message") or ""), first.get("code", _GENERAL)
        message = f"Wiro says: {own or 'nothing more'}"
        error = error_of(self._vendor, code, message) or Rejected(message)
        return error.because("vendor_answered", vendor=NAME, code=str(code), quoted=own)

    def _update(self, task: Mapping[str, Any], remote: str) -> Update:
        state, note = state_of(self._vendor, task.get("status"))
        if state is State.SUCCEEDED and str(task.get("pexit") or "0") != "0":
            return Update(State.FAILED, remote=remote, failure=_failure(task))
        artifacts = _artifacts(task) if state is State.SUCCEEDED else ()
        return Update(state, remote=remote, artifacts=artifacts, usage=_usage(task), note=note)


def _artifacts(task: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """The outputs, files and texts; a language model's text is in `debugoutput` alone."""
    outputs = task.get("outputs")
    listed: Sequence[Any] = outputs if isinstance(outputs, list) else ()
    found = [artifact for one in listed if isinstance(one, dict) and (artifact := _artifact(one)) is not None]
    text = task.get("debugoutput")
    if not found and isinstance(text, str) and text:
        found = [Artifact(text=text, content_type="text/plain")]
    return tuple(found)


def _artifact(output: Mapping[str, Any]) -> Artifact | None:
    content = output.get("content")
    if isinstance(content, dict):
        text = content.get("raw") or content.get("message")
        return Artifact(text=text, content_type="text/plain") if isinstance(text, str) else None
    url = output.get("url")
    if not isinstance(url, str) or not url:
        return None
    return Artifact(url=url, content_type=output.get("contenttype") or None, name=output.get("name") or None)


def _unread(path: str, how: str, paid: bool) -> VendorError:
    error = (Unsure if paid else Unavailable)(f"Wiro's answer to {path} {how}.")
    return error.because("answer_unreadable", vendor=NAME, request=f"POST {path}")


def _failure(task: Mapping[str, Any]) -> Failure:
    own, code = str(task.get("debugerror") or "").strip(), str(task.get("pexit"))
    said = own or f"It ended with the exit code {code}."
    return Failure(Rejected.code, said, reason="vendor_exited", values={"vendor": NAME, "code": code, "quoted": own})


def _usage(task: Mapping[str, Any]) -> dict[str, Any]:
    """What it cost, in US dollars, where that is told."""
    try:
        cost = float(task.get("totalcost") or 0)
    except ValueError:
        return {}
    return {"usd": cost} if cost > 0 else {}
