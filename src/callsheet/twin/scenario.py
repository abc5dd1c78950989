"""A scenario: how long tasks take, who may ask, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from callsheet.catalog import Model
from callsheet.tasks import Clock
from callsheet.twin.rules import Rule, Seconds, Strict

Credits = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Pace(Strict):
    """How long a task waits and runs where no rule says otherwise, in virtual seconds.

    `spread` 0.2: up to 20 % more or less.
    """

    queued: Seconds = 1.0
    running: Seconds = 5.0
    spread: float = Field(default=0.2, ge=0, le=1)


class Scenario(Strict):
    """Everything a twin can be told beforehand."""

    about: str = ""
    seed: int | None = None
    start: datetime | None = None
    """When virtual time begins; now where it is not given."""
    link_lifetime: int = Field(default=86_400, ge=1)
    """Virtual seconds for which the link to a file opens it."""
    takes: Pace = Pace()
    keys: Mapping[str, str] = {}
    """Keys and their secrets. With any named, only these are let in, and signatures are checked; else every key is."""
    prices: Mapping[str, Credits] = {}
    """What a task costs, in the vendor's credits: by a model's id or a pattern, else by a vendor's id."""
    rule: tuple[Rule, ...] = ()

    def begins(self, real: Clock) -> int:
        """When virtual time begins, in milliseconds since 1970."""
        return real() if self.start is None else round(self.start.timestamp() * 1000)

    def price(self, model: Model) -> float | None:
        """What a task of this model costs here; None where the catalogue is to say it."""
        if model.id in self.prices:
            return self.prices[model.id]
        fits = (price for name, price in self.prices.items() if "/" in name and fnmatchcase(model.id, name))
        return next(fits, self.prices.get(model.vendor))
