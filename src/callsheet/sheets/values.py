"""What TOML can say and nothing here can take: found before anything is made of it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any, cast

from callsheet.sheets.lines import At

DEEPEST = 20
"""How deep tables and lists may lie in each other."""

LARGEST = 2**63


def strange(raw: Mapping[str, Any]) -> tuple[At, str, str] | None:
    """The first such value: its place, what is wrong with it, and the way out."""
    todo: list[tuple[At, Any]] = [((), raw)]
    for place, value in todo:  # grows on the way, so that no depth is too much for it
        if len(place) > DEEPEST:
            return place[:3], "this is nested too deeply.", f"At most {DEEPEST} tables and lists."
        if isinstance(value, dict):
            todo += [((*place, name), one) for name, one in cast("dict[str, Any]", value).items()]
        elif isinstance(value, list):
            todo += [((*place, str(number)), one) for number, one in enumerate(cast("list[Any]", value))]
        elif isinstance(value, datetime.date | datetime.time):
            return place, f"{value} is a date or a time, and nothing here is one.", "Write it in quotes."
        elif isinstance(value, int | float) and not _plain(value):
            return place, "this is no number that anything here could be.", "Write a plain number."
    return None


def no_text(raw: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[At, str, str] | None:
    """The first place that takes a text and has something else: a title, or where a shot runs. As `strange`."""
    if not isinstance(_table(raw, "sheet").get("title", ""), str):
        return ("sheet", "title"), "title is a text.", 'Write it in quotes, title = "My film".'
    said = {name: _table(_table(raw, "shots"), name).get("on", "") for name in _table(raw, "shots")}
    said |= {name.removesuffix(".on"): one for name, one in changes.items() if name.endswith(".on")}
    for name, stage in said.items():
        if not isinstance(stage, str):
            hint = 'Write on = "previz", the name of a vendor, or a model id.'
            return ("shots", name, "on"), f"{name}: on says where the shot runs, and {stage!r} is no name.", hint
    return None


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _plain(value: float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) < LARGEST
