"""What a process remembers of receivers: how many messages each is sent at once, and which of them rest a while."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.engine.pace import Chance

FIRST_WINDOW, WINDOW = 2, 8
"""How many messages are on their way to one receiver: at first, and after it has answered several."""

SILENCES = 5
"""After so many tries in a row that nothing answered, a receiver is left alone."""

FIRST_REST, LONGEST_REST = 5_000, 300_000
"""Milliseconds for which it is; doubled at every further silence."""

MOST_KNOWN = 20_000
"""How many receivers are remembered that nothing is on its way to."""


@dataclass(slots=True)
class _Standing:
    window: int = FIRST_WINDOW
    flying: int = 0
    silences: int = 0
    rests_until: int = 0

    @property
    def plain(self) -> bool:
        """Nothing to remember that a fresh one would not do as well."""
        return self.flying == 0 and self.silences == 0 and self.rests_until == 0


class Receivers:
    """Counts for each receiver. Forgotten with the process: then each begins as one that nobody knows."""

    def __init__(self, chance: Chance) -> None:
        self._known: dict[str, _Standing] = {}
        self._chance = chance

    def standing(self, name: str, now: int) -> tuple[int, int, bool]:
        """Until when it rests (0 if it does not), how many more messages it may be sent, and whether it ails."""
        known = self._known.get(name)
        if known is None:
            return 0, FIRST_WINDOW, False
        return (known.rests_until if known.rests_until > now else 0), known.window - known.flying, known.silences > 0

    def begins(self, name: str) -> bool:
        """A message is on its way to it; whether it ails."""
        known = self._known.setdefault(name, _Standing())
        known.flying += 1
        return known.silences > 0

    def ends(self, name: str) -> None:
        """A message is on its way no more."""
        known = self._known[name]
        known.flying -= 1
        if known.plain and known.window == FIRST_WINDOW:
            del self._known[name]
        if len(self._known) > MOST_KNOWN:
            idle = [one for one, standing in self._known.items() if standing.flying == 0]
            for one in idle[: MOST_KNOWN // 10]:
                del self._known[one]

    def answered(self, name: str, rests_until: int = 0) -> None:
        """It lives, whatever it said; `rests_until` where it asked to be left alone."""
        known = self._known.setdefault(name, _Standing())
        known.silences, known.rests_until = 0, rests_until
        known.window = min(known.window + 1, WINDOW)

    def silent(self, name: str, now: int) -> None:
        """Nothing answered: one message at a time, and after some of them a rest."""
        known = self._known.setdefault(name, _Standing())
        known.silences += 1
        known.window = 1
        over = known.silences - SILENCES
        if over >= 0:
            rest = min(FIRST_REST * 2 ** min(over, 10), LONGEST_REST)
            known.rests_until = now + round(rest * (0.75 + 0.25 * self._chance()))

    def forgive(self, name: str) -> None:
        """Someone knows better: it is tried like one that nobody knows."""
        known = self._known.get(name)
        if known is not None:
            known.silences = known.rests_until = 0
            known.window = FIRST_WINDOW
