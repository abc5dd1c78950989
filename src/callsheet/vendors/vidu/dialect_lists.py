"""Vidu's list of tasks: its filters, and its two ways to page, by number and by token."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from callsheet.catalog import Model
from callsheet.contract import Desk
from callsheet.errors import InvalidInput
from callsheet.tasks import Filter, Task
from callsheet.vendors.vidu.dialect_errors import Refusal
from callsheet.vendors.vidu.dialect_shapes import WORDS

DOOR = "vidu"
WEEK = 7 * 86_400_000
PAGE, MOST = 10, 100
BATCH = 100
STATES = ("created", "queueing", "processing", "success", "failed")
LISTS = ("task_ids", "templates", "model_versions", "resolutions", "states")
PAGING = ("page", "pagesz", "page_token")
PREFIXES = ("paper", "pager")
"""One of them is a misprint in the documents: both are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, read. Times in milliseconds since 1970; an empty list asks for all; `after` is a token's task."""

    begin: int
    end: int | None
    lists: Mapping[str, Collection[str]]
    size: int
    skip: int = 0
    cursor: str | None = None
    after: str | None = None

    def wants(self, task: Task, model: Model) -> bool:
        """Whether a task passes the filters that the store does not know."""
        wire = model.to_wire(task.input)
        found = {
            "task_ids": task.wire["id"],
            "templates": wire.get("template"),
            "model_versions": version(str(wire.get("model", ""))),
            "resolutions": str(wire.get("resolution", wire.get("upscale_resolution", ""))).lower(),
            "states": WORDS[task.state],
        }
        return all(found[name] in wanted for name, wanted in self.lists.items() if wanted)


def read(query: QueryParams, now: int) -> Asked:
    """The query of a list. Refusal for what is not as it should be."""
    given = _given(query)
    lists = {name: frozenset(given.get(name, ())) for name in LISTS}
    lists["model_versions"] = frozenset(map(version, lists["model_versions"]))
    lists["resolutions"] = frozenset(map(str.lower, lists["resolutions"]))
    for word in lists["states"]:
        if word not in STATES:
            raise Refusal("FieldInvalid", f"states: {word[:40]!r} is none.", hint=f"There are {', '.join(STATES)}.")
    size = _whole(given, "pagesz", PAGE)
    if not 1 <= size <= MOST:
        raise Refusal("PageSizeOutOfRange", f"paper.pagesz is {size}.", hint=f"From 1 to {MOST}.", param="paper.pagesz")
    begin, end = _time(given, "created_at.from"), _time(given, "created_at.to")
    token = "".join(given.get("page_token", ()))
    if token:
        at = _opened(token)
        return Asked(at["from"], at["to"], lists, size, cursor=at["cursor"], after=at["after"])
    page = _whole(given, "page", 0)
    if page < 0:
        raise Refusal("FieldInvalid", f"paper.page is {page}.", hint="Pages count from 0.", param="paper.page")
    return Asked(now - WEEK if begin is None else begin, end, lists, size, skip=page * size)


async def page(desk: Desk, account: str, asked: Asked) -> tuple[list[tuple[Task, Model]], str]:
    """The tasks of one page, newest first, and the token of the next; an empty one at the end."""
    found: list[tuple[Task, Model]] = []
    skip, last = asked.skip, ""
    async for task, model, cursor in _walk(desk, account, asked):
        if not asked.wants(task, model):
            continue
        if skip:
            skip -= 1
        elif len(found) == asked.size:
            return found, last
        else:
            found.append((task, model))
            last = _token(asked, cursor, task.id)
    return found, ""


async def _walk(desk: Desk, account: str, asked: Asked) -> AsyncIterator[tuple[Task, Model, str | None]]:
    """Every task after the token's, with the cursor of the batch it stands in."""
    if asked.lists["states"] == {"created"}:
        return  # whatever is listed has gone on from there
    # A state may change between two pages, and a cursor would lose its place: states are looked at in `wants`.
    filter = Filter(created_from=asked.begin, created_to=asked.end, door=DOOR)
    cursor, begun = asked.cursor, asked.after is None
    while True:
        batch = await desk.tasks.list(account, filter, BATCH, cursor)
        for task in batch.tasks:
            if begun:
                yield task, desk.catalog.model(task.model), cursor
            begun = begun or task.id == asked.after
        if batch.next is None:
            return
        cursor = batch.next


def version(name: str) -> str:
    """`q2-pro` and `viduq2-pro` are the same."""
    return name.strip().lower().removeprefix("vidu")


def _given(query: QueryParams) -> dict[str, list[str]]:
    """By name, every value: repeated names, `name[]` and commas are all lists."""
    given: dict[str, list[str]] = {}
    for written, value in query.multi_items():
        name = written.removesuffix("[]")
        prefix, _, rest = name.partition(".")
        name = rest if prefix in PREFIXES and rest in PAGING else name
        if name not in (*LISTS, *PAGING, "created_at.from", "created_at.to") or (name == written and name in PAGING):
            known = ", ".join((*LISTS, "created_at.from", "created_at.to", *(f"paper.{one}" for one in PAGING)))
            raise Refusal("FieldUnwanted", f"There is no {written[:40]!r} here.", hint=f"Known: {known}.")
        values = value.split(",") if name in LISTS else [value]
        given.setdefault(name, []).extend(one.strip() for one in values if one.strip())
    return given


def _whole(given: Mapping[str, list[str]], name: str, default: int) -> int:
    text = given.get(name, [str(default)])[-1] if given.get(name) else str(default)
    try:
        return int(text)
    except ValueError:
        said = f"paper.{name} is {text[:40]!r}."
        raise Refusal("FieldInvalid", said, hint="Give a whole number.", param=f"paper.{name}") from None


def _time(given: Mapping[str, list[str]], name: str) -> int | None:
    """RFC 3339, or seconds or milliseconds since 1970."""
    if not given.get(name):
        return None
    text = given[name][-1]
    if text.isdecimal() and len(text) <= 14:
        return int(text) * (1000 if len(text) <= 11 else 1)
    try:
        at = datetime.fromisoformat(text)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        hint = "Write it as 2026-11-21T10:00:00Z."
        raise Refusal("FieldInvalid", f"{name} is {text[:40]!r}.", hint=hint, param=name) from None


def _token(asked: Asked, cursor: str | None, after: str) -> str:
    text = json.dumps({"from": asked.begin, "to": asked.end, "cursor": cursor, "after": after})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(token: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        kinds = {"from": int, "to": int | None, "cursor": str | None, "after": str}
        if not all(isinstance(found[name], kind) for name, kind in kinds.items()):
            raise ValueError("not ours")
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        raise _foreign() from None
    return found


def _foreign() -> InvalidInput:
    hint = "Use next_page_token of the page before, unchanged."
    return Refusal("FieldInvalid", "This page token is not one of ours.", hint=hint, param="pager.page_token")
