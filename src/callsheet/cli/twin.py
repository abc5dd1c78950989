"""`callsheet twin`: a stand-in for every vendor, for tests without a key and without a bill."""

from __future__ import annotations

from pathlib import Path

import click

from callsheet.cli.printing import say
from callsheet.twin import Twin


@click.command()
@click.option(
    "--vendor", metavar="V", help="Also serve this vendor at the root, without /as/<vendor> before its paths."
)
@click.option("--seed", type=int, metavar="N", help="Repeat the faults of a run with this seed.  [default: a new one]")
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    help="What goes wrong: a TOML file, or one of bad-day, chaos, expired-links, lost-answers, lost-callbacks,"
    " odd-words, stuck.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0, 1_000_000),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Virtual seconds per second; 0: moved by hand, POST /twin/clock.",
)
@click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Keep tasks and files there."
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="Address to listen on.")
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which /twin may be called, beside loopback's; may be repeated.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8430, show_default=True, metavar="P", help="0: any.")
def twin(
    vendor: str | None,
    seed: int | None,
    scenario: str | None,
    speed: float,
    home: Path | None,
    host: str,
    names: tuple[str, ...],
    port: int,
) -> None:
    """Stand in for every vendor, offline, and misbehave on demand.

    A vendor's own client reaches its twin at http://HOST:PORT/as/<vendor>, or by the vendor's host name. Any key is let
    in, nothing is made but tiny files, and nothing is kept without --home. Under /twin a test moves the clock, reads
    what was asked, accepted and charged, and changes what goes wrong.

    \b
    Example:
      callsheet twin --vendor vidu --scenario lost-answers --seed 7 --speed 60
    """
    built = Twin(scenario, seed=seed, speed=speed, vendor=vendor, host=host, port=port, home=home, allow_hosts=names)
    built.run(say)
