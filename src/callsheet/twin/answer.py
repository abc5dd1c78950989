"""An answer on its way out, and what faults make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.datastructures import MutableHeaders
from starlette.types import Send

from callsheet.catalog import Catalog
from callsheet.twin.exchange import Exchange
from callsheet.twin.rules import Garbage, Huge, Status, WrongType
from callsheet.twin.words import reworded

GARBAGE = b'<html>\x00\xff not what was asked {"'
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer; `more` is how many bytes of nothing follow its body."""

    code: int
    headers: MutableHeaders
    body: bytes
    more: int = 0

    @staticmethod
    def text(code: int, said: str) -> Answered:
        """A plain one, as a gateway gives it."""
        return Answered(code, MutableHeaders({"content-type": "text/plain; charset=utf-8"}), said.encode())

    async def send(self, send: Send, most: int | None = None) -> None:
        """Send it; with `most` only so many bytes, and the rest never comes."""
        if "content-length" in self.headers or self.body:  # a HEAD has a length and no body
            length = len(self.body) + self.more
            self.headers["content-length"] = str(length) if self.body else self.headers["content-length"]
        await send({"type": "http.response.start", "status": self.code, "headers": self.headers.raw})
        if most is not None:
            await send({"type": "http.response.body", "body": self.body[:most], "more_body": True})
            return
        left = self.more
        await send({"type": "http.response.body", "body": self.body, "more_body": left > 0})
        while left > 0:
            part, left = min(left, CHUNK), left - CHUNK
            await send({"type": "http.response.body", "body": b" " * part, "more_body": left > 0})


def altered(answered: Answered, exchange: Exchange, catalog: Catalog) -> Answered:
    """The answer as the faults leave it."""
    for ours, others in exchange.ids:
        answered = replace(answered, body=answered.body.replace(ours.encode(), others.encode()))
    for fault in exchange.later:
        rule = fault.rule
        if isinstance(rule, Status):
            answered = replace(answered, body=reworded(answered.body, catalog.vendor(exchange.vendor), rule.word))
        elif isinstance(rule, Garbage):
            answered = replace(answered, code=200, body=GARBAGE)
        elif isinstance(rule, WrongType):
            answered.headers["content-type"] = rule.content_type
        elif isinstance(rule, Huge):
            answered = replace(answered, more=rule.bytes)
    return answered
