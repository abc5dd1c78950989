"""One server on its sockets: what uvicorn does, plus a plain start, a graceful end, and leaving when idle."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Protocol

import uvicorn
from starlette.types import ASGIApp

from callsheet.errors import SetupError, StorageError
from callsheet.server.door import Crowd
from callsheet.server.origin import address_of

PATIENCE = 10
"""Seconds that a request in progress gets when the server stops."""

LONGEST_MESSAGE = 65_536
"""Bytes: the longest message that a socket takes in; they name a task, nothing more."""

Connection = Callable[[], asyncio.Protocol]
"""Makes what answers one connection."""

_LOOK_EVERY = 0.2


class Open(Protocol):
    """What lets clients in until it is closed."""

    def close(self) -> None:
        """Let no one in any more."""
        ...


class Port(Protocol):
    """A further way in, to the same application."""

    said: str
    """One line that tells people of it."""

    async def open(self, connection: Connection) -> Open:
        """Let clients in."""
        ...


@contextlib.contextmanager
def settled() -> Generator[None]:
    """What a process is made of once it is ready stays: looking through it again and again cost a third of a poll."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on this host."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def bind(host: str, port: int, flag: str = "--port") -> socket.socket:
    """A listening socket; SetupError, naming `flag`, when the port is taken or the host is none of this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, flag, error) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise _cannot_listen(host, port, flag, error) from error
    listening.setblocking(False)
    return listening


def address(listening: socket.socket, scheme: str = "http") -> str:
    """The address under which this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, str(host))
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class HttpServer(uvicorn.Server):
    """Answers until it is told to stop; then lets requests end, and streams too, as `closing` tells them.

    `on_ready` is called once connections are really answered, those of the further `ports` too.
    """

    def __init__(
        self, app: ASGIApp, closing: asyncio.Event, on_ready: Callable[[], object], ports: Sequence[Port] = ()
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",  # whatever else is installed: it has a bound on the length of a request's head
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=LONGEST_MESSAGE,
                ws_per_message_deflate=False,  # messages are short, and a compressed one may be a bomb
                timeout_keep_alive=75,  # longer than most proxies keep theirs, so that they never meet a closed one
                timeout_graceful_shutdown=PATIENCE,
            )
        )
        self._closing = closing
        self._on_ready = on_ready
        self._ports = ports
        self._open: list[Open] = []
        self._settled = contextlib.ExitStack()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        for port in self._ports:
            self._open.append(await port.open(self._connection))
        self._on_ready()
        self._settled.enter_context(settled())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let no one in any more, and those inside come to an end."""
        self._settled.close()
        self._closing.set()
        for one in self._open:
            one.close()
        await super().shutdown(sockets)

    def _connection(self) -> asyncio.Protocol:
        """As uvicorn makes one for its own sockets: what ends those in good order ends this too."""
        made: Any = self.config.http_protocol_class
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """SIGINT and SIGTERM mean a graceful stop. They are not raised again afterwards: the caller has to clean up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for one in signals:
            loop.add_signal_handler(one, self.handle_exit, one, None)
        try:
            yield
        finally:
            for one in signals:
                loop.remove_signal_handler(one)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop; the second time, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


async def leave_when_idle(
    server: HttpServer, crowd: Crowd, seconds: float, busy: Callable[[], Awaitable[bool]]
) -> None:
    """Stop the server once nobody has asked anything for so long and no task is unfinished."""
    while not server.should_exit:
        await asyncio.sleep(min(_LOOK_EVERY, seconds))
        since = crowd.quiet_since
        if crowd.inside == 0 and time.monotonic() - since >= seconds:
            with contextlib.suppress(StorageError):  # a disk that is full now may have room a moment later
                # Whoever came and went meanwhile may have left a task behind.
                server.should_exit = not await busy() and crowd.inside == 0 and crowd.quiet_since == since


def _cannot_listen(host: str, port: int, flag: str, error: OSError) -> SetupError:
    if error.errno == errno.EADDRINUSE:
        return SetupError(
            f"Port {port} on {host} is in use by another program.",
            hint=f"Stop it, or choose another port: `callsheet serve {flag} {port + 1 if port < 65535 else 8421}` "
            "(0 takes a free one).",
        )
    if error.errno == errno.EACCES:
        return SetupError(f"Port {port} may not be used.", hint=f"Choose one above 1023 with {flag}.")
    return SetupError(
        f"This machine cannot listen on {host}: {error.strerror or error}.",
        hint="Choose an address of this machine with --host.",
    )
