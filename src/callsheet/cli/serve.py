"""`callsheet serve`: the API and its worker in one process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import click

from callsheet.app import serve as serve_app
from callsheet.cli.flags import home_flag
from callsheet.cli.home_server import find
from callsheet.cli.place import Place
from callsheet.cli.printing import say
from callsheet.errors import SetupError
from callsheet.settings import load
from callsheet.store.lock import owner

_LEAVES_WITHIN = 30.0


@click.command()
@click.option("--host", metavar="H", help="Address to listen on; without a key only loopback.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="P", help="0 takes a free one.  [default: 8420]")
@click.option(
    "--tls/--no-tls", default=None, help="Also serve the vendors' own hosts as https, and a proxy that leads there."
)
@click.option("--tls-port", type=click.IntRange(0, 65535), metavar="P", help="Port of that https.  [default: 8443]")
@click.option(
    "--proxy-port",
    type=click.IntRange(0, 65535),
    metavar="P",
    help="Port for HTTPS_PROXY, with --tls.  [default: 8444]",
)
@click.option("--worker/--no-worker", default=None, help="Whether it runs tasks too, or only accepts them.")
@click.option("--idle-exit", type=float, metavar="S", hidden=True, help="Leave after so many seconds without work.")
@home_flag
@click.pass_obj
def serve(
    place: Place,
    host: str | None,
    port: int | None,
    tls: bool | None,
    tls_port: int | None,
    proxy_port: int | None,
    worker: bool | None,
    idle_exit: float | None,
) -> None:
    """Run the server: the API and its worker. One line with its address is printed when it is ready.

    With --tls, clients with hard-coded https hosts come here by a hosts file or HTTPS_PROXY, once they trust the
    certificate that `callsheet ca export` gives.

    With --no-worker, tasks are run by `callsheet work` processes on the same PostgreSQL database.

    Ctrl-C or SIGTERM stops it in good order; what had begun goes on when it is started again.

    \b
    Example:
      callsheet serve --port 8420 --home ~/callsheet
    """
    given = {"host": host, "port": port, "tls": tls, "tls_port": tls_port, "proxy_port": proxy_port, "worker": worker}
    settings = load(place.home, {f"server.{name}": value for name, value in given.items()})
    if not settings.server.tls and (tls_port is not None or proxy_port is not None):
        raise click.UsageError("--tls-port and --proxy-port need --tls.")
    if idle_exit is None:
        _take_over(settings.home)
    serve_app(settings, idle_exit=idle_exit)


def _take_over(home: Path) -> None:
    """Ask a server that a command had started to leave; its tasks go on here."""
    running = find(home)
    if running is None or not running.temporary:
        return
    say(f"Taking over from the server that a command had started (process {running.pid}).")
    os.kill(running.pid, signal.SIGTERM)
    end = time.monotonic() + _LEAVES_WITHIN
    while owner(home) is not None:
        if time.monotonic() > end:
            raise SetupError(f"Process {running.pid} does not leave {home}.", hint=f"End it: kill {running.pid}")
        time.sleep(0.05)
