"""Checks an input against the facts: nothing is dropped, clamped or converted in silence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from callsheet.catalog import needs
from callsheet.catalog.forms import reckonable
from callsheet.catalog.param import Param, Rule
from callsheet.catalog.rename import wire_names
from callsheet.errors import InvalidInput

REFERENCE = re.compile(r"(file_[0-9A-Za-z]+|https?://\S+|data:[^,]*,.*)", re.DOTALL)
MEDIA_FORM = f"a file id (file_...), an http(s) address, a data: address or {needs.FORM}"


def check(model: str, params: Mapping[str, Param], rules: tuple[Rule, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical input with every default filled in, in the order of the facts.

    Raises InvalidInput on the first fault: unknown params, missing ones, each value, then what the rules demand.
    """
    for name in given:
        if name not in params:
            raise _unknown(model, params, name)
    for param in params.values():
        if param.required and param.name not in given:
            missing = InvalidInput(f"{model} needs the param {param.name}.", hint=param.description, param=param.name)
            raise missing.because("param_missing", param=param.name)
    values = {name: value(params[name], given[name]) for name in params if name in given}
    return _obey(params, rules, values)


def value(param: Param, given: Any, at: str = "") -> Any:
    """One value in its canonical form. Raises InvalidInput, which names the place and what is allowed there."""
    at = at or param.name
    if isinstance(given, str | int) and not isinstance(given, bool) and str(given) in param.spellings:
        return param.spellings[str(given)]
    taken = TYPES[param.type](param, given, at)
    if param.values and not (param.type == "moment" and isinstance(taken, int | float)):
        return _listed(param, taken, at)
    return taken


def allowed(param: Param) -> str:
    """What a param takes, in one line for people: its values, or its type and limits."""
    if param.values:
        listed = ", ".join(map(_word, param.values))
        return f"{SAID[param.type]}, or {listed}" if param.type == "moment" else listed
    words = [SAID.get(param.type, param.type)]
    low, high = param.min, param.max
    if low is not None and high is not None:
        words.append(f"from {low:g} to {high:g}")
    elif low is not None or high is not None:
        words.append(f"of at least {low:g}" if low is not None else f"of at most {high:g}")
    if param.multiple_of:
        words.append(f"divisible by {param.multiple_of}")
    return " ".join(words)


def nearest(name: str, known: Mapping[str, Any] | tuple[str, ...], count: int = 1) -> list[str]:
    """The known names that look most like this one, best first."""
    return difflib.get_close_matches(name, list(known), count, 0.5)


def _unknown(model: str, params: Mapping[str, Param], name: str) -> InvalidInput:
    known = ", ".join(params) or "none"
    ours = wire_names(params).get(name)
    near = [ours] if ours else nearest(name, params)
    if ours:
        hint = f"That is the vendor's own name: here it is called {ours}."
    else:
        hint = f"Did you mean {near[0]}? It knows: {known}." if near else f"It knows: {known}."
    said = InvalidInput(f"{model} has no param {name!r}.", hint=hint, param=name)
    return said.because("param_unknown", param=name, known=[*params], near=near[0] if near else None)


def _obey(params: Mapping[str, Param], rules: tuple[Rule, ...], values: dict[str, Any]) -> dict[str, Any]:
    """Defaults and rules together: a rule may decide what a param left to its default becomes."""
    full = {name: param.default for name, param in params.items() if param.default is not None} | values
    for rule in rules:
        if rule.applies(values, full):
            _demand(rule, values)
            for name, options in rule.then.items():
                full[name] = _under(rule, name, options, values, full)
            full = {name: one for name, one in full.items() if name in values or name not in rule.instead_of}
            full |= {name: full[source] for name, source in rule.fill.items() if name not in full and source in full}
    return {name: full[name] for name in params if name in full}


def _demand(rule: Rule, values: Mapping[str, Any]) -> None:
    for name in rule.need:
        if name not in values:
            needed = InvalidInput(f"{name} is needed: {rule.why}", hint=f"Give {name}.", param=name)
            raise needed.because("param_missing", param=name)
    for name in rule.never:
        if name in values:
            never = InvalidInput(f"{name} cannot be given: {rule.why}", hint=f"Leave {name} out.", param=name)
            raise never.because("param_not_here", param=name)
    if rule.any_of and not any(name in values for name in rule.any_of):
        choices = " or ".join(rule.any_of)
        needed = InvalidInput(f"One of {choices} is needed: {rule.why}", hint=f"Give {choices}.", param=rule.any_of[0])
        raise needed.because("params_missing", params=[*rule.any_of])


def _under(rule: Rule, name: str, options: tuple[Any, ...], values: Mapping[str, Any], full: Mapping[str, Any]) -> Any:
    now = full.get(name)
    if now in options:
        return now
    if name not in values:
        return options[0]
    allowed_here = [_word(one) for one in options]
    said = f"{name} {_show(values[name])} does not go with the rest: {rule.why}"
    apart = InvalidInput(said, hint=f"Allowed here: {', '.join(allowed_here)}.", param=name)
    raise apart.because("param_wrong", param=name, given=_show(values[name]), choices=allowed_here)


