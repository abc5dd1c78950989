"""What an input would cost, by documented prices only: where none is documented, that is the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.catalog.param import Output, Price

UNDOCUMENTED = "No price is documented."


def quote(
    prices: tuple[Price, ...], outputs: tuple[Output, ...], values: Mapping[str, Any]
) -> tuple[float | None, str, str | None]:
    """Credits, how they were reckoned in one line, and the source; the first price whose conditions hold decides.

    `values` is a checked input, in seconds. Credits are None where no price is documented, or none for this input.
    """
    for price in prices:
        if all(values.get(name) in allowed for name, allowed in price.when.items()):
            return _reckon(price, outputs, values)
    return None, "No price is documented for these values." if prices else UNDOCUMENTED, None


def _reckon(
    price: Price, outputs: tuple[Output, ...], values: Mapping[str, Any]
) -> tuple[float | None, str, str | None]:
    made = _made(outputs, values)
    amounts: dict[str, float | None] = {"task": 1, "output": made, "second": _seconds(values, made)}
    amount = amounts[price.per]
    if amount is None:
        return None, f"{price.credits:g} {price.unit} per second; the length is not known before it runs.", price.source
    basis = f"{price.credits:g} {price.unit} per {price.per}"
    return price.credits * amount, basis if price.per == "task" else f"{basis} x {amount:g}", price.source


def _made(outputs: tuple[Output, ...], values: Mapping[str, Any]) -> float:
    """How many pieces of the first kind will be made."""
    count = outputs[0].count if outputs else 1
    return float(values.get(count, 1)) if isinstance(count, str) else float(count)


def _seconds(values: Mapping[str, Any], made: float) -> float | None:
    duration = values.get("duration")
    return float(duration) * made if isinstance(duration, int | float) else None
