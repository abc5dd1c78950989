"""`callsheet files`: what is stored, uploads and artifacts alike, and what any file says of its origin."""

from __future__ import annotations

from pathlib import Path

import click

from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, say, show, show_json, size, table
from callsheet.provenance import inspect as looked_into


@click.group()
def files() -> None:
    """List, upload, download, show, inspect or delete files.

    \b
    Example:
      callsheet files upload still.jpg
    """


@files.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="At most so many.")
@click.option("--cursor", metavar="C", help="Go on where another list ended (its `next`).")
@everywhere
@click.pass_obj
def list_(place: Place, limit: int, cursor: str | None) -> None:
    """List stored files, newest first.

    \b
    Example:
      callsheet files list --limit 50
    """
    with connect(place) as client:
        page = client.files(limit=limit, cursor=cursor)
    if place.json:
        show_json({"data": [file.raw for file in page.data], "next": page.next})
        return
    rows = [(file.id, file.content_type, size(file.bytes), file.name, file.task_id) for file in page.data]
    show(table(("ID", "TYPE", "SIZE", "NAME", "TASK"), rows))
    if page.next:
        say(f"There are more: --cursor {page.next}")


@files.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", metavar="NAME", help="Another name to keep it under.")
@everywhere
@click.pass_obj
def upload(place: Place, path: Path, name: str | None) -> None:
    """Store a file; its id can stand in any input.

    \b
    Example:
      callsheet files upload still.jpg
    """
    with connect(place) as client:
        file = client.upload(path, name=name)
    if place.json:
        show_json(file.raw)
    else:
        show(file.id)


@files.command()
@click.argument("id")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), metavar="PATH", help="A folder, or the file's path."
)
@everywhere
@click.pass_obj
def download(place: Place, id: str, out: Path) -> None:
    """Save a stored file; its sum is checked.

    \b
    Example:
      callsheet files download file_01KA3W5E8VN2 --out clip.mp4
    """
    with connect(place) as client:
        path = client.download(id, out)
    if place.json:
        show_json({"id": id, "path": str(path)})
    else:
        show(str(path))


@files.command("show")
@click.argument("id")
@everywhere
@click.pass_obj
def show_(place: Place, id: str) -> None:
    """Show what is known of a stored file.

    \b
    Example:
      callsheet files show file_01KA3W5E8VN2
    """
    with connect(place) as client:
        file = client.file(id)
    if place.json:
        show_json(file.raw)
    else:
        show(fields(file.raw))


@files.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@everywhere
@click.pass_obj
def inspect(place: Place, path: Path) -> None:
    """Tell what a file on this machine says of where it comes from; no server is asked.

    \b
    Example:
      callsheet files inspect clip.mp4
    """
    told = looked_into(path)
    if place.json:
        show_json(told)
        return
    manifest = told["c2pa"] or {}
    lines = {name: value for name, value in told.items() if name not in ("callsheet", "c2pa")}
    show(fields(lines | {f"c2pa {name}": value for name, value in manifest.items()} | (told["callsheet"] or {})))
    if told["callsheet"] is None:
        say("Callsheet wrote nothing into this file.")


@files.command()
@click.argument("id")
@everywhere
@click.pass_obj
def delete(place: Place, id: str) -> None:
    """Forget a stored file. Its bytes go when nothing else names them.

    \b
    Example:
      callsheet files delete file_01KA3W5E8VN2
    """
    with connect(place) as client:
        client.delete_file(id)
    if place.json:
        show_json({"id": id, "deleted": True})
    else:
        show(f"{id} deleted")