def _listed(param: Param, taken: Any, at: str) -> Any:
    for one in param.values:
        if one == taken and isinstance(one, bool) == isinstance(taken, bool):
            return one
    near = nearest(taken, tuple(str(one) for one in param.values)) if isinstance(taken, str) else []
    guess = f"Did you mean {near[0]}? " if near else ""
    raise _wrong(at, taken, f"{guess}Allowed: {allowed(param)}.", param)


def _text(param: Param, given: Any, at: str) -> Any:
    if isinstance(given, Mapping) and needs.takes_output(param):
        return needs.read(given, at).plain()
    if not isinstance(given, str):
        raise _wrong(at, given, _ask(param), param)
    least = max(param.min_length or 0, 1 if param.required else 0)
    if len(given.strip()) < least:
        short = _wrong(at, given, f"At least {_count(least, 'character')}, more than blanks.")
        raise short.because("text_too_short", param=at, least=least)
    if param.max_length is not None and len(given) > param.max_length:
        most = f"At most {_count(param.max_length, 'character')}."
        long = InvalidInput(f"{at} has {len(given)} characters.", hint=most, param=at)
        raise long.because("text_too_long", param=at, count=len(given), most=param.max_length)
    return given


def _integer(param: Param, given: Any, at: str) -> int:
    whole = isinstance(given, int) or (isinstance(given, float) and given.is_integer())
    if isinstance(given, bool) or not whole or not reckonable(given):
        raise _wrong(at, given, _ask(param), param)
    return int(_within(param, given, at))


def _number(param: Param, given: Any, at: str) -> int | float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not reckonable(given):
        raise _wrong(at, given, _ask(param), param)
    return _within(param, given, at)


def _within(param: Param, given: int | float, at: str) -> int | float:
    below = param.min is not None and given < param.min
    above = param.max is not None and given > param.max
    if below or above or (param.multiple_of and given % param.multiple_of):
        raise _wrong(at, given, _ask(param), param)
    return given


def _moment(param: Param, given: Any, at: str) -> int | float | str:
    return given if isinstance(given, str) else _number(param, given, at)


def _boolean(param: Param, given: Any, at: str) -> bool:
    if not isinstance(given, bool):
        raise _wrong(at, given, _ask(param), param)
    return given


def _reference(param: Param, given: Any, at: str) -> Any:
    if isinstance(given, Mapping):
        return needs.read(given, at).plain()
    if not isinstance(given, str) or not REFERENCE.fullmatch(given):
        raise _wrong(at, given, f"Give {MEDIA_FORM}; a local file is uploaded first, with @path on the command line.")
    return given


def _references(param: Param, given: Any, at: str) -> list[Any]:
    rows = _rows(param, given, at)
    return [_reference(param, one, f"{at}[{index}]") for index, one in enumerate(rows)]


def _object(param: Param, given: Any, at: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _wrong(at, given, _ask(param), param)
    if not param.fields:
        return dict(given)
    try:
        return check(at, param.fields, (), given)
    except InvalidInput as error:
        inner = error.param or ""
        error.param = inner if inner.startswith(at) else f"{at}.{inner}"
        raise


def _list(param: Param, given: Any, at: str) -> Any:
    if isinstance(given, Mapping):
        return needs.read(given, at).plain()
    rows = _rows(param, given, at)
    one = Param(name=param.name, type=param.item or "object", description=param.description, fields=param.fields)
    return [value(one, row, f"{at}[{index}]") for index, row in enumerate(rows)]


def _rows(param: Param, given: Any, at: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise _wrong(at, given, _ask(param), param)
    least, most = max(param.min_items or 0, 1 if param.required else 0), param.max_items
    if len(given) < least or (most is not None and len(given) > most):
        span = f"from {least} to {most}" if most is not None else f"at least {least}"
        wrong = InvalidInput(f"{at} has {len(given)} items.", hint=f"Give {span}.", param=at)
        raise wrong.because("count_wrong", param=at, count=len(given), min=least, max=most)
    return list(given)


def _wrong(at: str, given: Any, hint: str, param: Param | None = None) -> InvalidInput:
    wrong = InvalidInput(f"{at} cannot be {_show(given)}.", hint=hint, param=at)
    return wrong.because("param_wrong", param=at, given=_show(given), **(_limits(param) if param else {}))


def _limits(param: Param) -> dict[str, Any]:
    """What it takes, as far as values and numbers say it."""
    if param.values:
        return {"choices": [_word(one) for one in param.values]}
    known = {"type": param.type, "min": param.min, "max": param.max, "multiple_of": param.multiple_of}
    return {name: one for name, one in known.items() if one is not None}


def _ask(param: Param) -> str:
    return f"Give {allowed(param)}."


def _word(one: Any) -> str:
    return str(one).lower() if isinstance(one, bool) else str(one)


def _show(given: Any) -> str:
    text = _word(given) if isinstance(given, int | float) else repr(given)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


SAID = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "list": "a list",
    "moment": "a number of seconds",
    **dict.fromkeys(("images", "videos", "audios", "files"), f"a list, each item {MEDIA_FORM}"),
}
TYPES: dict[str, Callable[[Param, Any, str], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "moment": _moment,
    "boolean": _boolean,
    "image": _reference,
    "video": _reference,
    "audio": _reference,
    "mask": _reference,
    "file": _reference,
    "images": _references,
    "videos": _references,
    "audios": _references,
    "files": _references,
    "object": _object,
    "list": _list,
}
