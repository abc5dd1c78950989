"""Wiro's market of tools: every model that this installation can run, described as Wiro describes its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.catalog import Model, Param
from callsheet.contract import Desk
from callsheet.errors import NotFound
from callsheet.vendors.wiro.dialect_bodies import Fields, text_of
from callsheet.vendors.wiro.dialect_inputs import ANY, NoTool, known, names_of

MOST = 500
_MANY_WORDS = frozenset({"prompt", "negative_prompt", "text"})


async def listed(desk: Desk, fields: Fields) -> dict[str, Any]:
    """What List answers: the tools that can be run here and that the fields ask for."""
    found = [tool for tool in map(_shape, await _runnable(desk)) if _wanted(tool, fields)]
    if text_of(fields, "sort") != "relevance":
        found.sort(key=lambda tool: int(tool["id"]))
    if text_of(fields, "order").upper() == "DESC":
        found.reverse()
    start, most = _number(fields, "start", 0), _number(fields, "limit", 20)
    return {"result": True, "errors": [], "total": len(found), "tool": found[start : start + min(most, MOST)]}


async def detail(desk: Desk, owner: str, name: str) -> dict[str, Any]:
    """One tool and its params, also of a model that nothing here can run: that is said when it is run. NoTool."""
    if owner == ANY and desk.catalog.is_capability(name):
        about, params = desk.catalog.capabilities[name].meaning, known(desk, owner, name, {})[1]
        tool = _tool(owner, name, name.replace("-", " "), about, name)
    else:
        try:
            model = desk.catalog.model(f"{owner}/{name}")
        except NotFound as error:
            raise NoTool("slug-owner-project-not-exist") from error
        tool, params = _shape(model), names_of(model)
    items = [_item(param) for param in params.values()]
    more = {"readme": tool["description"], "parameters": [{"title": "", "items": items}], "inspire": [], "samples": []}
    return {"result": True, "errors": [], "tool": [tool | more]}


async def explored(desk: Desk) -> dict[str, Any]:
    """The tools by what they can do."""
    models = await _runnable(desk)
    groups = [
        (one, [_shape(model) for model in models if model.capability == one]) for one in desk.catalog.capabilities
    ]
    shown = [(name, tools) for name, tools in groups if tools]
    explore = [
        {"id": str(number), "title": name.replace("-", " "), "tools": tools}
        for number, (name, tools) in enumerate(shown, 1)
    ]
    return {"result": True, "errors": [], "explore": explore}


async def _runnable(desk: Desk) -> list[Model]:
    return [model for model in desk.catalog.models() if await desk.tasks.runs(model.id)]


def _shape(model: Model) -> dict[str, Any]:
    return _tool(model.vendor, model.name, model.title, model.about, model.capability)


def _tool(owner: str, name: str, title: str, about: str, capability: str) -> dict[str, Any]:
    """Of what Wiro counts and rates nothing is known here: it is zero or empty."""
    return {
        "id": str(zlib.crc32(f"{owner}/{name}".encode())),
        "title": title,
        "slugowner": owner,
        "slugproject": name,
        "cleanslugowner": owner,
        "cleanslugproject": name,
        "description": about,
        "image": "",
        "computingtime": "",
        "categories": [capability],
        "tags": [],
        "marketplace": 1,
        "onlymembers": "0",
        "averagepoint": "0.00",
        "commentcount": "0",
        "dynamicprice": "[]",
        "taskstat": {"runcount": 0, "successcount": "0", "errorcount": "0", "lastruntime": "0"},
        "seodescription": None,
    }


def _wanted(tool: Mapping[str, Any], fields: Fields) -> bool:
    words = text_of(fields, "search").lower().split()
    said = " ".join([tool["slugowner"], tool["slugproject"], tool["title"], tool["description"]]).lower()
    owner = text_of(fields, "slugowner")
    categories, tags = fields.get("categories") or (), fields.get("tags") or ()
    return (
        all(word in said for word in words)
        and owner in ("", tool["slugowner"])
        and (not categories or any(one in tool["categories"] for one in _list(categories)))
        and (not tags or any(one in tool["tags"] for one in _list(tags)))
    )


def _list(value: Any) -> Iterable[Any]:
    """Words between commas, a list, or anything else as a list of one, which no tool has."""
    return value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]


def _number(fields: Fields, name: str, default: int) -> int:
    text = text_of(fields, name)
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _item(param: Param) -> dict[str, Any]:
    values = [True, False] if param.type == "boolean" else list(param.values)
    number = param.type in ("integer", "number") and not values
    return {
        "id": param.wire,
        "type": _type(param, bool(values)),
        "label": param.wire,
        "required": param.required,
        "placeholder": "",
        "note": param.description,
        "options": [{"label": _text(one), "value": _text(one)} for one in values],
        "default": "" if param.default is None else _text(param.default),
        "min": _text(param.min) if number and param.min is not None else "",
        "max": _text(param.max) if number and param.max is not None else "",
        "step": _text(param.multiple_of or (1 if param.type == "integer" else 0.1)) if number else "",
    }


def _type(param: Param, chosen: bool) -> str:
    """One of the seven that Wiro documents."""
    if param.is_media:
        # An address alone is a text, as in Wiro's own tools.
        return "combinefileinput" if param.many else "text" if param.wire.endswith("Url") else "fileinput"
    if chosen:
        return "select"
    if param.type in ("integer", "number") and param.min is not None and param.max is not None:
        return "range"
    return "textarea" if param.name in _MANY_WORDS else "text"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
