"""What can be set about money: who has to pay in advance, what things cost here, and what a vendor's unit is worth."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _table(value: Any) -> Any:
    """A table written in one line: JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _price(value: Any) -> Any:
    """A price that is only a number is one per task."""
    return {"credits": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Rate = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]


class PriceRule(BaseModel):
    """One price: so many credits for a task, for a second of its duration, or for each output."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    credits: Amount = Field(description="How many credits.")
    per: Literal["task", "second", "output"] = Field("task", description="For what: task, second or output.")


class LedgerRules(BaseModel):
    """What tasks cost, and who has to have it before."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    metered: bool = Field(
        False, description="Whether every account needs funds before it spends, not only one that was ever funded."
    )
    unpriced: Literal["allow", "refuse"] | None = Field(
        None,
        description="Whether a task may run whose price nobody knows: `allow` or `refuse`. Default: refused to metered"
        " accounts and keys with a budget, allowed to all others.",
    )
    prices: Annotated[dict[str, Annotated[PriceRule, BeforeValidator(_price)]], BeforeValidator(_table)] = Field(
        default_factory=dict,
        description="What a model costs here, before what its vendor documents: a model id or a pattern (`vidu/*`), and"
        " credits per task, or a table of `credits` and `per`. Default: none.",
    )
    rates: Annotated[dict[str, Rate], BeforeValidator(_table)] = Field(
        default_factory=dict,
        description="How many credits here one of a vendor's own is worth, by vendor id (`wiro = 100`: a dollar is a"
        " hundred). Default: 1 where it reckons in credits; what it tells in money is not reckoned without.",
    )
