"""The SDK without async: generated from _async_office.py by tools/sync_client.py, never edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack
from uuid import uuid4

from callsheet.client import office
from callsheet.client._sync_money import Money
from callsheet.client.office import EndedPlay, Play, SheetExample, SheetPlan, VendorInfo, Wish


class Office(Money):
    """Plans and plays call sheets, and says how it goes at the vendors."""

    def plan_sheet(self, sheet: str, **wish: Unpack[Wish]) -> SheetPlan:
        """What playing the call sheet with this text comes to: what stands already, and what the rest would cost.

        InvalidInput names the place: its `line`, and in `param` the shot and its part.
        """
        return office.read_plan(self._json("POST", "/v1/sheets/plan", json=office.sheet_body(sheet, wish)))

    def play_sheet(
        self,
        sheet: str,
        *,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        **wish: Unpack[Wish],
    ) -> Play:
        """Hand in every shot that does not stand already; each is a durable task that waits for what it takes from.

        Played again it goes on where it stopped, and pays nothing twice. NoCredit where it is over its budget.
        `metadata` are labels for what is handed in, beside its `sheet`, `shot` and `take`.
        """
        proof = {"idempotency-key": idempotency_key or str(uuid4())}
        body = office.sheet_body(sheet, wish) | ({"metadata": dict(metadata)} if metadata else {})
        return office.read_play(self._json("POST", "/v1/sheets", json=body, headers=proof))

    def cancel_sheet(self, title: str) -> EndedPlay:
        """Ask for the end of all that waits or runs of the sheets of this title; what is made stays.

        Asked again it answers what is still coming to its end. NotFound for a title of which nothing was played.
        """
        return office.read_ended(self._json("POST", "/v1/sheets/cancel", json={"title": title}))

    def sheet_examples(self) -> tuple[SheetExample, ...]:
        """The call sheets that come along, to begin from."""
        return tuple(office.read_example(one) for one in (self._json("GET", "/v1/sheets/examples"))["data"])

    def vendors(self) -> tuple[VendorInfo, ...]:
        """Every vendor: whether it is live, where its models run, and how that has been going; none is asked for it."""
        return tuple(office.read_vendor(one) for one in (self._json("GET", "/v1/vendors"))["data"])
