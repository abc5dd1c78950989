"""Law *docs*, the blocks: every page runs from top to bottom in an empty folder with a home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_fixtures import PAGES, ROOT, Block, blocks, place


def runnable(block: Block) -> bool:
    """Code that is not excused, and output that is promised."""
    if block.language == "text":
        return "output" in block.flags
    return block.language in ("bash", "python") and "norun" not in block.flags


RUNNABLE = [page for page in PAGES if any(runnable(block) for block in blocks(page))]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_the_page_runs(page: Path, tmp_path: Path) -> None:
    with place(tmp_path / "docs") as here:
        for block in blocks(page):
            if runnable(block):
                here.run(block)


def test_only_what_needs_a_fresh_machine_is_excused() -> None:
    excused = {b.page.relative_to(ROOT).as_posix() for page in PAGES for b in blocks(page) if "norun" in b.flags}
    assert excused <= {"README.md", "CONTRIBUTING.md", "docs/benchmarks.md"}
