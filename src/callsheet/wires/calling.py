"""What a vendor's callback says of the task that it is about."""

from __future__ import annotations

from typing import Any, cast

from callsheet.contract import Call
from callsheet.wires.bodies import mended

LONGEST = 500
"""Letters of a vendor's id."""


def named_in(call: Call, *path: str) -> str | None:
    """The vendor's id at a place in a callback's JSON: names, and numbers in lists; None where there is none."""
    try:
        found: Any = mended(call.body.decode("utf-8-sig"))
    except ValueError:
        return None
    for name in path:
        if isinstance(found, list):
            rows = cast("list[Any]", found)
            found = rows[int(name)] if name.isdecimal() and int(name) < len(rows) else None
        else:
            found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if 0 < len(text) <= LONGEST and text.isprintable() else None
