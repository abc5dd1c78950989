"""From `-i name=value` to an input: each value typed by the catalogue's facts of the model it is for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click

from callsheet.catalog import LOCAL, Catalog, Param
from callsheet.errors import InvalidInput


def facts(catalog: Catalog, model: str) -> Mapping[str, Param]:
    """The params of a model, of all models that a prefix names, or of the local model that a capability stands for."""
    if catalog.is_capability(model):
        return next((one.params for vendor in LOCAL for one in catalog.models(model, vendor)), {})
    found: dict[str, Param] = {}
    for one in catalog.models(vendor=model.partition("/")[0]):
        if one.id == model or one.id.startswith(f"{model}/"):
            found = {**one.params, **found}
    return found


def build(params: Mapping[str, Param], pairs: Sequence[str], flags: Mapping[str, str | None]) -> dict[str, Any]:
    """The input that the flags and the `name=value` pairs spell, for models with these params.

    `@file` uploads a file for a media param, and stands for the file's content for any other; `@-` is standard input,
    `@@text` the literal `@text`. `@task_...` is that task's first output, `@task_...#1` another, `@task_...#video` the
    first of a kind. A name given again adds to a list. A value that does not fit its type is handed on as it is: the
    server's answer says what is allowed.
    """
    given: dict[str, list[str]] = {}
    for name, text in [*_flagged(flags), *map(_split, pairs)]:
        given.setdefault(name, []).append(text)
    return {name: _value(params.get(name), name, texts) for name, texts in given.items()}


def keep_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """`k=v` pairs as they are, for metadata."""
    return dict(map(_split, pairs))


def _flagged(flags: Mapping[str, str | None]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in flags.items() if text is not None]


def _split(pair: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not name or not equals:
        raise click.UsageError(f"{pair!r} is not name=value.")
    return name, text


def _value(param: Param | None, name: str, texts: list[str]) -> Any:
    read = [_inside(param, _one(param, name, text)) for text in texts]
    if param and param.type == "list" and [*map(_is_output, read)] == [True]:
        return read[0]
    if param and param.many:
        return [item for one in read for item in (cast("list[Any]", one) if isinstance(one, list) else [one])]
    if len(read) > 1:
        raise click.UsageError(f"{name} is given more than once, and takes one value.")
    return read[0]


def _one(param: Param | None, name: str, text: str) -> Any:
    if text.startswith("@@"):
        return text[1:]
    if task := _OUTPUT.fullmatch(text):
        which = task["which"] or "0"
        return {"from": task["task"], "output": int(which) if which.isdecimal() else which}
    if text.startswith("@"):
        return _from_file(param, name, text[1:])
    if param and param.is_media and "://" not in text and Path(text).is_file():
        raise InvalidInput(
            f"{name} names a file on this machine.", hint=f"To upload it, write {name}=@{text}", param=name
        )
    return _typed(param, text)


def _inside(param: Param | None, value: Any) -> Any:
    """A list or an object with the media in it, `@file` and `@task_…`, meant as they are on the command line itself."""
    if isinstance(value, list):
        return [_inside(param, one) for one in cast("list[Any]", value)]
    if isinstance(value, dict) and param and param.fields:
        rows = cast("dict[str, Any]", value)
        return {name: _within(param.fields.get(name), name, one) for name, one in rows.items()}
    return value


def _within(param: Param | None, name: str, value: Any) -> Any:
    if param is None or not param.is_media:
        return _inside(param, value)
    if isinstance(value, list):
        return [_within(param, name, one) for one in cast("list[Any]", value)]
    return _one(param, name, value) if isinstance(value, str) and value.startswith("@") else value


def _is_output(value: Any) -> bool:
    return isinstance(value, dict) and "from" in value


def _from_file(param: Param | None, name: str, where: str) -> Any:
    if param is None or param.is_media:
        return sys.stdin.buffer.read() if where == "-" else Path(where)
    try:
        text = sys.stdin.read() if where == "-" else Path(where).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name}: {where} cannot be read as text: {error}", param=name) from error
    return _typed(param, text.rstrip("\n"))


def _typed(param: Param | None, text: str) -> Any:
    """The value the text spells in the param's type; the text itself where it spells none."""
    if param and (param.type == "string" or param.is_media):
        return text
    if param and param.type == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, _FITTING.get(param.type if param else "", (bool, int, float))) else text


_FITTING: dict[str, tuple[type, ...]] = {
    "integer": (int, float),
    "number": (int, float),
    "object": (dict,),
    "list": (list, str, int, float, dict),
}

_OUTPUT = re.compile(r"@(?P<task>task_[0-9A-Za-z]+)(?:#(?P<which>[0-9]+|image|video|audio|text))?")
