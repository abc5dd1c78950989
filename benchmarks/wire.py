"""The least HTTP client there is, so that what is measured is the server; and servers in processes of their own."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None, within: float = 30
) -> Iterator[None]:
    """A process that listens on a port, for as long as the block; it has `within` seconds to come up."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
        try:
            _until_it_listens(process, port, log, within)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _until_it_listens(process: subprocess.Popen[bytes], port: int, log: IO[bytes], within: float) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    log.seek(0)
    raise SystemExit(f"no server came up: {process.args}\n{log.read().decode()}")


class Connection:
    """One kept-alive connection that posts JSON and reads answers with a Content-Length."""

    def __init__(self, port: int, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self._request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        self._port = port

    async def open(self) -> Connection:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def ask(self) -> float:
        """Post once; the seconds until the whole answer is here. Anything but a 2xx ends the benchmark."""
        began = time.perf_counter()
        self._writer.write(self._request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await self._reader.readexactly(length)
        took = time.perf_counter() - began
        if not head.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"the server refused: {head!r} {answer!r}")
        return took

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


PYTHON = sys.executable
