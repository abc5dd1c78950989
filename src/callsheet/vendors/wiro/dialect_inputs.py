"""From what was sent to Run, to a model and its canonical input: names, texts, files and addresses."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import UploadFile

from callsheet.catalog import Model, Param
from callsheet.catalog.check import REFERENCE
from callsheet.catalog.rename import from_wire
from callsheet.contract import Desk
from callsheet.errors import InvalidInput, NotFound, RequestError
from callsheet.tasks import File
from callsheet.vendors.wiro.dialect_bodies import Fields, files_in

VENDOR = "wiro"
ANY = "callsheet"
"""The owner under which capabilities are run by their names: `Run/callsheet/image-to-video`."""

CALL = ("callbackUrl", "projectid")
"""What belongs to the call and not to the input."""

_LINK = re.compile(r"/v1/files/(file_[0-9A-Za-z]+)/content(?:/.*)?")
_CHUNK = 262_144


@dataclass(frozen=True, slots=True)
class Run:
    """A call understood: what the engine is asked, `uploads` that the caller named and keeps, what was passed over."""

    model: str
    params: Mapping[str, Param]
    input: dict[str, Any]
    uploads: tuple[str, ...]
    ignored: tuple[str, ...]


class NoTool(NotFound):
    """No model is called this."""


def known(desk: Desk, owner: str, name: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Param]]:
    """The model that a tool stands for, and its params under the names that Run takes. NoTool.

    Wiro's own models have Wiro's names for their params, all others the canonical ones.
    """
    if owner == ANY and desk.catalog.is_capability(name):
        return name, _canonical(param for model in desk.catalog.models(name) for param in model.params.values())
    try:
        model = desk.catalog.find(f"{owner}/{name}", {_stem(one): given[one] for one in given})
    except NotFound as error:
        raise NoTool("slug-owner-project-not-exist") from error
    return model.id, names_of(model)


def names_of(model: Model) -> dict[str, Param]:
    """A model's params as Run takes them: `wire` is the name to show, `aliases` are taken too."""
    if model.vendor != VENDOR:
        return _canonical(model.params.values())
    return {name: _with_urls(param) for name, param in model.params.items()}


class Sent:
    """The files of one call: those that came with it, `named` uploads that its caller keeps, and how to find both."""

    def __init__(self, desk: Desk, account: str, origin: str) -> None:
        self.named: list[str] = []
        self._desk, self._account, self._origin = desk, account, origin
        self._kept: list[str] = []

    async def forget(self) -> None:
        """Delete what came with a call that was refused."""
        for file_id in self._kept:
            await self._desk.files.delete(self._account, file_id)

    async def references(self, param: Param, value: Any) -> list[str]:
        """The files behind one field, as the engine reads them: parts, and addresses, names or ids with commas."""
        found: list[str] = []
        for part in files_in(value):
            found.append((await stored(self._desk, self._account, part)).id)
            self._kept.append(found[-1])
        for text in _texts(param, value):
            reference = await self._reference(param, text)
            if reference.startswith("file_"):
                self.named.append(reference)
            found.append(reference)
        return found

    async def _reference(self, param: Param, text: str) -> str:
        """An address of this server's own files is the file; a bare name is an upload's."""
        if not REFERENCE.fullmatch(text):
            return await self._upload_called(param, text)
        parts = urlsplit(text)
        own = _LINK.fullmatch(parts.path) if f"{parts.scheme}://{parts.netloc}" == self._origin else None
        if own is None:
            return text
        proof = parse_qs(parts.query)
        if not self._desk.files.opens(own[1], *(proof.get(name, [""])[0] for name in ("expires", "signature"))):
            said = f"Request files [{param.wire}]: this address no longer opens its file."
            raise InvalidInput(said, param=param.wire)
        return own[1]

    async def _upload_called(self, param: Param, name: str) -> str:
        cursor: str | None = None
        while True:
            files, cursor = await self._desk.files.list(self._account, 100, cursor)
            for file in files:
                if file.name == name:
                    return file.id
            if cursor is None:
                said = f"Request files [{param.wire}] required: {name!r} is no address, and no upload is called that."
                raise InvalidInput(said, param=param.wire)


