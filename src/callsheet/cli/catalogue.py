"""`callsheet models`: what can be asked for, read from the catalogue without a server."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import click

from callsheet.catalog import Catalog, Model, Param, load
from callsheet.cli.completing import complete_capability, complete_model, complete_vendor
from callsheet.cli.flags import json_flag
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, show, show_json, table
from callsheet.errors import NotFound

_ALLOWED_WIDTH = 80


@click.group(invoke_without_command=True)
@click.option(
    "--capability",
    metavar="C",
    shell_complete=complete_capability,
    help="Only models that can do this, such as image-to-video.",
)
@click.option("--vendor", metavar="V", shell_complete=complete_vendor, help="Only models of this vendor.")
@json_flag
@click.pass_context
def models(ctx: click.Context, capability: str | None, vendor: str | None) -> None:
    """What can be asked for, and with which params.

    A capability is a model id too: it runs on previz unless routing says otherwise.

    \b
    Example:
      callsheet models --capability image-to-video
    """
    if ctx.invoked_subcommand:
        return
    catalog = load()
    _known("capability", capability, catalog.capabilities)
    _known("vendor", vendor, catalog.vendor_ids)
    found = catalog.models(capability=capability, vendor=vendor)
    if ctx.ensure_object(Place).json:
        show_json({"data": [model.entry() for model in found], "next": None})
    else:
        rows = [(model.id, model.capability, model.title) for model in found]
        show(table(("ID", "CAPABILITY", "TITLE"), rows))


@models.command("show")
@click.argument("id", shell_complete=complete_model)
@json_flag
@click.pass_obj
def show_(place: Place, id: str) -> None:
    """Show one model: what it takes, and what it makes. ID is a model id, a capability, or the beginning of an id.

    \b
    Example:
      callsheet models show image-to-video
    """
    found = behind(load(), id)
    if place.json:
        full = [model.entry() | {"input_schema": model.schema()} for model in found]
        show_json(full[0] if len(full) == 1 else {"data": full, "next": None})
        return
    show("\n\n".join(_sheet(model) for model in found))


def behind(catalog: Catalog, id: str) -> tuple[Model, ...]:
    """The model with this id, the one a capability stands for, or all that a prefix stands for."""
    if catalog.is_capability(id):
        return (catalog.find(id, {}),)
    vendor = id.partition("/")[0]
    found = tuple(one for one in catalog.models(vendor=vendor) if one.id == id or one.id.startswith(f"{id}/"))
    exact = tuple(one for one in found if one.id == id)
    return exact or found or (catalog.model(id),)


def _known(kind: str, given: str | None, known: Any) -> None:
    if given is not None and given not in known:
        raise NotFound(f"There is no {kind} {given!r}.", hint=f"There are: {', '.join(known)}.", param=kind)


def _sheet(model: Model) -> str:
    about = {
        "model": click.style(model.id, bold=True),
        "title": model.title,
        "about": model.about,
        "capability": model.capability,
        "makes": ", ".join(f"{out.kind} ({out.count})" for out in model.outputs),
        "price": ", ".join(f"{price.credits:g} credits per {price.per}" for price in model.prices) or "not documented",
        "docs": model.docs,
        "checked": model.checked,
    }
    rows = [row for param in model.params.values() for row in _rows(param)]
    return fields(about) + "\n\n" + table(("PARAM", "TYPE", "REQUIRED", "DEFAULT", "ALLOWED"), rows)


def _rows(param: Param) -> list[tuple[str, str, str, str, str]]:
    """A param's row, and below it what did not fit of its values."""
    default = "" if param.default is None else json.dumps(param.default, ensure_ascii=False).strip('"')
    lines = textwrap.wrap(allowed(param), _ALLOWED_WIDTH, break_on_hyphens=False) or [""]
    first = (param.name, param.type, "yes" if param.required else "", default, lines[0])
    return [first, *(("", "", "", "", line) for line in lines[1:])]


def allowed(param: Param) -> str:
    """Which values a param may have, in a few words."""
    if param.values:
        return ", ".join(str(value) for value in param.values)
    bounds = [
        _range(param.min, param.max, f" {param.unit}" if param.unit else ""),
        _range(param.min_length, param.max_length, " characters"),
        _range(None, param.max_tokens, " tokens"),
        _range(param.min_items, param.max_items, " items"),
    ]
    return "; ".join(bound for bound in bounds if bound)


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"at most {_number(high)}{unit}"
    return f"{_number(low)} and more{unit}" if high is None else f"{_number(low)} to {_number(high)}{unit}"


def _number(value: float | None) -> str:
    return str(int(value)) if value is not None and value == int(value) else str(value)
