"""What an input would cost, by documented prices only: where none is documented, that is the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsheet.catalog.param import Output, Price

UNDOCUMENTED = "No price is documented."


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Credits, how they were reckoned in one line, and the source; `reason` with its `values` is the line in a word."""

    credits: float | None
    basis: str
    source: str | None
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


def quote(
    prices: tuple[Price, ...], outputs: tuple[Output, ...], values: Mapping[str, Any]
) -> tuple[float | None, str, str | None]:
    """Credits, how they were reckoned in one line, and the source; the first price whose conditions hold decides.

    `values` is a checked input, in seconds. Credits are None where no price is documented, or none for this input.
    """
    found = reckon(prices, outputs, values)
    return found.credits, found.basis, found.source


def reckon(prices: tuple[Price, ...], outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Reckoned:
    """As `quote`, with the reason."""
    for price in prices:
        if all(values.get(name) in allowed for name, allowed in price.when.items()):
            return _reckon(price, outputs, values)
    if prices:
        return Reckoned(None, "No price is documented for these values.", None, "undocumented_values")
    return Reckoned(None, UNDOCUMENTED, None, "undocumented")


def _reckon(price: Price, outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Reckoned:
    made = _made(outputs, values)
    amounts: dict[str, float | None] = {"task": 1, "output": made, "second": _seconds(values, made)}
    amount = amounts[price.per]
    said = {"price": price.credits, "unit": price.unit, "amount": amount}
    if amount is None:
        basis = f"{price.credits:g} {price.unit} per second; the length is not known before it runs."
        return Reckoned(None, basis, price.source, "length_unknown", said)
    basis = f"{price.credits:g} {price.unit} per {price.per}"
    shown = basis if price.per == "task" else f"{basis} x {amount:g}"
    return Reckoned(price.credits * amount, shown, price.source, f"per_{price.per}", said)


def _made(outputs: tuple[Output, ...], values: Mapping[str, Any]) -> float:
    """How many pieces of the first kind will be made."""
    count = outputs[0].count if outputs else 1
    return float(values.get(count, 1)) if isinstance(count, str) else float(count)


def _seconds(values: Mapping[str, Any], made: float) -> float | None:
    duration = values.get("duration")
    return float(duration) * made if isinstance(duration, int | float) else None
