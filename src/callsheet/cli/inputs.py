"""From `-i name=value` to an input: each value typed by the catalogue's facts of the model it is for."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from callsheet.catalog import Catalog, Param
from callsheet.errors import InvalidInput

MEDIA = frozenset({"image", "images", "video", "audio", "mask", "file", "files"})
MANY = frozenset({"images", "files", "list"})


def facts(catalog: Catalog, model: str) -> Mapping[str, Param]:
    """The params of a model, of all models that a prefix names, or of the previz model that a capability stands for."""
    wanted = f"previz/{model}" if catalog.is_capability(model) else model
    found: dict[str, Param] = {}
    for one in catalog.models(vendor=wanted.partition("/")[0]):
        if one.id == wanted or one.id.startswith(f"{wanted}/"):
            found = {**one.params, **found}
    return found


def build(params: Mapping[str, Param], pairs: Sequence[str], flags: Mapping[str, str | None]) -> dict[str, Any]:
    """The input that the flags and the `name=value` pairs spell, for models with these params.

    `@file` uploads a file for a media param, and stands for the file's content for any other; `@-` is standard input,
    `@@text` the literal `@text`. A name given again adds to a list. A value that does not fit its type is handed on as
    it is: the server's answer says what is allowed.
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
    kind = param.type if param else None
    if kind in MANY:
        read = [_one(kind, name, text) for text in texts]
        return [item for one in read for item in (one if isinstance(one, list) else [one])]
    if len(texts) > 1:
        raise click.UsageError(f"{name} is given more than once, and takes one value.")
    return _one(kind, name, texts[0])


def _one(kind: str | None, name: str, text: str) -> Any:
    if text.startswith("@@"):
        return text[1:]
    if text.startswith("@"):
        return _from_file(kind, name, text[1:])
    if kind in MEDIA and "://" not in text and Path(text).is_file():
        raise InvalidInput(
            f"{name} names a file on this machine.", hint=f"To upload it, write {name}=@{text}", param=name
        )
    return _typed(kind, text)


def _from_file(kind: str | None, name: str, where: str) -> Any:
    if kind in MEDIA or kind is None:
        return sys.stdin.buffer.read() if where == "-" else Path(where)
    try:
        text = sys.stdin.read() if where == "-" else Path(where).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name}: {where} cannot be read as text: {error}", param=name) from error
    return _typed(kind, text.rstrip("\n"))


def _typed(kind: str | None, text: str) -> Any:
    """The value the text spells in this type; the text itself where it spells none."""
    if kind == "string" or kind in MEDIA:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        found: Any = json.loads(text)
    except ValueError:
        return text
    fits = {"integer": (int,), "number": (int, float), "object": (dict,), "list": (list, str, int, float, dict)}
    return found if isinstance(found, fits.get(kind or "", (bool, int, float))) else text
