"""`callsheet skill`: the guide for agents that comes along, shown or put where an agent finds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import click

from callsheet.cli.flags import json_flag
from callsheet.cli.place import Place
from callsheet.cli.printing import say, show, show_json
from callsheet.errors import Conflict, InvalidInput, NotFound

SKILL = Path(__file__).parents[1] / "skill"
NAME = "callsheet"
RECORD = ".installed.json"
"""What was written, with the sums of it: how a later install tells what somebody changed."""


@click.group()
def skill() -> None:
    """The guide for agents: show it, or install it.

    It says how to work with callsheet, and how to write prompts for each capability.

    \b
    Example:
      callsheet skill install .agents/skills
    """


@skill.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that were changed there.")
@json_flag
@click.pass_obj
def install(place: Place, folder: Path, force: bool) -> None:
    """Write the guide into DIR/callsheet, in the Agent Skills format.

    DIR is where an agent looks for skills. Installed again it brings the files up to date; those that were changed
    there since are left alone, and nothing is written, unless --force.

    \b
    Example:
      callsheet skill install .agents/skills
    """
    target = folder / NAME
    wanted = contents()
    known = _record(target)
    changed = [name for name in sorted({*wanted, *known}) if _changed(target / name, wanted.get(name), known.get(name))]
    if changed and not force:
        raise Conflict(
            f"{target} has files that were changed or are not ours: {', '.join(changed)}.",
            hint="Put them elsewhere, or give --force to overwrite them.",
        )
    written, removed = _write(target, wanted, known)
    if place.json:
        show_json({"folder": str(target), "written": written, "removed": removed, "version": version("callsheet")})
        return
    for name in written:
        show(str(target / name))
    for name in removed:
        say(f"Removed {target / name}, which is not part of it any more.")
    say(f"{len(written)} files written to {target}." if written or removed else f"{target} is up to date.")


@skill.command("show")
@click.argument("name", default="SKILL.md")
@json_flag
@click.pass_obj
def show_(place: Place, name: str) -> None:
    """Print the guide, or one of its references: NAME is video, image, music …

    \b
    Example:
      callsheet skill show video
    """
    files = contents()
    found = next((file for file in (name, f"references/{name}", f"references/{name}.md") if file in files), None)
    if found is None:
        known = ", ".join(Path(file).stem for file in files if file != "SKILL.md")
        raise NotFound(f"The guide has no part {name!r}.", hint=f"It has: {known}.", param="name")
    text = files[found].decode()
    if place.json:
        show_json({"name": found, "text": text})
    else:
        show(text.rstrip("\n"))


def contents() -> dict[str, bytes]:
    """Every file of the guide by its path within it, `SKILL.md` first."""
    found = {path.relative_to(SKILL).as_posix(): path.read_bytes() for path in sorted(SKILL.rglob("*.md"))}
    return {"SKILL.md": found.pop("SKILL.md"), **found}


def _record(target: Path) -> Mapping[str, str]:
    """The sums of what was written there before; empty where nothing was."""
    try:
        found: Any = json.loads((target / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{target / RECORD} cannot be read: {error}", hint="Remove it, and give --force.") from error
    files = cast("dict[str, Any]", found).get("files") if isinstance(found, dict) else None
    return cast("dict[str, str]", files) if isinstance(files, dict) else {}


def _changed(path: Path, wanted: bytes | None, known: str | None) -> bool:
    """Whether what stands there is neither what will be written nor what was written before."""
    if path.is_symlink() or path.is_dir():
        return True
    return path.exists() and path.read_bytes() != wanted and _sum(path.read_bytes()) != known


def _write(target: Path, wanted: Mapping[str, bytes], known: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What had to be written, and what was taken away because it is not part of it any more."""
    written = [name for name, text in wanted.items() if not _holds(target / name, text)]
    removed = [name for name in known if name not in wanted and (target / name).is_file() and _inside(target, name)]
    for name in written:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_bytes(wanted[name])
    for name in removed:
        (target / name).unlink()
    sums = {name: _sum(text) for name, text in wanted.items()}
    note = json.dumps({"version": version("callsheet"), "files": sums}, indent=2) + "\n"
    (target / RECORD).write_text(note, encoding="utf-8")
    return written, removed


def _holds(path: Path, text: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == text


def _inside(target: Path, name: str) -> bool:
    return (target / name).resolve().is_relative_to(target.resolve())


def _sum(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
