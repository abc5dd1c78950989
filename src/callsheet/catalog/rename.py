"""From our names to the vendor's and back: `to_wire` and `from_wire` are inverses, driven by facts alone."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.catalog import forms
from callsheet.catalog.param import Param
from callsheet.errors import InvalidInput

Steps = tuple[str | int, ...]
"""A parsed wire path: `options.gen2Options.seed` is three names, `images[0]` a name and an index."""

MISSING = object()


def to_wire(params: Mapping[str, Param], fixed: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The body the vendor wants: `fixed` values, then every given param in its places. `values` have been checked."""
    wire: Any = {}
    for where, value in fixed.items():
        wire = _put(wire, steps(where), value)
    for name, value in values.items():
        param = params[name]
        for where in (param.wire, *param.also):
            wire = _put(wire, steps(where), _write(param, value))
    return wire


def from_wire(
    params: Mapping[str, Param], fixed: Mapping[str, Any], wire: Any, ignore: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The same in our names, not yet checked; null is as good as left out.

    `fixed` values and the places in `ignore` (a vendor's callback address, its pass-through field) belong to the call,
    not to the input, and are left to the caller. Raises InvalidInput for what no param reads, for a value that is no
    spelling of any, for two names of one param that disagree, and for a body that is another model's.
    """
    if not isinstance(wire, Mapping):
        raise InvalidInput(f"{wire!r} is no object.", hint=f"It has: {', '.join(_wires(params))}.")
    for where, value in fixed.items():
        if _get(wire, steps(where)) not in (value, MISSING):
            raise InvalidInput(f"{where} is not {value!r}.", hint="This is the body of another model.", param=where)
    values: dict[str, Any] = {}
    read: set[Steps] = {steps(where) for where in (*fixed, *ignore)}
    for param in params.values():
        for where in (param.wire, *param.also, *param.aliases):
            at = steps(where)
            read.add(at)
            found = _get(wire, at)
            if found is not None and found is not MISSING:
                values[param.name] = _same(values, param.name, _read(param, found, where), where)
    for at in _leaves(wire, (), read):
        place = _spell(at)
        raise InvalidInput(
            f"No param is called {place!r} here.", hint=f"Known: {', '.join(_wires(params))}.", param=place
        )
    return values


@functools.lru_cache(maxsize=8192)
def steps(where: str) -> Steps:
    """`images[0]` is `("images", 0)`."""
    return tuple(int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", where))


def wire_names(params: Mapping[str, Param]) -> dict[str, str]:
    """Every name or path a vendor may use, and which of our params it is."""
    return {where: param.name for param in params.values() for where in (param.wire, *param.also, *param.aliases)}


def _wires(params: Mapping[str, Param]) -> list[str]:
    return [param.wire for param in params.values()]


def _same(values: Mapping[str, Any], name: str, value: Any, where: str) -> Any:
    if values.get(name, value) != value:
        raise InvalidInput(f"{where} contradicts another name of {name}.", hint="Give one of them.", param=where)
    return value


def _write(param: Param, value: Any) -> Any:
    if not param.fields:
        return forms.write(param, value)
    if param.type == "list":
        return [to_wire(param.fields, {}, one) for one in value]
    return to_wire(param.fields, {}, value)


def _read(param: Param, found: Any, where: str) -> Any:
    """A single value where a list is wanted is a list of one: the vendors' own examples send both."""
    value: Any = [found] if param.many and not isinstance(found, list) else found
    try:
        if not param.fields:
            return forms.read(param, value)
        if param.type == "list":
            return [from_wire(param.fields, {}, one) for one in value]
        return from_wire(param.fields, {}, value)
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidInput(f"{where}: {error}.", hint=param.description, param=where) from error


def _put(target: Any, at: Steps, value: Any) -> Any:
    """`target` with `value` at `at`, making objects and lists on the way."""
    if not at:
        return value
    head, rest = at[0], at[1:]
    if isinstance(head, int):
        row: list[Any] = list(target or [])
        row.extend([None] * (head + 1 - len(row)))
        row[head] = _put(row[head], rest, value)
        return row
    return {**(target or {}), head: _put((target or {}).get(head), rest, value)}


def _get(target: Any, at: Steps) -> Any:
    for step in at:
        if isinstance(step, int):
            if isinstance(target, str):
                target = [target]
            if not isinstance(target, list) or step >= len(target):
                return MISSING
            target = target[step]
        elif isinstance(target, Mapping) and step in target:
            target = target[step]
        else:
            return MISSING
    return target


def _leaves(wire: Any, at: Steps, read: set[Steps]) -> Iterator[Steps]:
    """The places in `wire` that nothing reads."""
    if at in read or wire is None:
        return
    inner = {path[len(at)] for path in read if path[: len(at)] == at and len(path) > len(at)}
    if isinstance(wire, Mapping) and inner:
        for name, value in wire.items():
            yield from _leaves(value, (*at, name), read)
    elif isinstance(wire, list) and inner:
        for index, value in enumerate(wire):
            yield from _leaves(value, (*at, index), read)
    elif not (isinstance(wire, str) and 0 in inner):  # a text stands for a list of one
        yield at


def _spell(at: Steps) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")
