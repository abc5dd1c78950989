"""The facts of one model as a JSON Schema (2020-12) that form builders, validators and generated clients can use."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.catalog import needs
from callsheet.catalog.param import Media, Param, Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
JSON_TYPES = {
    **dict.fromkeys(("image", "video", "audio", "mask", "file"), "string"),
    **dict.fromkeys(("images", "videos", "audios", "files", "list"), "array"),
}
OUTPUT = {"$ref": "#/$defs/output"}
DEFS = {
    "output": {
        "title": "Another task's output",
        "description": "It is waited for. `output` is its number, from 0 on, or the first of a kind.",
        "type": "object",
        "properties": {
            "from": {"type": "string", "pattern": "^task_[0-9A-Za-z]+$"},
            "output": {
                "anyOf": [{"type": "integer", "minimum": 0, "maximum": 999}, {"enum": list(needs.KINDS)}],
                "default": 0,
            },
        },
        "required": ["from"],
        "additionalProperties": False,
    }
}
"""What may stand in the place of media and of free texts."""


def schema(title: str, about: str, params: Mapping[str, Param], rules: Iterable[Rule]) -> dict[str, Any]:
    """What an input of this model must be. Media limits and units stand under `x-callsheet`."""
    whole: dict[str, Any] = {"$schema": DIALECT, "title": title, "description": about, **_object(params)}
    whole |= {"$defs": DEFS} if _refers(whole) else {}
    conditions = [part for rule in rules for part in _conditions(rule)]
    return whole | ({"allOf": conditions} if conditions else {})


def _object(params: Mapping[str, Param]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _param(param) for name, param in params.items()},
        "required": [name for name, param in params.items() if param.required],
        "additionalProperties": False,
    }


def _param(param: Param) -> dict[str, Any]:
    found = _kind(param) | {"description": param.description}
    if param.type == "moment":
        found = {"description": param.description, "anyOf": _moments(param)}
    elif param.spellings:
        found = {"description": param.description, "anyOf": _spelled(param)}
    elif param.values:
        found["enum"] = list(param.values)
    found |= _present(
        default=param.default,
        examples=list(param.examples) or None,
        minimum=param.min,
        maximum=param.max,
        multipleOf=param.multiple_of,
        minLength=param.min_length or (1 if param.required and param.type == "string" else None),
        maxLength=param.max_length,
        minItems=param.min_items or (1 if param.required and param.many else None),
        maxItems=param.max_items,
    )
    return found | _inside(param) | _extension(param)


def _kind(param: Param) -> dict[str, Any]:
    """The JSON type; where another task's output may stand instead, the plain form comes first, for form builders."""
    plain = {"type": JSON_TYPES.get(param.type, param.type)}
    return (
        {"anyOf": [plain, OUTPUT]} if param.type == "list" or (needs.stands_alone(param) and not param.many) else plain
    )


def _refers(schema: Any) -> bool:
    """Whether anything in here points to the form of an output."""
    if isinstance(schema, dict):
        return schema == OUTPUT or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))


def _moments(param: Param) -> list[dict[str, Any]]:
    """A number of seconds, or one of the words."""
    return [{"type": "number", **_present(minimum=param.min)}, {"type": "string", "enum": list(param.values)}]


def _spelled(param: Param) -> list[dict[str, Any]]:
    """The values themselves first, for form builders, then the other spellings that are taken for them."""
    numbers = sorted(int(word) for word in param.spellings if word.isdecimal())
    others = [word for word in param.spellings if not word.isdecimal()]
    found: list[dict[str, Any]] = [{"type": "string", "enum": list(param.values)}]
    if numbers:
        found.append({"type": "integer", "minimum": numbers[0], "maximum": numbers[-1]})
        others += [str(number) for number in numbers]
    return [*found, {"type": "string", "enum": others}]


def _inside(param: Param) -> dict[str, Any]:
    """What the elements of a list, or the members of an object, must be."""
    if param.is_media and param.many:
        return {"items": {"anyOf": [{"type": "string"}, OUTPUT], "format": "uri-reference", **_content(param.media)}}
    if param.is_media:
        return {"format": "uri-reference", **_content(param.media)}
    if param.type == "list":
        if param.fields:
            return {"items": _object(param.fields)}
        return {"items": _kind(Param(name=param.name, type=param.item)) if param.item else {}}
    return _object(param.fields) if param.fields else {}


def _content(media: Media | None) -> dict[str, Any]:
    types = media.content_types if media else ()
    return {"contentMediaType": types[0]} if len(types) == 1 else {}


def _extension(param: Param) -> dict[str, Any]:
    media = dataclasses.asdict(param.media) if param.media else {}
    limits = {
        name: list(one) if isinstance(one, tuple) else one for name, one in media.items() if one not in (None, ())
    }
    told = _present(
        type=param.type if param.type in JSON_TYPES or param.type == "moment" else None,
        unit=param.unit,
        media=limits or None,
        own=param.own or None,
    )
    return {"x-callsheet": told} if told else {}


def _conditions(rule: Rule) -> Iterable[dict[str, Any]]:
    """One rule as if/then; its reason stands as `description`. Filled and defaulted values need no condition."""
    then: dict[str, Any] = {}
    if rule.then:
        then["properties"] = {name: {"enum": list(allowed)} for name, allowed in rule.then.items()}
    if rule.need:
        then["required"] = list(rule.need)
    if rule.any_of:
        then["anyOf"] = [{"required": [name]} for name in rule.any_of]
    if rule.never:
        then["not"] = {"anyOf": [{"required": [name]} for name in rule.never]}
    if not then:
        return
    if not (rule.when or rule.given):
        yield {"description": rule.why, **then}
        return
    condition = {
        "properties": {name: {"enum": list(allowed)} for name, allowed in rule.when.items()},
        "required": [*rule.when, *rule.given],
    }
    yield {"description": rule.why, "if": condition, "then": then}


def _present(**found: Any) -> dict[str, Any]:
    return {name: one for name, one in found.items() if one is not None}