async def understood(desk: Desk, sent: Sent, owner: str, name: str, fields: Fields) -> Run:
    """What Run is asked. InvalidInput in Wiro's words, NoTool."""
    given = {one: value for one, value in fields.items() if one not in CALL}
    model, params = known(desk, owner, name, given)
    taken = {where: param for param in params.values() for where in (param.wire, *param.aliases)}
    ignored = [one for one in given if one not in taken]
    body: dict[str, Any] = {}
    for one, value in given.items():
        if one in taken and taken[one].is_media:
            _add(body, taken[one], await sent.references(taken[one], value))
        elif one in taken and value != "":
            body[one] = value
    _demand(params, body)
    try:
        input = from_wire(params, {}, body)
    except InvalidInput as error:
        raise _in_wiros_words(error) from error
    _check_numbers(params, input)
    return Run(model, params, input, tuple(sent.named), tuple(ignored))


async def stored(desk: Desk, account: str, file: UploadFile) -> File:
    """A file that was sent, kept."""
    return await desk.files.put(account, _chunks(file), file.filename or "file", file.content_type)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk


def _add(body: dict[str, Any], param: Param, found: list[str]) -> None:
    """Files and addresses of one param, under whichever of its names they came, together."""
    if not found:
        return
    if param.many:
        body[param.wire] = [*body.get(param.wire, ()), *found]
    elif len(found) > 1 or param.wire in body:
        raise InvalidInput(f"Request files [{param.wire}] takes one file.", param=param.wire)
    else:
        body[param.wire] = found[0]


def _texts(param: Param, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    texts = [one for one in values if one is not None and not isinstance(one, UploadFile)]
    for one in texts:
        if not isinstance(one, str):
            raise InvalidInput(f"Request files [{param.wire}] takes files and addresses.", param=param.wire)
    apart = [text.split(",") if param.many and not text.startswith("data:") else [text] for text in texts]
    return [one.strip() for parts in apart for one in parts if one.strip()]


def _demand(params: Mapping[str, Param], body: Mapping[str, Any]) -> None:
    for param in params.values():
        if param.required and not any(where in body for where in (param.wire, *param.aliases)):
            what = "files" if param.is_media else "parameter"
            raise InvalidInput(f"Request {what} [{param.wire}] required", param=param.wire)


def _check_numbers(params: Mapping[str, Param], input: Mapping[str, Any]) -> None:
    """The limits that Wiro has words of its own for; the engine checks all of them."""
    for name, value in input.items():
        param = params[name]
        if param.type not in ("integer", "number") or param.min is None or param.max is None:
            continue
        if isinstance(value, int | float) and not param.min <= value <= param.max:
            said = f"Request parameter [{param.wire}] must be between {param.min:g} and {param.max:g}"
            raise InvalidInput(said, param=param.wire)


def in_wiros_words(error: RequestError, params: Mapping[str, Param]) -> RequestError:
    """A refusal of the engine, led by the name that the caller knows."""
    known_as = {param.name: param.wire for param in params.values()} | {"webhook": "callbackUrl"}
    if error.param in known_as:
        error.message = f"Request parameter [{known_as[error.param]}]: {error.message}"
    return error


def _in_wiros_words(error: InvalidInput) -> InvalidInput:
    if "is not a number" in error.message:
        return InvalidInput(f"Request parameter [{error.param}] must be integer or float", param=error.param)
    return InvalidInput(f"Request parameter [{error.param}]: {error.message}", hint=error.hint, param=error.param)


def _canonical(params: Any) -> dict[str, Param]:
    found: dict[str, Param] = {}
    for param in params:
        found.setdefault(param.name, _with_urls(_plain(param)))
    return found


def _plain(param: Param) -> Param:
    """A param as the native API takes it, whatever its vendor calls it."""
    fields = {name: _plain(inner) for name, inner in param.fields.items()}
    return dataclasses.replace(param, wire=param.name, also=(), aliases=(), form="plain", fields=fields)


def _with_urls(param: Param) -> Param:
    """Media may come as `{id}`, a file or an address, and as `{id}Url`, an address."""
    if not param.is_media:
        return param
    stem = _stem(param.wire)
    return dataclasses.replace(param, aliases=tuple(sorted({stem, f"{stem}Url", *param.aliases} - {param.wire})))


def _stem(name: str) -> str:
    return name.removesuffix("Url") or name
