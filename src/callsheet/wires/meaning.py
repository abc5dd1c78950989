"""What a vendor's own words mean, by its facts: its states and its error codes."""

from __future__ import annotations

import logging

from callsheet.catalog import Vendor
from callsheet.errors import Rejected, Unauthorized, Unavailable, Unsure, VendorError
from callsheet.tasks import State

log = logging.getLogger("callsheet.wires")

_CLASSES: dict[str, type[VendorError]] = {
    "Rejected": Rejected,
    "Unauthorized": Unauthorized,
    "Unsure": Unsure,
    "Unavailable": Unavailable,
    "VendorError": VendorError,
}
_SHOWN = 40
_MOST = 1_000
_said: set[tuple[str, str]] = set()
"""Which words were logged: at most so many, for a vendor may think of a new one each time."""


def state_of(vendor: Vendor, word: object) -> tuple[State, str | None]:
    """Our state for a vendor's word, and a note for the timeline where the facts do not know it.

    An unknown word counts as still running, and is logged once in the life of this process.
    """
    known = vendor.states.get(str(word))
    if known is not None:
        return known, None
    shown = str(word)[:_SHOWN]
    note = f"{vendor.name} answered the unknown state {shown!r}: it counts as running."
    if (vendor.id, shown) not in _said and len(_said) < _MOST:
        _said.add((vendor.id, shown))
        log.warning("%s", note)
    return State.RUNNING, note


def error_of(vendor: Vendor, code: object, message: str, retry_after: float | None = None) -> VendorError | None:
    """The error that the facts have for a vendor's code; None where they do not know it.

    A bare VendorError is what was accepted and came to nothing: nobody knows here whether it was charged.
    """
    name = vendor.errors.get(str(code))
    return _CLASSES[name](message, retry_after=retry_after) if name else None
