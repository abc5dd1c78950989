"""`callsheet ca`: the certificate authority of a home, for clients of `callsheet serve --tls` to trust."""

from __future__ import annotations

from pathlib import Path

import click

from callsheet.app import home
from callsheet.app.ports import authority
from callsheet.cli.flags import home_flag, json_flag
from callsheet.cli.place import Place
from callsheet.cli.printing import say, show, show_json
from callsheet.settings import load


@click.group()
def ca() -> None:
    """The authority that signs for the vendors' hosts in `serve --tls`.

    \b
    Example:
      callsheet ca export --out callsheet-ca.pem
    """


@ca.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there, not to stdout."
)
@home_flag
@json_flag
@click.pass_obj
def export(place: Place, out: Path | None) -> None:
    """Print the certificate that clients are to trust, as PEM. The key stays in the home.

    It can sign for the vendors' hosts and this machine, and for no other name. Made at the first call.

    \b
    Example:
      callsheet ca export --out callsheet-ca.pem
    """
    settings = load(place.home)
    found = authority(settings)
    if out is not None:
        home.write_whole(out, found.pem, 0o644, "Choose another --out.")
    if place.json:
        until = found.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        said = {"sha256": found.fingerprint, "expires_at": until, "hosts": sorted(found.hosts)}
        show_json({"path": str(out)} | said if out is not None else {"pem": found.pem} | said)
    elif out is None:
        show(found.pem.rstrip())
    else:
        show(str(out))
        say(f"Its SHA-256 is {found.fingerprint}.")
