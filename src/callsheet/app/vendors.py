"""Finds what vendor folders bring along: a `driver.py` with `driver(settings)`, a `dialect.py` with `dialect(desk)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import callsheet.vendors
from callsheet.contract import Desk, Dialect, Driver
from callsheet.settings import Settings


def drivers(settings: Settings) -> Mapping[str, Driver]:
    """By vendor id, the driver of each vendor that is live: previz always, another when its access is configured."""
    found = {vendor: module.driver(settings) for vendor, module in _modules("driver")}
    return {vendor: driver for vendor, driver in found.items() if driver is not None}


def dialects(desk: Desk) -> Mapping[str, Dialect]:
    """By vendor id, what answers a vendor's own clients."""
    return {vendor: module.dialect(desk) for vendor, module in _modules("dialect")}


def _modules(file: str) -> Iterator[tuple[str, Any]]:
    for folder in iter_modules(callsheet.vendors.__path__):
        name = f"{callsheet.vendors.__name__}.{folder.name}.{file}"
        if folder.ispkg and find_spec(name) is not None:
            yield folder.name, import_module(name)
