"""Law *docs*, the rules shown: every example of routing is accepted by the real settings and the real catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet import catalog
from callsheet.engine.routing import Routing
from callsheet.settings import load
from docs_fixtures import ROOT, Block, blocks

RULES = [block for block in blocks(ROOT / "docs/howto/routing.md") if block.language == "toml"]


@pytest.mark.parametrize("block", RULES, ids=str)
def test_the_rules_are_rules(block: Block, tmp_path: Path) -> None:
    (tmp_path / "callsheet.toml").write_text(block.text)
    found = load(tmp_path, None, {}).routing
    assert found
    known = catalog.load()
    routing = Routing(known, known.vendor_ids, found)
    names = [name for name in found if known.is_capability(name)]
    assert all(routing.runs(name) for name in names)


def test_there_are_examples() -> None:
    assert len(RULES) >= 2
