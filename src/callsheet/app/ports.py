"""The further ports of `serve --tls`: https for the vendors' hosts, and the proxy that leads there."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

from callsheet import catalog
from callsheet.app import home
from callsheet.app.house import now
from callsheet.app.proxy import Proxy
from callsheet.app.serving import Connection, Port, address, bind
from callsheet.app.tls import FOLDER, Authority
from callsheet.settings import Settings
from callsheet.tasks import Clock

_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*")


@contextmanager
def further(settings: Settings) -> Generator[list[Port]]:
    """The ports beside the plain one, bound and not yet open; none without the setting `server.tls`."""
    server = settings.server
    if not server.tls:
        yield []
        return
    hosts = answered(settings)
    context = authority(settings).context()
    with (
        bind(server.host, server.tls_port, "--tls-port") as secure,
        bind(server.host, server.proxy_port, "--proxy-port") as proxy,
    ):
        yield [SecurePort(secure, context), Proxy(proxy, context, hosts, secure.getsockname()[1])]


def authority(settings: Settings, clock: Clock = now) -> Authority:
    """The authority of a home, made when it is not there."""
    home.make(settings.home)
    return Authority(settings.home / FOLDER, answered(settings), clock)


def answered(settings: Settings) -> list[str]:
    """The hosts that https is served for: the vendors', and the names under which the operator has files linked."""
    vendors = {host for vendor in catalog.load().vendors for host in vendor.hosts}
    own = {*settings.server.allowed_hosts, urlsplit(settings.server.public_url or "").hostname or ""}
    return sorted(vendors | {host.lower() for host in own if _NAME.fullmatch(host.lower())})


class SecurePort:
    """https on a socket of its own, in front of the same application."""

    def __init__(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        self.said = f"https for the vendors' hosts is at {address(listening, 'https')} (trust it: callsheet ca export)"
        self._listening = listening
        self._context = context

    async def open(self, connection: Connection) -> asyncio.Server:
        """Answer."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(connection, sock=self._listening, ssl=self._context)
