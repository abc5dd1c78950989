"""What a request is for, told from its method and path by the vendor's facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from callsheet.catalog import Catalog, Endpoint
from callsheet.twin.rules import Verb

MEANT: Mapping[str, Verb] = {
    "result": "poll",
    "task": "poll",
    "creations": "poll",
    "detail": "poll",
    "cancel": "cancel",
    "kill": "cancel",
    "tasks": "list",
    "list": "list",
    "feed": "list",
    "upload": "upload",
}
"""By the name of an endpoint in the facts."""

_DOWNLOAD = re.compile(r"/v1/files/([^/]+)/content(/[^/]*)?")


class Verbs:
    """A submit is not among them: it is one when the dialect hands it in."""

    def __init__(self, catalog: Catalog) -> None:
        self._known: dict[str, list[tuple[str, re.Pattern[str], Verb]]] = {}
        for vendor in catalog.vendors:
            prefix = urlsplit(vendor.base_url).path.rstrip("/")
            self._known[vendor.id] = [
                (one.method, _pattern(prefix, one), MEANT[one.name]) for one in vendor.endpoints if one.name in MEANT
            ]

    def of(self, vendor: str, method: str, path: str) -> Verb | None:
        """The verb of a request to a vendor's own path; None for what no rule can name, and for submits."""
        for wanted, pattern, verb in self._known[vendor]:
            if pattern.fullmatch(path) and (method == wanted or verb == "upload"):
                return verb
        return None


def downloaded(path: str) -> str | None:
    """The id of the file that this path fetches."""
    found = _DOWNLOAD.fullmatch(path)
    return found[1] if found else None


def _pattern(prefix: str, endpoint: Endpoint) -> re.Pattern[str]:
    """An upload may have further steps below its path."""
    path = urlsplit(endpoint.path).path if "://" in endpoint.path else prefix + endpoint.path
    below = "(/.*)?" if MEANT[endpoint.name] == "upload" else ""
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts) + below)
