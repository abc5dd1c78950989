"""Law *docs*, the proof: every test that the page names exists."""

import re

import pytest

from docs_fixtures import ROOT

PAGE = (ROOT / "docs" / "proof.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "what happens" not in line]


def test_every_one_of_the_fifteen_has_a_test() -> None:
    assert len(ROWS) == 15
    assert [row for row in ROWS if "`tests/" not in row] == []


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_it_names_exists(path: str, name: str) -> None:
    source = (ROOT / path).read_text()
    assert not name or re.search(rf"^def {name}\(", source, re.MULTILINE)
