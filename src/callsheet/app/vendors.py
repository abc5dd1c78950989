"""Finds what vendor folders bring along: a `driver.py` with `driver(settings)`, a `dialect.py` with `dialect(desk)`.

A vendor that renders on this machine has `local_driver(settings, pool)` instead: there is one pool of child processes
for all of them, so that never more than one render per core runs at once, whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import callsheet.vendors
from callsheet.contract import Desk, Dialect, Driver
from callsheet.renderers.pool import Pool
from callsheet.settings import Settings


def drivers(settings: Settings) -> Mapping[str, Driver]:
    """By vendor id, the driver of each vendor that is live: those that render here always, another with its access."""
    pool = Pool(settings.render.cores)
    found = {
        vendor: module.local_driver(settings, pool) if hasattr(module, "local_driver") else module.driver(settings)
        for vendor, module in _modules("driver")
    }
    live = {vendor: driver for vendor, driver in found.items() if driver is not None}
    for vendor, access in settings.vendors.items():
        if access.slots is not None and vendor in live:
            live[vendor].slots = access.slots
    return live


def dialects(desk: Desk) -> Mapping[str, Dialect]:
    """By vendor id, what answers a vendor's own clients."""
    return {vendor: module.dialect(desk) for vendor, module in _modules("dialect")}


def _modules(file: str) -> Iterator[tuple[str, Any]]:
    for folder in iter_modules(callsheet.vendors.__path__):
        name = f"{callsheet.vendors.__name__}.{folder.name}.{file}"
        if folder.ispkg and find_spec(name) is not None:
            yield folder.name, import_module(name)
