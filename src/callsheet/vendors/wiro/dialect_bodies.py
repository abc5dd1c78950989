"""What Wiro's clients send: JSON, nearly JSON, a form, or parts with files, whatever the header says it is."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from callsheet.contract import Desk
from callsheet.errors import InvalidInput, TooLarge
from callsheet.wires.bodies import must_be_sound

MOST = 100_000_000
"""Bytes of a body in parts: the size of a file that Wiro takes."""

_ROOM = 1_000_000
"""Bytes beside the files."""

_PARTS = 100

Fields = dict[str, Any]
"""Names and values as they came; an UploadFile, or a list of them, where files were sent."""


async def read(desk: Desk, request: Request) -> Fields:
    """The fields of a body that brings no files, or none that are wanted."""
    async with opened(desk, request) as fields:
        return fields


@asynccontextmanager
async def opened(desk: Desk, request: Request) -> AsyncGenerator[Fields]:
    """The fields of a body, its files open. InvalidInput for what cannot be read, TooLarge past the limits."""
    fields = await _read(desk, request)
    try:
        yield fields
    finally:
        for file in files_in([*fields.values()]):
            await file.close()


async def _read(desk: Desk, request: Request) -> Fields:
    kind, named = parse_options_header(request.headers.get("content-type"))
    if kind == b"multipart/form-data" and named.get(b"boundary"):
        return await _parts(request)
    raw = await desk.body(request)
    if kind == b"application/x-www-form-urlencoded" and not raw.lstrip().startswith(b"{"):
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    return nearly_json(raw.decode("utf-8", "replace"))


def nearly_json(text: str) -> Fields:
    """An object in JSON, or in what a shell leaves of it: words without quotes, a comma too many. Raises InvalidInput.

    `{ "tasktoken": eDcCm5, }` is the body of the documented example.
    """
    text = text.strip().removeprefix("\ufeff")
    if not text:
        return {}
    try:
        found = json.loads(text)
    except RecursionError:
        raise _unreadable("it is nested too deeply") from None
    except ValueError:
        found = _pairs(text)
    if not isinstance(found, dict):
        raise _unreadable("it is no object")
    must_be_sound(found)
    return cast("Fields", found)


_NAME = re.compile(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)'|([A-Za-z_]\w*))\s*:\s*""")
_QUOTED = re.compile(r"'([^'\\]*)'")
_BARE = re.compile(r"[^,{}\[\]\"'\n]+")
_NEXT = re.compile(r"\s*(,?)\s*")
_ENDS = re.compile(r"\s*[,}]")
_DECODER = json.JSONDecoder()


def _pairs(text: str) -> Fields:
    if not (text.startswith("{") and text.endswith("}")):
        raise _unreadable("it is no object")
    found: Fields = {}
    at, end = _after(_NEXT, text, 1)[1], len(text) - 1
    while at < end:
        name = _NAME.match(text, at, end)
        if name is None:
            raise _unreadable(f"there is no name at letter {at + 1}")
        value, at = _value(text, name.end(), end)
        found[next(part for part in name.groups() if part is not None)] = value
        comma, at = _after(_NEXT, text, at)
        if not comma and at < end:
            raise _unreadable(f"there is no comma at letter {at + 1}")
    return found


def _value(text: str, at: int, end: int) -> tuple[Any, int]:
    try:
        value, after = _DECODER.raw_decode(text, at)
        if _ENDS.match(text, after):
            return value, after
    except RecursionError:
        raise _unreadable("it is nested too deeply") from None
    except ValueError:
        pass
    for form in (_QUOTED, _BARE):
        found = form.match(text, at, end)
        if found is not None:
            return (found[1] if form is _QUOTED else found[0].strip()), found.end()
    raise _unreadable(f"there is no value at letter {at + 1}")


def _after(form: re.Pattern[str], text: str, at: int) -> tuple[str, int]:
    found = form.match(text, at)
    assert found is not None, "this form also matches nothing"
    return found[1], found.end()


async def _parts(request: Request) -> Fields:
    parser = _Parser(request.headers, _bounded(request), max_files=_PARTS, max_fields=_PARTS, max_part_size=_ROOM)
    try:
        form = await parser.parse()
    except _TooMuch as error:
        raise TooLarge(error.message) from error
    except MultiPartException as error:
        raise _unreadable(error.message) from error
    if not parser.whole:
        parser.let_go()
        raise _unreadable("it ends in the middle of a part")
    found: Fields = {}
    for name, value in form.multi_items():
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


class _Parser(MultiPartParser):
    """One that knows whether it has seen the last boundary: without it, a file may be open that no part has."""

    whole = False

    def on_end(self) -> None:
        """The last boundary was read."""
        self.whole = True
        super().on_end()

    def let_go(self) -> None:
        """Close whatever was opened."""
        for file in self._files_to_close_on_error:
            file.close()


class _TooMuch(MultiPartException):
    """Of this kind, so that the parser closes what it has opened."""


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST + _ROOM:
            raise _TooMuch(f"The body has more than {MOST:,} bytes.")
        yield chunk


def text_of(fields: Mapping[str, Any], *names: str) -> str:
    """The first of these that is given, as a text without blanks around it; empty where none is."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def files_in(value: Any) -> list[UploadFile]:
    """The files among the values of a field, or of several."""
    if isinstance(value, list):
        return [file for one in cast("list[Any]", value) for file in files_in(one)]
    return [value] if isinstance(value, UploadFile) else []


def _unreadable(why: str) -> InvalidInput:
    return InvalidInput(f"The body cannot be read: {why}.")
