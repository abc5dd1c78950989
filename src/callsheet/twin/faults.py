"""Which faults strike: the rules asked in order, with chances that are the same for the same seed and requests."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from callsheet.tasks import Clock
from callsheet.twin.rules import Limit, Rule, Verb


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that a fault may strike. `about` names the body, or the task by its body: chances hang on it alone.

    `task` is its number where there is one, `key` a short name of the caller's key.
    """

    vendor: str
    verb: Verb
    model: str = ""
    key: str = ""
    task: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that struck; `wait` is what Retry-After says, in seconds."""

    id: str
    rule: Rule
    wait: int | None = None


@dataclass(slots=True)
class _Counted:
    """A rule, and how often it fitted and struck."""

    id: str
    number: int
    rule: Rule
    fitted: int = 0
    struck: int = 0
    seen: dict[str, int] = field(default_factory=lambda: defaultdict[str, int](int))
    recent: dict[str, deque[int]] = field(default_factory=lambda: defaultdict[str, "deque[int]"](deque))


class Faults:
    """The rules of a twin; they come and go while it runs."""

    def __init__(self, seed: int, rules: Iterable[Rule], clock: Clock) -> None:
        self._clock = clock
        self.begin(seed, rules)

    def begin(self, seed: int, rules: Iterable[Rule]) -> None:
        """These rules and no others, nothing counted yet."""
        self.seed = seed
        self._numbers = itertools.count(1)
        self._rules: list[_Counted] = []
        for rule in rules:
            self.add(rule)

    def add(self, rule: Rule) -> str:
        """One more rule, asked after the others; its id."""
        number = next(self._numbers)
        self._rules.append(_Counted(f"rule_{number}", number, rule))
        return self._rules[-1].id

    def remove(self, id: str | None = None) -> int:
        """Take a rule away, or all of them; how many went."""
        before = len(self._rules)
        self._rules = [one for one in self._rules if id is not None and one.id != id]
        return before - len(self._rules)

    def told(self) -> list[dict[str, Any]]:
        """Every rule with its id, how often it fitted and how often it struck."""
        return [
            {"id": one.id, "fitted": one.fitted, "struck": one.struck}
            | one.rule.model_dump(mode="json", exclude_unset=True)
            for one in self._rules
        ]

    def on(self, occasion: Occasion) -> list[Fault]:
        """What strikes here, in the order of the rules."""
        return [fault for one in self._rules if (fault := self._fault(one, occasion)) is not None]

    def _fault(self, one: _Counted, occasion: Occasion) -> Fault | None:
        rule = one.rule
        if not rule.suits(occasion.vendor, occasion.verb, occasion.model, occasion.task):
            return None
        if rule.times is not None and one.struck >= rule.times:
            return None
        one.fitted += 1
        scope = {"task": occasion.about or occasion.key, "key": occasion.key, "all": ""}[rule.each]
        one.seen[scope] += 1
        n = one.seen[scope]
        if not rule.counts(n) or self.chance(f"{one.number}/{scope}/{n}") >= rule.chance:
            return None
        wait = self._over(one, rule, occasion.key) if isinstance(rule, Limit) else None
        if isinstance(rule, Limit) and wait is None:
            return None
        one.struck += 1
        return Fault(one.id, rule, wait)

    def _over(self, one: _Counted, rule: Limit, key: str) -> int | None:
        """Seconds until the key may ask again; None while it may."""
        now, recent = self._clock(), one.recent[key]
        while recent and recent[0] <= now - rule.per * 1000:
            recent.popleft()
        if len(recent) < rule.count:
            recent.append(now)
            return None
        return max(1, math.ceil((recent[0] + rule.per * 1000 - now) / 1000))

    def chance(self, about: str) -> float:
        """A number from 0 to 1, below 1: always the same for this seed and this text."""
        digest = hashlib.sha256(f"{self.seed}/{about}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / 2**56
