"""What the tests of the docs share: one warm process, from which all that the pages start is forked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warm import warm


@pytest.fixture(scope="session")
def front() -> Iterator[Path]:
    """Where all pages and examples find `callsheet` and `python`."""
    with warm() as made:
        yield made
