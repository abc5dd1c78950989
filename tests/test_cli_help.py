"""Every command explains itself, is where the table says, and is loaded only when it is called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from callsheet.cli.lazy import LazyGroup
from callsheet.cli.root import COMMANDS, root


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


ALL = dict(commands(root, "callsheet"))


@pytest.mark.parametrize("path", ALL)
def test_every_command_has_help_and_an_example_that_calls_it(path: str) -> None:
    command = ALL[path]
    text = command.help or ""
    assert len(text.split("\n")[0]) > 20
    assert "Example" in text
    assert f"  {path} " in text or f"  {path}\n" in text + "\n"


@pytest.mark.parametrize("path", ALL)
def test_every_flag_says_what_it_does(path: str) -> None:
    for param in ALL[path].params:
        if isinstance(param, click.Option) and not param.hidden:
            assert param.help, f"{path} {param.opts}"


@pytest.mark.parametrize("path", [path for path, command in ALL.items() if not isinstance(command, click.Group)])
def test_every_command_but_servers_and_completion_takes_json(path: str) -> None:
    flags = {flag for param in ALL[path].params for flag in param.opts}
    without = {f"callsheet {name}" for name in ("completion", "mcp", "serve", "twin", "work")}
    assert ("--json" in flags) == (path not in without)


def test_the_table_shows_each_commands_own_first_sentence() -> None:
    assert isinstance(root, LazyGroup)
    for name, named in COMMANDS.items():
        first = (ALL[f"callsheet {name}"].help or "").replace("\n", " ").split(". ")[0].rstrip(".")
        assert named.line.rstrip(".").startswith(first) or first.startswith(named.line.rstrip(".")), name


@pytest.mark.parametrize(
    ("args", "heavy"),
    [
        (["--help"], {"httpx2", "pydantic", "av", "cv2", "numpy", "fastapi", "asyncio", "callsheet.catalog"}),
        (["models"], {"httpx2", "pydantic", "av", "cv2", "numpy", "fastapi", "asyncio", "uvicorn"}),
        (["models", "show", "image-to-video"], {"httpx2", "pydantic", "av", "cv2", "numpy", "fastapi", "asyncio"}),
    ],
)
def test_what_should_start_at_once_loads_nothing_heavy(args: list[str], heavy: set[str]) -> None:
    program = f"import sys; from callsheet.cli import main; code = main({args!r}); "
    program += f"found = {heavy!r} & set(sys.modules); assert not found, found; sys.exit(code)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert len(found.stdout) > 200
