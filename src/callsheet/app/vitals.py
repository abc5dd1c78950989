"""What the store and the settings know of each vendor's health; none is asked for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from callsheet.app.ground import Declared
from callsheet.catalog import LOCAL, Catalog, Vendor
from callsheet.contract.vendors import Heard, VendorState, Work
from callsheet.engine.routing import Routing
from callsheet.errors import Rejected, RenderError, Unauthorized, Unavailable, Unsure, VendorError
from callsheet.settings import Settings
from callsheet.store.database import Database, Records, Step

ITS_OWN = frozenset(one.code for one in (VendorError, Unauthorized, Unavailable, Unsure, RenderError))
"""Codes of failures that say something of the vendor. What it turned down (Rejected) says that it works."""

_WORKS = frozenset({Rejected.code})


class Vitals:
    """`contract.Vendors` over a database. `declared` says what workers render, where there may be many."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        catalog: Catalog,
        drivers: Collection[str],
        declared: Declared | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._catalog = catalog
        self._drivers = frozenset(drivers)
        self._declared = declared
        self._routing = Routing(catalog, drivers, settings.routing)

    async def states(self) -> Sequence[VendorState]:
        """All of them, by id."""
        steps = [Step("stage_work"), Step("stage_ends"), Step("stage_retries")]
        unfinished, ends, retries = await self._database.read_all(steps)
        work, well, ill = _work(unfinished), *_heard(ends, retries)
        made = await self._made()
        return [
            self._state(one, work.get(one.id, Work()), well.get(one.id), ill.get(one.id), made)
            for one in self._catalog.vendors
        ]

    async def _made(self) -> Mapping[str, bool]:
        """By capability that is rendered here, whether any worker makes it now; nothing where none says so."""
        if self._declared is None:
            return {}
        local = {one.capability for vendor in LOCAL for one in self._catalog.models(vendor=vendor)}
        declared = await self._declared(local)
        return {name: name in declared for name in local}

    def _state(
        self, vendor: Vendor, work: Work, well: Heard | None, ill: Heard | None, made: Mapping[str, bool]
    ) -> VendorState:
        access = self._settings.vendors.get(vendor.id)
        reached = self._settings.server.public_url is not None and vendor.callback is not None
        return VendorState(
            id=vendor.id,
            configured=access is not None and (access.key is not None or access.base_url is not None),
            live=vendor.id in self._drivers,
            local=vendor.id in LOCAL,
            runs={model: self._routing.first(model) for model in vendor.models},
            calls_back=reached and vendor.id in self._drivers,
            work=work,
            succeeded=well,
            failed=ill,
            made=made if vendor.id in LOCAL else {},
        )


def _work(records: Records) -> Mapping[str, Work]:
    found: dict[str, Work] = defaultdict(Work)
    for one in records:
        vendor = _vendor(one["run_model"])
        found[vendor] = _with(found[vendor], one["phase"], one)
    return found


def _with(work: Work, phase: str, record: Mapping[str, Any]) -> Work:
    """The same and what a record of the rows in one phase adds. A search for what is unsure is no retry."""
    tasks, tries = int(record["tasks"]), phase != "unsure"
    times = [one for one in (work.next_try, record["next_try"] if tries else None) if one is not None]
    return Work(
        there=work.there + (tasks if phase in ("poll", "collect") else 0),
        to_send=work.to_send + (tasks if phase in ("submit", "wait") else 0),
        unsure=work.unsure + (0 if tries else tasks),
        parked=work.parked + int(record["parked"]),
        retrying=work.retrying + (int(record["retrying"]) if tries else 0),
        next_try=min(times, default=None),
    )


def _heard(ends: Records, retries: Records) -> tuple[Mapping[str, Heard], Mapping[str, Heard]]:
    """The last good and the last bad of each vendor."""
    well: dict[str, Heard] = {}
    ill: dict[str, Heard] = {}
    for one in ends:
        said = json.loads(one["error"]) if one["error"] else {}
        code, vendor = said.get("code"), _vendor(one["run_model"])
        if one["state"] == "succeeded" or code in _WORKS:
            well[vendor] = Heard(one["ended_at"], one["id"], one["run_model"])
        elif code in ITS_OWN:
            ill[vendor] = Heard(one["ended_at"], one["id"], one["run_model"], code, said.get("message"), *_why(said))
    for one in retries:
        said, vendor = json.loads(one["data"]), _vendor(one["run_model"])
        code, message = said.get("code", Unauthorized.code), said.get("message") or said.get("why")
        if vendor not in ill or ill[vendor].at < one["at"]:
            ill[vendor] = Heard(one["at"], one["task_id"], one["run_model"], code, message, *_why(said))
    return well, ill


def _why(said: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
    return said.get("reason"), said.get("values", {})


def _vendor(model: str) -> str:
    return model.partition("/")[0]
