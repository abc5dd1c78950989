"""The guard: which URLs and addresses may be reached, and an HTTP client that can reach no others."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2

from callsheet.errors import Forbidden, InvalidInput
from callsheet.fetch.addresses import canonical, disguised, parse, why_not
from callsheet.fetch.transport import CheckedTransport

SETTING = "CALLSHEET_FETCH__ALLOW"
CONNECTIONS = 100

_ASKING = ThreadPoolExecutor(64, thread_name_prefix="resolve")
"""Threads that wait for name servers: those of the loop are few, and one dead name server would hold them all."""

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""All addresses of a host name, as text. OSError when there are none."""

Watch = Callable[[httpx2.AsyncBaseTransport], httpx2.AsyncBaseTransport]


async def system_resolver(host: str, port: int) -> list[str]:
    """What this machine's resolver says."""
    try:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(_ASKING, ask)
    except UnicodeError as error:
        raise OSError("not a host name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Lets through http and https to public addresses, and to the hosts named in `allow` (names or plain addresses).

    A name is resolved once, all its addresses are checked, and the connection goes to one that was checked, so that a
    second answer of the name server changes nothing. No proxy of the environment is used, for it would resolve again.
    """

    def __init__(
        self,
        allow: frozenset[str] = frozenset(),
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        watch: Watch = lambda transport: transport,
    ) -> None:
        """`tls` for an operator's own certificates; without it the well-known authorities are trusted.

        `watch` may put something around what every client sends through.
        """
        self._watch = watch
        self._allow = frozenset(canonical(host) for host in allow)
        self._resolver = resolver
        self._tls = tls

    def client(self, connections: int = CONNECTIONS, **named: Any) -> httpx2.AsyncClient:
        """An HTTP client that can reach nothing else. Takes httpx2's own arguments but for the ones that decide that.

        It follows no redirect by itself and keeps no cookie; `connections` are how many may be open at once.
        """
        ours: dict[str, Any] = {
            "transport": self._watch(CheckedTransport(self.check, self.addresses, self._tls, connections)),
            "trust_env": False,
            "follow_redirects": False,
            "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        }
        if taken := named.keys() & {*ours, "mounts", "proxy", "verify", "cert"}:
            raise ValueError(f"a guarded client decides {', '.join(sorted(taken))} itself")
        return httpx2.AsyncClient(**named, **ours)

    def check(self, url: str | httpx2.URL) -> httpx2.URL:
        """Judge a URL by itself, before any name is resolved. InvalidInput for its form, Forbidden for its host."""
        parsed = _parsed(url)
        host = parsed.raw_host.decode("ascii")
        if canonical(host) in self._allow:
            return parsed
        if disguised(host):
            plain = Forbidden(f"{host} is not a plain host name or address.", hint="Write the host as it is.")
            raise plain.because("host_refused", host=host)
        if parsed.port is not None and parsed.port < 1024 and parsed.port not in (80, 443):
            raise Forbidden(
                f"Port {parsed.port} of {host} belongs to another protocol.",
                hint=f"Use 80, 443 or one from 1024 on, or name the host in {SETTING}.",
            ).because("port_refused", host=host, port=parsed.port)
        if parse(host.rstrip(".")) is not None:
            self._judge(host, [canonical(host)])
        return parsed

    async def admit(self, url: str) -> None:
        """Judge a URL with its name resolved, so that a caller hears of it at once; the connection judges again.

        Raises like `check`, and InvalidInput for a name without an address.
        """
        parsed = self.check(url)
        host = parsed.raw_host.decode("ascii")
        try:
            await self.addresses(host, parsed.port or (443 if parsed.scheme == "https" else 80))
        except OSError:
            nowhere = InvalidInput(f"{host} has no address.", hint="Check how it is written.")
            raise nowhere.because("host_unknown", host=host) from None

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses to connect to, every one checked. Forbidden, or OSError when the name has none."""
        if parse(host) is not None:
            found = [host]
        else:
            found = await self._resolver(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        if canonical(host) not in self._allow:
            self._judge(host, found)
        return found

    def _judge(self, host: str, found: list[str]) -> None:
        for address in found:
            why = why_not(address)
            if why is not None and canonical(address) not in self._allow:
                leads = "is" if canonical(host) == canonical(address) else "leads to"
                raise Forbidden(
                    f"{host} {leads} an address that is not fetched from here ({why}).",
                    hint=f"Upload the file instead, or let the operator name this host in {SETTING} (`fetch.allow`).",
                ).because("host_refused", host=host)


def _parsed(url: str | httpx2.URL) -> httpx2.URL:
    """A URL whose form is one we fetch, whoever its host is. No message shows more of it than its host."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError, ValueError) as error:
        raise InvalidInput(f"This is not a URL: {error}.", hint="Give a full http(s) address.") from None
    host = parsed.raw_host.decode("ascii")
    if parsed.scheme not in ("http", "https"):
        raise InvalidInput("Only http and https URLs are fetched.", hint="Give a full http(s) address.")
    if parse(host) is None and not re.fullmatch(r"[A-Za-z0-9._-]+", host):
        raise InvalidInput("This URL names no host that could be fetched.", hint="Give a full http(s) address.")
    if parsed.port is not None and parsed.port > 65535:
        raise InvalidInput(f"There is no port {parsed.port}.", hint="Give a full http(s) address.")
    if parsed.userinfo:
        raise InvalidInput(
            f"The URL of {host} carries a user name or password.", hint="Use a signed URL, or upload the file."
        )
    return parsed
