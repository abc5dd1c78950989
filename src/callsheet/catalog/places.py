"""Where media, texts and other tasks' outputs stand in an input, however deep: found, and replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from callsheet.catalog import needs
from callsheet.catalog.needs import Need
from callsheet.catalog.param import Param

_NEITHER = (bool, int, float, type(None))
"""What is neither media nor another task's output, whatever its param says: most of an input, and seen at once."""

Place = tuple[str, Param, str]
"""A place such as `image`, `images` or `subjects[0].images`; the param that describes it; the reference that is there.
"""


def media(params: Mapping[str, Param], input: Mapping[str, Any]) -> Iterator[Place]:
    """Every reference to media in an input, fields of objects and of lists of objects included."""
    for at, param, value in _leaves(params, input, ""):
        if param.is_media and isinstance(value, str):
            yield at, param, value


def outputs(params: Mapping[str, Param], input: Mapping[str, Any]) -> Iterator[tuple[str, Param, Need]]:
    """Every output of another task that a checked input names, with its place and the param that describes it."""
    for at, param, value in _leaves(params, input, ""):
        if isinstance(value, Mapping):
            yield at, param, needs.of(cast("Mapping[str, Any]", value))


def replaced(params: Mapping[str, Param], input: Mapping[str, Any], new: Callable[[Param, str], Any]) -> dict[str, Any]:
    """The input with `new(param, reference)` in the place of every reference to media."""
    return mapped(params, input, lambda param, one: new(param, one) if param.is_media and isinstance(one, str) else one)


def fulfilled(
    params: Mapping[str, Param], input: Mapping[str, Any], new: Callable[[Param, Need], Any]
) -> dict[str, Any]:
    """The input with `new(param, need)` in the place of every output of another task."""
    return mapped(params, input, lambda param, one: new(param, needs.of(one)) if isinstance(one, Mapping) else one)


def _leaves(params: Mapping[str, Param], input: Mapping[str, Any], within: str) -> Iterator[tuple[str, Param, Any]]:
    """Every value of a param that takes another task's output."""
    for name, value in [one for one in input.items() if not isinstance(one[1], _NEITHER) and one[0] in params]:
        param, at = params[name], f"{within}.{name}" if within else name
        if _whole(param, value):
            yield at, param, value
        elif needs.stands_alone(_element(param)):
            for one in _several(value) if param.many else (value,):
                yield at, _element(param), one
        elif param.fields and param.many:
            for index, one in enumerate(_several(value)):
                yield from _inside(param, one, f"{at}[{index}]")
        elif param.fields:
            yield from _inside(param, value, at)


def mapped(params: Mapping[str, Param], input: Mapping[str, Any], new: Callable[[Param, Any], Any]) -> dict[str, Any]:
    """The input with `new(param, value)` in every place where another task's output may stand, checked or not yet."""
    given = dict(input)
    for name in params.keys() & input.keys():
        param, value = params[name], input[name]
        element = _element(param)
        if _whole(param, value):
            given[name] = new(param, value)
        elif needs.stands_alone(element):
            given[name] = _each(param, value, lambda one, element=element: new(element, one))
        elif param.fields:
            given[name] = _each(param, value, lambda one, inner=param.fields: _within(inner, one, new))
    return given


def _each(param: Param, value: Any, new: Callable[[Any], Any]) -> Any:
    if not param.many:
        return new(value)
    return [new(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def _within(params: Mapping[str, Param], value: Any, new: Callable[[Param, Any], Any]) -> Any:
    return mapped(params, cast("Mapping[str, Any]", value), new) if isinstance(value, Mapping) else value


def _whole(param: Param, value: Any) -> bool:
    """Whether an output stands for the whole list, or the name of one that is still to be made."""
    return param.type == "list" and isinstance(value, Mapping | str)


def _element(param: Param) -> Param:
    """What describes one value: the param itself, or what its list is of."""
    if param.type != "list" or param.fields or param.item is None:
        return param
    return Param(name=param.name, type=param.item, description=param.description)


def _inside(param: Param, value: Any, at: str) -> Iterator[tuple[str, Param, Any]]:
    if isinstance(value, Mapping):
        yield from _leaves(param.fields, cast("Mapping[str, Any]", value), at)


def _several(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
