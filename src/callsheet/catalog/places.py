"""Where media stand in an input, however deep: found, and replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from callsheet.catalog.param import Param

Place = tuple[str, Param, str]
"""A place such as `image`, `images` or `subjects[0].images`; the param that describes it; the reference that is there.
"""


def media(params: Mapping[str, Param], input: Mapping[str, Any], within: str = "") -> Iterator[Place]:
    """Every reference to media in an input, fields of objects and of lists of objects included."""
    for name, param in params.items():
        value = input.get(name)
        at = f"{within}.{name}" if within else name
        if param.is_media:
            for one in _several(value) if param.many else (value,):
                if isinstance(one, str):
                    yield at, param, one
        elif param.fields and param.many:
            for index, one in enumerate(_several(value)):
                yield from _inside(param, one, f"{at}[{index}]")
        elif param.fields:
            yield from _inside(param, value, at)


def replaced(params: Mapping[str, Param], input: Mapping[str, Any], new: Callable[[Param, str], Any]) -> dict[str, Any]:
    """The input with `new(param, reference)` in the place of every reference."""
    given = dict(input)
    for name in params.keys() & input.keys():
        param, value = params[name], input[name]
        if param.is_media:
            given[name] = [new(param, one) for one in value] if param.many else new(param, value)
        elif param.fields:
            inner = param.fields
            given[name] = [replaced(inner, one, new) for one in value] if param.many else replaced(inner, value, new)
    return given


def _inside(param: Param, value: Any, at: str) -> Iterator[Place]:
    if isinstance(value, Mapping):
        yield from media(param.fields, cast("Mapping[str, Any]", value), at)


def _several(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
