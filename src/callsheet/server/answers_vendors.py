"""Vendors as the native API lists them, described for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from callsheet.catalog import Model, Vendor
from callsheet.contract.vendors import Heard, VendorState
from callsheet.server.answers import Outgoing
from callsheet.server.shapes import stamp


class VendorCapability(Outgoing):
    """What a vendor has for a capability."""

    id: str
    models: list[str]
    stages: list[Literal["vendor", "previz", "edit", "other", "nowhere"]]
    """Where tasks of these models run, as keys and routing stand: at the vendor, on previz …; `other` is a rule's."""
    worker: bool | None
    """Whether a worker that is alive renders it; null where none says so: at a vendor, and without many machines."""


class LastHeard(Outgoing):
    """The last that a vendor did well or badly."""

    at: datetime
    task: str
    model: str
    code: str | None
    """The class of the fault; null where it went well."""
    message: str | None
    reason: str | None
    values: dict[str, Any]
    """What exactly went wrong and what that names, as a task's failure has them."""


class VendorHealth(Outgoing):
    """How it has been going at a vendor, by what is in the store: no vendor is asked for it."""

    condition: Literal["idle", "well", "failing", "parked"]
    """`parked`: its key is refused or missing. `failing`: the last that was heard of it is a fault of its own."""
    there: int
    """Unfinished tasks that it has."""
    to_send: int
    """Tasks that are to be sent to it."""
    unsure: int
    """Tasks of which nobody knows whether they arrived."""
    parked: int
    """Tasks that wait for its key."""
    retrying: int
    """Tasks that are tried again after no answer, or a refusal that passes."""
    next_try: datetime | None
    """When the first of them is tried again."""
    last_success: LastHeard | None
    last_failure: LastHeard | None


class VendorInfo(Outgoing):
    """A vendor, whether its models run there, and how that has been going."""

    id: str
    object: Literal["vendor"]
    name: str
    about: str
    docs: str
    local: bool
    """Whether it renders here and needs no key."""
    configured: bool
    """Whether a key or an address is set; neither is ever shown."""
    live: bool
    """Whether its models can run there."""
    capabilities: list[VendorCapability]
    news: Literal["tells", "asked", "calls_back"]
    """How its ends are noticed: it runs here and tells, it is asked, or it calls back and is asked now and then."""
    source: str
    """Where these facts are from."""
    checked: str
    """The day they were last compared with it."""
    health: VendorHealth | None
    """For the operator and the account `local` only."""


class VendorList(Outgoing):
    """All vendors, by id."""

    data: list[VendorInfo]
    next: None


def vendor_shape(vendor: Vendor, state: VendorState, *, health: bool) -> dict[str, Any]:
    """A vendor, with its health where it may be seen."""
    return {
        "id": vendor.id,
        "object": "vendor",
        "name": vendor.name,
        "about": vendor.about,
        "docs": vendor.docs,
        "local": state.local,
        "configured": state.configured,
        "live": state.live,
        "capabilities": _capabilities(vendor, state),
        "news": "tells" if state.local else "calls_back" if state.calls_back else "asked",
        "source": vendor.source,
        "checked": vendor.checked,
        "health": _health(state) if health else None,
    }


def _capabilities(vendor: Vendor, state: VendorState) -> list[dict[str, Any]]:
    by_name: dict[str, list[Model]] = {}
    for model in vendor.models.values():
        by_name.setdefault(model.capability, []).append(model)
    return [
        {
            "id": name,
            "models": [one.id for one in models],
            "stages": sorted({_stage(vendor.id, state.runs[one.id]) for one in models}),
            "worker": state.made.get(name),
        }
        for name, models in by_name.items()
    ]


def _stage(vendor: str, runs: str | None) -> str:
    if runs is None:
        return "nowhere"
    return runs if runs in ("previz", "edit") else "vendor" if runs == vendor else "other"


def _health(state: VendorState) -> dict[str, Any]:
    work = state.work
    return {
        "condition": state.condition,
        "there": work.there,
        "to_send": work.to_send,
        "unsure": work.unsure,
        "parked": work.parked,
        "retrying": work.retrying,
        "next_try": None if work.next_try is None else stamp(work.next_try),
        "last_success": _heard(state.succeeded),
        "last_failure": _heard(state.failed),
    }


def _heard(one: Heard | None) -> dict[str, Any] | None:
    if one is None:
        return None
    told = {"code": one.code, "message": one.message, "reason": one.reason, "values": dict(one.values)}
    return {"at": stamp(one.at), "task": one.task, "model": one.model, **told}
