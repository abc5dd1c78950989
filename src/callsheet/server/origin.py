"""Where this server is, as the caller sees it: the origin that absolute addresses are built on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from callsheet.errors import RequestError

_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


class Origins:
    """Finds the origin of a request: `public_url` if set, else what a trusted proxy says, else the Host header.

    `trusted_proxies` are addresses or networks (`10.0.0.0/8`); X-Forwarded-* of anyone else is not read.
    """

    def __init__(self, public_url: str | None = None, trusted_proxies: Iterable[str] = ()) -> None:
        self.public_url = public_url.rstrip("/") if public_url else None
        self._trusted = tuple(ipaddress.ip_network(one, strict=False) for one in trusted_proxies)

    def of(self, connection: HTTPConnection) -> str:
        """Scheme, host and port without a slash at the end: `http://127.0.0.1:8420`."""
        if self.public_url:
            return self.public_url
        scheme, authority = connection.scope["scheme"], connection.headers.get("host") or _own_address(connection)
        if self._through_proxy(connection):
            scheme = _last(connection, "x-forwarded-proto") or scheme
            authority = _last(connection, "x-forwarded-host") or authority
        if scheme not in ("http", "https") or not _AUTHORITY.fullmatch(authority):
            raise RequestError(
                "The request does not say plainly which host it is for.", hint="Check Host and X-Forwarded-*."
            )
        return f"{scheme}://{authority}"

    def _through_proxy(self, connection: HTTPConnection) -> bool:
        address = address_of(connection.client.host if connection.client else "")
        return address is not None and any(address in network for network in self._trusted)


@lru_cache(maxsize=256)
def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address this text is, the IPv4 one where it is mapped into IPv6; None where it is a name."""
    try:
        found = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


@lru_cache(maxsize=256)
def hostname(authority: str) -> str:
    """The host of `host:port`, lower case, without brackets; empty when there is none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _last(connection: HTTPConnection, header: str) -> str | None:
    """What the nearest proxy added: the last of the list, as the ones before it may be the caller's own."""
    value = connection.headers.get(header)
    return value.rpartition(",")[2].strip() if value else None


def _own_address(connection: HTTPConnection) -> str:
    host, port = connection.scope.get("server") or ("127.0.0.1", None)
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host
