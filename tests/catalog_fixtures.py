"""Hypothesis strategies for inputs that a model must accept: built from its facts, so that no model is left out."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from callsheet.catalog import Model, Param, Rule

REFERENCE = st.text(string.ascii_uppercase + string.digits, min_size=26, max_size=26).map(lambda id: f"file_{id}")
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1)


def inputs(model: Model) -> st.SearchStrategy[dict[str, Any]]:
    """Inputs with every required param and any of the others, kept to the model's rules."""
    required = {name: value(param) for name, param in model.params.items() if param.required}
    optional = {name: value(param) for name, param in model.params.items() if not param.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: _obedient(model, given)).filter(bool)


def value(param: Param) -> st.SearchStrategy[Any]:
    """Values this param accepts."""
    if param.type == "moment":
        return st.sampled_from(param.values) | st.floats(param.min or 0, 3600)
    if param.values:
        return st.sampled_from(param.values)
    if param.is_media and param.many:
        return st.lists(REFERENCE, min_size=max(param.min_items or 0, 1), max_size=min(param.max_items or 9, 9))
    if param.is_media:
        return REFERENCE
    if param.type == "list":
        rows = fields(param) if param.fields else value(Param(name="item", type=param.item or "string"))
        return st.lists(rows, min_size=max(param.min_items or 0, 1), max_size=min(param.max_items or 3, 4))
    if param.type == "object":
        return fields(param)
    return _plain(param)


def fields(param: Param) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: value(one) for name, one in param.fields.items() if one.required}
    return st.fixed_dictionaries(
        required, optional={name: value(one) for name, one in param.fields.items() if name not in required}
    )


def _plain(param: Param) -> st.SearchStrategy[Any]:
    step = param.multiple_of or 1
    low, high = param.min, param.max
    match param.type:
        case "integer":
            span = st.integers(
                None if low is None else -(-int(low) // step), None if high is None else int(high) // step
            )
            return span.map(lambda number: number * step)
        case "number":
            any_of_them = st.floats(low, high, allow_nan=False, allow_infinity=False)
            least, most = int(-(-(low or 0) // 1)), int(100 if high is None else high)
            return any_of_them | st.integers(least, most) if least <= most else any_of_them
        case "boolean":
            return st.booleans()
        case _:
            longest = min(param.max_length or 40, 40)
            words = TEXT.map(lambda text: (text.strip() + "x" * (param.min_length or 1))[:longest])
            return words.filter(lambda text: len(text.strip()) >= (param.min_length or 1))


def _obedient(model: Model, given: dict[str, Any]) -> dict[str, Any]:
    """What stays of an input when the rules are kept; empty when a group of which one is needed has none."""
    for rule in model.rules:
        given = _keep(rule, model, given)
    return given


def _keep(rule: Rule, model: Model, given: dict[str, Any]) -> dict[str, Any]:
    full = {name: param.default for name, param in model.params.items() if param.default is not None} | given
    if not rule.applies(given, full):
        return given
    dropped = {name for name, allowed in rule.then.items() if full.get(name) not in allowed} | set(rule.never)
    if any(name not in given for name in rule.need):
        dropped |= set(rule.given)
    kept = {name: one for name, one in given.items() if name not in dropped}
    return kept if not rule.any_of or any(name in kept for name in rule.any_of) else {}
