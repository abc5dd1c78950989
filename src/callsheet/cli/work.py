"""`callsheet work`: a process that runs tasks and answers nobody, one of any number on the same database."""

from __future__ import annotations

import click

from callsheet.app import work as work_app
from callsheet.cli.flags import home_flag
from callsheet.cli.place import Place
from callsheet.settings import load


@click.command()
@click.option("--capabilities", metavar="C,C", help="What it renders; `none` for nothing.  [default: all it can]")
@click.option("--slots", type=click.IntRange(1), metavar="N", help="Renders at once.  [default: one per core]")
@click.option(
    "--health", type=click.IntRange(0, 65535), metavar="P", help="Port for /healthz, /readyz and /metrics; 0: any."
)
@click.option("--host", metavar="H", help="Address of that port.  [default: 127.0.0.1]")
@home_flag
@click.pass_obj
def work(place: Place, capabilities: str | None, slots: int | None, health: int | None, host: str | None) -> None:
    """Run tasks of a shared database, beside servers and workers on this machine and others.

    The setting `database` names the PostgreSQL server, `files.store` the bucket; the home is this process's own, and
    holds what it has at hand. One line is printed when it is ready.

    Ctrl-C or SIGTERM stops it in good order: what it had in hand goes on elsewhere at once.

    \b
    Example:
      callsheet work --home ~/worker --capabilities text-to-video,image-to-video
    """
    wanted = {"none": ()}.get(capabilities or "", capabilities)
    given = {"render.capabilities": wanted, "render.slots": slots, "server.host": host}
    work_app(load(place.home, given), health)
