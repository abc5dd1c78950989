"""The counters: each dialect and where it is served, under `/as/<name>` and at the root of its vendor's hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from callsheet.contract import Dialect
from callsheet.server.origin import hostname

MOUNTS = "/as/"
NONE: Mapping[str, tuple[tuple[str, ...], Dialect]] = {}

_FILE = re.compile(r"/v1/files/[^/]+/content(/[^/]*)?")
"""Signed links are the same on every host."""


def mount(vendor: str) -> str:
    """The name under `/as/` of a vendor's dialect: `runway-relay` for `runway_relay`."""
    return vendor.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Counter:
    """One dialect and where it is served: under `/as/<name>`, and at the root of the vendor's own hosts."""

    name: str
    hosts: frozenset[str]
    dialect: Dialect


class Counters:
    """All dialects of an installation, found by path or by host. Given as `{name: (hosts, dialect)}`."""

    def __init__(self, dialects: Mapping[str, tuple[tuple[str, ...], Dialect]] = NONE) -> None:
        self._by_name = {name: Counter(name, frozenset(hosts), dialect) for name, (hosts, dialect) in dialects.items()}
        self._by_host = {host: counter for counter in self._by_name.values() for host in counter.hosts}

    @property
    def hosts(self) -> list[str]:
        """Every vendor host that is answered here."""
        return list(self._by_host)

    def find(self, connection: HTTPConnection) -> tuple[Counter, str] | None:
        """The counter for a request and the path prefix it was found under; None for a native one."""
        path: str = connection.scope["path"]
        if path.startswith(MOUNTS):
            name = path.removeprefix(MOUNTS).partition("/")[0]
            counter = self._by_name.get(name)
            return (counter, MOUNTS + name) if counter else None
        counter = self._by_host.get(hostname(connection.headers.get("host", "")))
        return (counter, "") if counter and not _FILE.fullmatch(path) else None
