"""Law *docs*, the pages: links resolve, data parses, and what cannot run at least names things that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from callsheet.settings import load
from callsheet.twin import reading
from docs_fixtures import PAGES, ROOT, Block, blocks, headings, links, matches

LANGUAGES = {"bash", "python", "json", "toml", "yaml", "text", "ini", "http"}
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
BLOCKS = [block for page in PAGES for block in blocks(page)]


def of(language: str, *, flag: str | None = None) -> list[Block]:
    return [block for block in BLOCKS if block.language == language and (flag is None or flag in block.flags)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    dead: list[str] = []
    for link in links(page):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            dead.append(link)
    assert dead == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        seen.add(page)
        near = {(page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link}
        ahead += [path for path in near if path.suffix == ".md" and path.exists() and path not in seen]
    assert [page.relative_to(ROOT).as_posix() for page in PAGES if page not in seen] == []


def test_every_block_says_what_it_is() -> None:
    assert [f"{block} is {block.language!r}" for block in BLOCKS if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_toml_is_accepted_by_what_reads_it(block: Block, tmp_path: Path) -> None:
    """Settings, but for the page on scenarios: an unknown name or a wrong value in an example is a fault."""
    path = tmp_path / "callsheet.toml"
    path.write_text(block.text)
    assert reading.load(str(path)) if block.page.name == "scenarios.md" else load(tmp_path, None, {})


@pytest.mark.parametrize("block", of("bash", flag="norun"), ids=str)
def test_what_cannot_run_here_names_targets_and_tests_that_exist(block: Block) -> None:
    assert set(re.findall(r"\bmake ([a-z]+)", block.text)) <= MAKE_TARGETS
    named = [ROOT / name for name in re.findall(r"\btests/[\w/.]+", block.text)]
    assert [path for path in named if not path.exists()] == []


def test_a_promised_output_is_compared_line_by_line() -> None:
    came = "task_01 queued\ntask_01 succeeded in 2.1 s\n"
    assert matches("task_01 queued\ntask_… succeeded in … s", came)
    assert matches("task_01 queued\n…\ntask_01 done", "task_01 queued\n1\n2\ntask_01 done")
    assert not matches("task_01 running", came)
    assert not matches("task_01 succeeded in …\ntask_01 queued", came)
