"""Law *docs*, the blocks: every page runs from top to bottom in an empty folder with a home of its own."""

from __future__ import annotations

import signal
import subprocess
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
def test_every_block_of_the_page_runs(page: Path, front: Path, tmp_path: Path) -> None:
    with place(tmp_path / "docs", front) as here:
        for block in blocks(page):
            if runnable(block):
                here.run(block)


def test_only_what_needs_a_fresh_machine_is_excused() -> None:
    excused = {b.page.relative_to(ROOT).as_posix() for page in PAGES for b in blocks(page) if "norun" in b.flags}
    assert excused <= {"README.md", "CONTRIBUTING.md", "docs/benchmarks.md", "docs/tutorial.md"}


def test_a_warm_process_is_one_like_any_other(front: Path) -> None:
    python = [front / "python", "-c"]
    left = subprocess.run(
        [*python, "import os, sys; print(sys.stdin.read(), os.getcwd(), os.environ['A']); sys.exit(3)"],
        input="said", cwd="/", env={"A": "b"}, capture_output=True, text=True,
    )  # fmt: skip
    assert (left.returncode, left.stdout, left.stderr) == (3, "said / b\n", "")
    for ended in (signal.SIGTERM, signal.SIGKILL):
        words = [*python, "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
        caller = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert caller.stdout is not None
        pid = int(caller.stdout.readline())
        assert pid != caller.pid
        caller.send_signal(ended)
        assert caller.stdout.read() == "", "its end of the pipe is closed when it is gone"
        assert caller.wait(30) == -ended
        caller.stdout.close()
