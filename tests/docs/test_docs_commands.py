"""Law *docs*, the commands: each explains itself and its options, and the pages written by hand show it at work."""

from __future__ import annotations

import re

import click
import pytest

from callsheet.cli.root import root
from docs_fixtures import PAGES, ROOT, blocks
from tools.pages.cli import tree

COMMANDS = [(" ".join(path), command) for path, command in tree(root, ("callsheet",))]
BY_HAND = [page for page in PAGES if not page.is_relative_to(ROOT / "docs" / "reference")]
SHOWN = "\n".join(page.read_text() for page in BY_HAND)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_explains_itself(name: str, command: click.Command) -> None:
    assert command.help, f"{name} has no help"
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", [name for name, command in COMMANDS if not isinstance(command, click.Group)])
def test_every_command_is_shown_on_a_page_written_by_hand(name: str) -> None:
    assert re.search(rf"\b{name}\b", SHOWN), f"no page shows `{name}`"


def test_no_page_shows_a_command_that_is_not_there() -> None:
    known = {name for name, _ in COMMANDS}
    groups = {name for name, command in COMMANDS if isinstance(command, click.Group)}
    strangers: list[str] = []
    for page in BY_HAND:
        shown = "\n".join(block.text for block in blocks(page) if block.language == "bash")
        for first, second in re.findall(r"(?:^|[|&;(] *|^ +)callsheet ([a-z]+)(?: ([a-z]+))?", shown, re.MULTILINE):
            called = (
                f"callsheet {first}"
                if f"callsheet {first}" not in groups or not second
                else f"callsheet {first} {second}"
            )
            if called not in known:
                strangers.append(f"{page.name}: {called}")
    assert strangers == []
