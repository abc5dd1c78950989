"""`callsheet mcp`: the tools by which an agent makes media here, over stdio or HTTP."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callsheet.cli.flags import place_flags
from callsheet.cli.home_server import obtain
from callsheet.cli.place import Place
from callsheet.cli.printing import say
from callsheet.errors import SetupError
from callsheet.settings import home_folder

if TYPE_CHECKING:
    from callsheet.mcp.link import Address

PORT = 8421

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--http", is_flag=True, help="Answer streamable HTTP at /mcp, in place of stdio.")
@click.option("--host", metavar="H", help="Its address; anything but loopback asks for a key.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="P", help=f"Its port; 0 takes a free one.  [{PORT}]")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A name that clients call it by; may be repeated."
)
@click.option("--on", "stage", metavar="STAGE", help="Everything that generates runs here (previz); edits stay.")
@click.option("--budget", type=click.FloatRange(0), metavar="CREDITS", help="What may be spent in all.")
@click.option(
    "--budget-name",
    default="mcp",
    metavar="NAME",
    help="What it is counted under, over every restart; a new name begins anew.  [default: mcp]",
)
@click.option("--allow-unpriced", is_flag=True, help="Under a budget, make what has no known price all the same.")
@click.option("--out", type=_FOLDER, metavar="DIR", help="The one folder that outputs may be saved to.")
@click.option(
    "--inputs", type=_FOLDER, multiple=True, metavar="DIR", help="A folder that may be uploaded from; may be repeated."
)
@place_flags
@click.pass_obj
def mcp(
    place: Place,
    http: bool,
    host: str | None,
    port: int | None,
    names: tuple[str, ...],
    stage: str | None,
    budget: float | None,
    budget_name: str,
    allow_unpriced: bool,
    out: Path | None,
    inputs: tuple[Path, ...],
) -> None:
    """Give an agent tools to make media: an MCP server.

    It speaks the Model Context Protocol over stdin and stdout, as clients start it, or with --http over HTTP. Its
    tools find and describe models, quote, make, wait, look, list, cancel, play call sheets, save and upload. No call
    takes 60 s, and none is paid twice. It uses the server that other commands use, and starts one when none runs.

    It needs the extra: pip install 'callsheet[mcp]'.

    \b
    Examples:
      callsheet mcp --on previz
      callsheet mcp --budget 200 --out ~/films --inputs ~/pictures
      callsheet mcp --http --port 8421
    """
    if not http and (host is not None or port is not None or names):
        raise click.UsageError("--host, --port and --allow-host need --http.")
    _logs_aside()
    room = _room()
    terms = room.Terms(
        stage=stage,
        budget=budget,
        budget_name=budget_name,
        allow_unpriced=allow_unpriced,
        out=out,
        inputs=inputs,
    )
    if not http:
        if sys.stdin.isatty():
            say("This speaks to a program on stdin and stdout: let an MCP client start it, or give --http.")
        server = room.build(lambda: _address(room, place, lends=True), terms)
        server.run("stdio")
        return

    def connect() -> Address:
        return _address(room, place, lends=False)

    def ready(url: str) -> None:
        say(f"The tools are at {url}")

    server, chosen = room.build(connect, terms), PORT if port is None else port
    room.serve(server, connect, host or "127.0.0.1", chosen, names, ready)


def _address(room: Any, place: Place, *, lends: bool) -> Address:
    """Where the server is. Its home's own key is lent to who started this process, not to who comes over HTTP."""
    key = place.key or os.environ.get("CALLSHEET_KEY")
    if place.remote:
        return room.Address(place.url or os.environ["CALLSHEET_URL"], key)
    running = obtain(home_folder(place.home))
    return room.Address(running.url, key or (running.token if lends else None))


def _room() -> Any:
    """The room that needs the extra, or the error that names it."""
    try:
        return import_module("callsheet.mcp.start")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise SetupError("MCP needs the extra mcp.", hint="pip install 'callsheet[mcp]'") from error


def _logs_aside() -> None:
    """Stdout belongs to the protocol: what is logged goes to stderr."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
