"""The settings page: every setting with its type, default, environment variable and meaning, read from the class."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from callsheet.settings import FILE, PREFIX, Rule, Settings, VendorAccess

INTRODUCTION = f"""# Settings

A flag counts before the environment, the environment before `{FILE}` in the home (or, without one there, in the
folder one is in), and that before the default. In the environment a setting is `{PREFIX}SECTION__NAME`; a list is
words between commas.
`key`, `secret`, `former_secret`, `seal` and `database` also come as `key_file` and so on, the name of a file that
holds the secret.
A name that is not here is an error at start. Secrets are never printed.
"""
HEADS = "| setting | type | default | means |\n|---|---|---|---|"
OUTSIDE = f"""## Not settings

Four more variables say where and how a command works: `CALLSHEET_HOME` (the home, as `--home`), `CALLSHEET_URL` and
`CALLSHEET_KEY` (which server commands and the client use), `CALLSHEET_DEBUG` (errors with their traceback).
Any other `{PREFIX}…` is refused.
"""

SINGLE = ("database", "seal")
TOP = f"""## At the top

Before any section; in the environment `{PREFIX}DATABASE` and `{PREFIX}SEAL`.
[Many machines](../howto/many-machines.md) says how they are used."""

ROUTING = f"""In the environment it is one variable, `{PREFIX}ROUTING`, as JSON.
[Where a task runs](../howto/routing.md) has examples.
"""


def pages() -> dict[str, str]:
    """One page."""
    single = [(name, field) for name, field in Settings.model_fields.items() if name in SINGLE]
    rows = "\n".join(_row(name, field, "") for name, field in single)
    parts = [INTRODUCTION, f"{TOP}\n\n{HEADS}\n{rows}\n"]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            parts.append(_section(f"[{name}]", section, name))
        elif name == "vendors":
            parts.append(_section("[vendors.NAME]", VendorAccess, "vendors.NAME"))
        elif name == "routing":
            parts.append(f"## [routing]\n\n{field.description}\n{ROUTING}")
            parts.append(_section("[routing.NAME]", Rule, ""))
    return {"docs/reference/settings.md": "\n".join([*parts, OUTSIDE])}


def _section(title: str, section: type[BaseModel], path: str) -> str:
    rows = "\n".join(_row(name, field, path) for name, field in section.model_fields.items())
    return f"## {title}\n\n{inspect.getdoc(section)}\n\n{HEADS}\n{rows}\n"


def _row(name: str, field: FieldInfo, path: str) -> str:
    variable = f"<br>`{PREFIX}{path.upper().replace('.', '__')}__{name.upper()}`" if path else ""
    means, _, otherwise = (field.description or "").partition(" Default: ")
    default = "required" if field.is_required() else otherwise.rstrip(".") or _written(field.default)
    return f"| `{name}`{variable} | {_type(field)} | {default} | {means} |"


def _written(default: Any) -> str:
    if default is None or default == ():
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(field: FieldInfo) -> str:
    kinds = [_word(kind) for kind in _alternatives(field.annotation)]
    return " ".join([*dict.fromkeys(kind for kind in kinds if kind), *_bounds(field)])


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (types.UnionType, Union) else (annotation,)


def _word(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return "list"
    if get_origin(kind) is dict:
        return "table"
    if get_origin(kind) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(kind))
    return {int: "integer", float: "number", bool: "true or false", str: "text", SecretStr: "secret"}.get(kind, "")


def _bounds(field: FieldInfo) -> Iterator[str]:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    for rule in field.metadata:
        yield from (f"{sign} {getattr(rule, name):g}" for name, sign in signs.items() if hasattr(rule, name))
