"""HTTP over connections that only ever go to an address someone checked."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Iterable
from functools import cache
from typing import Any, cast

import anyio
import httpcore2
import httpx2

from callsheet.errors import CallsheetError

CheckUrl = Callable[[httpx2.URL], httpx2.URL]
Addresses = Callable[[str, int], Awaitable[list[str]]]


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Asks `check` about every URL and `addresses` where its host lies; Host and the name in TLS stay the URL's own.

    Connections are kept per host name, never per address: what was proved for one name serves no other.
    """

    def __init__(self, check: CheckUrl, addresses: Addresses, tls: ssl.SSLContext | None, connections: int) -> None:
        self._check = check
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or _tls(),
            max_connections=connections,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_CheckedNetwork(addresses),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = self._check(request.url)
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _renamed():
            answer = await self._pool.handle_async_request(asked)
        assert isinstance(answer.stream, AsyncIterable)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _renamed():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()


class _CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Resolves names through the guard; the address it connects to is one of those the guard has just seen."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            with anyio.fail_after(timeout):
                addresses = await self._addresses(host, port)
                return await self._first(addresses, port, timeout, local_address, socket_options)
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"{host} did not answer in time") from None
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} has no address ({error.strerror or error})") from error

    async def _first(self, addresses: list[str], port: int, *how: Any) -> httpcore2.AsyncNetworkStream:
        last: Exception = OSError("no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, *how)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.ConnectError("a guarded client opens no local socket")

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


@cache
def _tls() -> ssl.SSLContext:
    """One TLS context for all clients: reading the root certificates takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


@contextlib.contextmanager
def _renamed() -> Generator[None]:
    """httpcore's errors under the names that users of httpx2 know."""
    try:
        yield
    except CallsheetError:
        raise
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        named: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise named(str(error)) from error
    except httpcore2.UnsupportedProtocol as error:
        raise httpx2.UnsupportedProtocol(str(error)) from error
