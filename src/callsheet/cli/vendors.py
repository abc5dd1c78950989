"""`callsheet vendors`: which are live, where their models run, and how that has been going."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import say, show, show_json, table
from callsheet.client import VendorInfo


@click.command()
@everywhere
@click.pass_obj
def vendors(place: Place) -> None:
    """Every vendor: whether it is live, and how it goes there.

    Also where its models run. Nothing is asked of a vendor: this is what the store and the settings know.

    \b
    Example:
      callsheet vendors
    """
    with connect(place) as client:
        found = client.vendors()
    if place.json:
        show_json({"data": [one.raw for one in found], "next": None})
        return
    show(table(("VENDOR", "LIVE", "MODELS RUN", "CONDITION", "UNFINISHED", "LAST HEARD"), [_row(one) for one in found]))
    for name in unmade(found):
        say(no_worker(name))


def unmade(found: Sequence[VendorInfo]) -> list[str]:
    """Capabilities that no worker which is alive renders, where workers say what they do."""
    return sorted({one["id"] for vendor in found for one in vendor.capabilities if one.get("worker") is False})


def no_worker(capability: str) -> str:
    """What that means, and the way out."""
    return (
        f"No worker that is alive declares {capability}: its tasks wait until one does. "
        f"Start one: callsheet work --capabilities {capability}, or without the flag for all."
    )


def _row(one: VendorInfo) -> tuple[str, ...]:
    live = "here" if one.local else "yes" if one.live else "no driver" if one.configured else "no key"
    stages = sorted({stage for found in one.capabilities for stage in found["stages"]})
    health = one.health or {}
    unfinished = sum(health.get(name, 0) for name in ("there", "to_send", "unsure"))
    return one.id, live, ", ".join(stages), health.get("condition", ""), str(unfinished), _heard(health)


def _heard(health: Mapping[str, Any]) -> str:
    said = [one for name in ("last_success", "last_failure") if (one := health.get(name))]
    if not said:
        return ""
    last = max(said, key=lambda one: one["at"])
    return f"{last['code'] or 'succeeded'} at {last['at']}"
