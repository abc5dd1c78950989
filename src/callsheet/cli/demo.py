"""`callsheet demo`: two real clips, one with sound, and a contact sheet, with no key and no download."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from callsheet.cli.codes import Interrupted
from callsheet.cli.flags import home_flag, json_flag
from callsheet.cli.home_server import Running, obtain
from callsheet.cli.place import Place
from callsheet.cli.printing import command_name, say, show, show_json
from callsheet.cli.progress import Board
from callsheet.cli.sheet import Strip, contact_sheet
from callsheet.client import AsyncClient, Task

OUT = Path("demo")


@dataclass(frozen=True, slots=True)
class Shot:
    """One clip of the demo; `still` adds the picture that callsheet ships."""

    name: str
    model: str
    input: dict[str, Any]
    still: bool = False


_FORM = {"duration": 5, "resolution": "720p", "seed": 7}
SHOTS = (
    Shot(
        "image-to-video", "image-to-video", {"prompt": "slowly closer", "camera_move": "push-in", **_FORM}, still=True
    ),
    Shot(
        "text-to-video",
        "text-to-video",
        {
            "prompt": "a fox in a snowy forest at night, moonlight",
            "aspect_ratio": "16:9",
            "generate_audio": True,
            **_FORM,
        },
    ),
)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=OUT,
    show_default=True,
    metavar="DIR",
    help="Where the clips and the sheet go.",
)
@home_flag
@json_flag
@click.pass_obj
def demo(place: Place, out: Path) -> None:
    """Make two clips and a contact sheet, with no key and no download.

    One clip comes from a still that callsheet ships, with a camera move; one from text alone, with music and the sounds
    of its place. Both are 5 s of 1280x720 at 24 frames a second. The tasks live in a home of their own, DIR/home,
    unless --home names another.

    \b
    Example:
      callsheet demo --out demo
    """
    began = time.monotonic()
    home = place.home or out / "home"
    say("Two clips on previz, the embedded renderer: no key, no download, no GPU.")
    try:
        running = obtain(home)
        made = asyncio.run(_make(running, out))
    except KeyboardInterrupt:
        raise Interrupted("Interrupted; what was begun goes on.", hint=f"See it with: {_tasks(home)}") from None
    sheet = contact_sheet([_strip(shot, task, path) for shot, task, path in made], out / "contact-sheet.png")
    if place.json:
        tasks = [{**task.raw, "files": [str(path)]} for _, task, path in made]
        show_json({"tasks": tasks, "contact_sheet": str(sheet)})
        return
    say(f"Done in {time.monotonic() - began:.1f} s.\n")
    for _, _, path in made:
        show(f"Clip           {path}")
    show(f"Contact sheet  {sheet}")
    show(
        f'\nNext, your own words:\n  {command_name()} run text-to-video --prompt "a neon city in the rain" --duration 5'
    )


async def _make(running: Running, out: Path) -> list[tuple[Shot, Task, Path]]:
    """All shots at once; each in the order of SHOTS with the path of its clip."""
    with Board() as board, as_file(files("callsheet") / "demo" / "still.jpg") as still:
        async with AsyncClient(running.url, running.token) as client:
            return list(await asyncio.gather(*(_one(client, shot, still, board, out) for shot in SHOTS)))


async def _one(client: AsyncClient, shot: Shot, still: Path, board: Board, out: Path) -> tuple[Shot, Task, Path]:
    input = shot.input | ({"image": still} if shot.still else {})
    task = await client.run(shot.model, input, on_update=lambda seen: board.show(shot.name, seen))
    return shot, task, await client.download(task.artifacts[0], out / f"{shot.name}.mp4")


def _strip(shot: Shot, task: Task, path: Path) -> Strip:
    clip = task.artifacts[0]
    title = f"{shot.name}   {clip.width}x{clip.height}   {clip.fps:g} fps   {clip.duration:g} s"
    return Strip(path, title, " · ".join(f"{name}: {value}" for name, value in shot.input.items()))


def _tasks(home: Path) -> str:
    return f"{command_name()} tasks list --home {home}"
