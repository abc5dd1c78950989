"""The walls of the house: what a vendor folder may define (Driver, Dialect) and what a door may ask for (Tasks ...)."""

from __future__ import annotations

from callsheet.contract.asking import Files, Key, Keys, Ledger, Tasks, Webhooks
from callsheet.contract.driving import Bring, Call, Checking, Driver, Finder, Lost, Media, Named, Order, Rendering
from callsheet.contract.speaking import Desk, Dialect, Notice

__all__ = [
    "Bring",
    "Call",
    "Checking",
    "Desk",
    "Dialect",
    "Driver",
    "Files",
    "Finder",
    "Key",
    "Keys",
    "Ledger",
    "Lost",
    "Media",
    "Named",
    "Notice",
    "Order",
    "Rendering",
    "Tasks",
    "Webhooks",
]
