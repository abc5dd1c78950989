"""The guide for agents: a valid Agent Skill whose every command runs, and its installation."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from callsheet.catalog import load
from callsheet.cli.root import root
from callsheet.cli.skill import SKILL, contents
from callsheet.errors import Conflict, NotFound
from docs_fixtures import ROOT, blocks, links, place
from tools.pages.cli import tree
from warm import warm

PAGES = [SKILL / name for name in contents()]
COMMANDS = {" ".join(path): command for path, command in tree(root, ("callsheet",))}


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(root, ["skill", *map(str, args)], standalone_mode=False)


def told(*args: str | Path) -> str:
    done = call(*args)
    assert done.exception is None, done.exception
    return done.stdout


def front() -> dict[str, str]:
    text = (SKILL / "SKILL.md").read_text()
    matter = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    assert matter
    return dict(line.split(": ", 1) for line in matter[1].splitlines() if ": " in line and not line.startswith(" "))


def test_it_is_a_valid_agent_skill() -> None:
    said = front()
    assert set(said) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    assert said["name"] == "callsheet" == (ROOT / "skills" / "callsheet").name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", said["name"])
    assert 1 <= len(said["description"]) <= 1024
    assert "Use it when" in said["description"]
    assert len(said["compatibility"]) <= 500
    assert len((SKILL / "SKILL.md").read_text().splitlines()) < 500


def test_what_the_repository_shows_is_what_is_installed() -> None:
    shown = ROOT / "skills" / "callsheet"
    assert shown.is_symlink(), "one source, and no copy that could drift"
    assert shown.resolve() == SKILL.resolve()


def test_every_part_is_named_in_its_first_page_and_every_link_leads_somewhere() -> None:
    named = {link for link in links(SKILL / "SKILL.md") if "://" not in link}
    assert named == {name for name in contents() if name != "SKILL.md"}
    for page in PAGES:
        for link in links(page):
            assert "://" in link or (page.parent / link).is_file(), f"{page.name}: {link}"


def test_every_command_it_names_is_one_and_knows_its_flags() -> None:
    for page in PAGES:
        for words in re.findall(
            r"callsheet ((?:[a-z]+)(?: [a-z]+)?)([^`\n|;)]*)", page.read_text().split("---\n", 2)[-1]
        ):
            name, rest = words
            first, _, second = name.partition(" ")
            group = isinstance(COMMANDS.get(f"callsheet {first}"), click.Group)
            known = f"callsheet {first} {second}" if group and second else f"callsheet {first}"
            if first in ("command", "takes", "never", "itself", "offers"):
                continue  # prose
            assert known in COMMANDS, f"{page.name}: {known}"
            flags = {one for param in COMMANDS[known].params for one in param.opts}
            for flag in re.findall(r" (--[a-z-]+)", rest):
                assert flag in flags or flag in {"--help", "--home", "--url", "--key"}, f"{page.name}: {known} {flag}"


def test_every_model_it_names_is_in_the_catalogue() -> None:
    catalog = load()
    for page in PAGES:
        for vendor in catalog.vendor_ids:
            for id in re.findall(rf"\b{vendor}/[A-Za-z0-9._/-]+", page.read_text()):
                assert catalog.model(id).id == id


def test_every_block_runs(tmp_path: Path) -> None:
    with warm() as bin, place(tmp_path / "skill", bin) as here:
        for page in PAGES:
            for block in blocks(page):
                assert "norun" not in block.flags
                if block.language == "bash":
                    here.run(block)


def test_it_is_installed_whole_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    first = json.loads(told("install", tmp_path, "--json"))
    assert set(first["written"]) == set(contents())
    assert (tmp_path / "callsheet" / "references" / "video.md").read_bytes() == contents()["references/video.md"]
    assert json.loads(told("install", tmp_path, "--json"))["written"] == []


def test_what_somebody_changed_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    told("install", tmp_path)
    page = tmp_path / "callsheet" / "references" / "music.md"
    gone = tmp_path / "callsheet" / "references" / "video.md"
    page.write_text("mine")
    gone.unlink()
    done = call("install", tmp_path)
    assert isinstance(done.exception, Conflict)
    assert "references/music.md" in done.exception.message
    assert page.read_text() == "mine"
    assert not gone.exists(), "nothing is half done"
    assert set(json.loads(told("install", tmp_path, "--force", "--json"))["written"]) == {
        "references/music.md",
        "references/video.md",
    }


def test_what_an_older_release_wrote_is_brought_up_to_date_and_what_is_gone_is_taken_away(tmp_path: Path) -> None:
    told("install", tmp_path)
    target = tmp_path / "callsheet"
    for name in ("SKILL.md", "references/old.md"):
        (target / name).write_text("an older release")
    record = json.loads((target / ".installed.json").read_text())
    old = hashlib.sha256(b"an older release").hexdigest()
    record["files"] |= {"SKILL.md": old, "references/old.md": old}
    (target / ".installed.json").write_text(json.dumps(record))
    (target / "notes.md").write_text("not ours, and no matter")
    done = json.loads(told("install", tmp_path, "--json"))
    assert (done["written"], done["removed"]) == (["SKILL.md"], ["references/old.md"])
    assert (target / "notes.md").exists()


def test_it_writes_no_file_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text("precious")
    (tmp_path / "callsheet").mkdir()
    (tmp_path / "callsheet" / "SKILL.md").symlink_to(elsewhere)
    assert isinstance(call("install", tmp_path).exception, Conflict)
    told("install", tmp_path, "--force")
    assert elsewhere.read_text() == "precious"


@pytest.mark.parametrize(("name", "said"), [("video", "# Prompts for clips"), ("SKILL.md", "name: callsheet")])
def test_a_part_is_shown_by_name(name: str, said: str) -> None:
    assert said in told("show", name)


def test_a_part_that_is_not_there_is_answered_with_those_that_are() -> None:
    error = call("show", "vidoe").exception
    assert isinstance(error, NotFound)
    assert "video" in (error.hint or "")
