"""The wire between a vendor's client and its dialect: every request is told here, and here faults are felt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet.catalog import Catalog
from callsheet.contract import Dialect
from callsheet.errors import TooMany
from callsheet.server.counters import Counters
from callsheet.twin.answer import Answered, altered
from callsheet.twin.clock import Agenda
from callsheet.twin.exchange import Exchange, Interrupted, current, key_name
from callsheet.twin.faults import Fault, Faults, Occasion
from callsheet.twin.ledger import Record
from callsheet.twin.record import Log
from callsheet.twin.rules import Answer, Drop, Half, Limit, Slow
from callsheet.twin.shelf import Shelf
from callsheet.twin.stage import Stage
from callsheet.twin.verbs import Verbs, downloaded

log = logging.getLogger("callsheet.twin")

TOLD = 2000
"""How many letters of a body the log keeps."""


class Lines:
    """The open connections, by the address of the caller."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, int], asyncio.Transport] = {}

    def cut(self, client: tuple[str, int], *, flush: bool = False) -> None:
        """End a connection, after what was written is out, or at once."""
        line = self.open.get(client)
        if line is not None:
            (line.close if flush else line.abort)()


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What the wire has to know of the house behind it."""

    app: ASGIApp
    catalog: Catalog
    counters: Counters
    stage: Stage
    shelf: Shelf
    agenda: Agenda
    faults: Faults
    log: Log
    lines: Lines


class Wire:
    """ASGI, around everything else."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind
        self._verbs = Verbs(behind.catalog)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/twin"):
            await self._behind.app(scope, receive, send)
            return
        scope["app"] = self._behind.app
        exchange, dialect, record = self._met(HTTPConnection(scope))
        talk = _Talk(scope, receive, send)
        token = current.set(exchange)
        try:
            answered = await self._answer(exchange, dialect, record, talk)
        finally:
            current.reset(token)
        await self._deliver(exchange, talk, answered)

    def _met(self, connection: HTTPConnection) -> tuple[Exchange, Dialect | None, Record | None]:
        """Who asks for what; a download is of the vendor whose task made the file."""
        scope, key = connection.scope, key_name(connection.headers)
        file_id = downloaded(scope["path"])
        if file_id is not None:
            record = self._behind.stage.record_of(self._behind.shelf.maker(file_id))
            exchange = Exchange(record.task.door if record else "", "download" if record else None, key)
            exchange.task = record.number if record else None
            return exchange, None, record
        found = self._behind.counters.find(connection)
        if found is None:
            return Exchange("", None, key), None, None
        counter, mount = found
        vendor = counter.name.replace("-", "_")
        verb = self._verbs.of(vendor, scope["method"], scope["path"].removeprefix(mount))
        return Exchange(vendor, verb, key), counter.dialect, None

    async def _answer(
        self, exchange: Exchange, dialect: Dialect | None, record: Record | None, talk: _Talk
    ) -> Answered | None:
        """What the house answers, or the fault that came first; None: nothing at all."""
        try:
            if exchange.verb in ("list", "upload", "download"):
                self._strike(exchange, record)
            await self._behind.app(talk.scope, talk.receive, talk.take)
        except Interrupted as interrupted:
            return self._instead(interrupted.fault, dialect, talk)
        except Exception:
            log.exception("the twin failed", extra={"path": talk.scope["path"]})
            return Answered.text(500, "The twin itself failed; its log says more.")
        return talk.answered

    def _strike(self, exchange: Exchange, record: Record | None) -> None:
        """What no dialect has to say first: which task a file is of is known, and lists and uploads are of none."""
        verb = exchange.verb
        assert verb is not None
        occasion = Occasion(exchange.vendor, verb, key=exchange.key)
        if record is not None:
            occasion = Occasion(exchange.vendor, verb, record.model.id, exchange.key, record.number, record.about)
        exchange.meet(self._behind.faults.on(occasion))

    def _instead(self, fault: Fault, dialect: Dialect | None, talk: _Talk) -> Answered | None:
        """The error in place of an answer: 429 with the vendor's own body, any other as a gateway says it."""
        rule = fault.rule
        if isinstance(rule, Drop):
            return None
        code = rule.code if isinstance(rule, Answer) else 429
        wait = fault.wait if isinstance(rule, Limit) else rule.retry_after if isinstance(rule, Answer) else None
        answered = Answered.text(code, f"{code} from the twin")
        if code == 429 and dialect is not None:
            said = dialect.refuse(TooMany("Too many requests.", retry_after=wait), HTTPConnection(talk.scope))
            answered = Answered(429, MutableHeaders(raw=list(said.raw_headers)), bytes(said.body))
        if wait is not None:
            answered.headers["retry-after"] = str(wait)
        return answered

    async def _deliver(self, exchange: Exchange, talk: _Talk, answered: Answered | None) -> None:
        """Send the answer, changed, late, half or not at all, as was said."""
        later = exchange.later
        for fault in later:
            if isinstance(fault.rule, Slow):
                await self._behind.agenda.sleep(fault.rule.seconds)
        accepted = next((fault for fault in later if isinstance(fault.rule, Answer | Drop)), None)
        if accepted is not None:
            answered = self._instead(accepted, None, talk)
        elif answered is not None:
            answered = altered(answered, exchange, self._behind.catalog)
        self._tell(exchange, talk, answered)
        if answered is None:
            await self._cut(talk)
        elif any(isinstance(fault.rule, Half) for fault in later):
            await answered.send(talk.send, most=len(answered.body) // 2)
            await self._cut(talk, flush=True)
        else:
            await answered.send(talk.send)

    async def _cut(self, talk: _Talk, *, flush: bool = False) -> None:
        self._behind.lines.cut(talk.scope["client"], flush=flush)
        while (await talk.wire())["type"] != "http.disconnect":
            pass

    def _tell(self, exchange: Exchange, talk: _Talk, answered: Answered | None) -> None:
        self._behind.log.add(
            "request",
            exchange.faults,
            vendor=exchange.vendor,
            verb=exchange.verb,
            method=talk.scope["method"],
            path=talk.scope["path"],
            key=exchange.key,
            task=exchange.task,
            code=answered.code if answered else None,
            asked=_shown(talk.asked, Headers(scope=talk.scope)),
            answered=_shown(answered.body, answered.headers) if answered else None,
        )


class _Talk:
    """One request: what came in is remembered, and the answer is kept until it is known what becomes of it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.wire = receive
        self.send = send
        self.asked = b""
        self._code = 500
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._body: list[bytes] = []

    async def receive(self) -> Message:
        """What came in."""
        message = await self.wire()
        if len(self.asked) < TOLD:
            self.asked += message.get("body", b"")[:TOLD]
        return message

    async def take(self, message: Message) -> None:
        """Part of the answer."""
        if message["type"] == "http.response.start":
            self._code, self._headers = message["status"], message["headers"]
        elif message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))

    @property
    def answered(self) -> Answered:
        """All of it."""
        return Answered(self._code, MutableHeaders(raw=list(self._headers)), b"".join(self._body))


def _shown(body: bytes, headers: Headers) -> str | None:
    """The beginning of what is text; None for anything else."""
    kind = headers.get("content-type", "")
    texts = ("json", "text", "form-urlencoded")
    return body[:TOLD].decode("utf-8", "replace") if any(one in kind for one in texts) else None
