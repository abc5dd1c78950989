"""How the application finds what vendor folders bring along, and what it needs no home for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import callsheet.vendors
from callsheet.app import openapi_document, vendors
from callsheet.settings import load

DRIVER = """
def driver(settings):
    return object() if "acme_films" in settings.vendors else None
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vendor folder beside the others."""
    folder = tmp_path / "vendors" / "acme_films"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "driver.py").write_text(DRIVER)
    monkeypatch.setattr(callsheet.vendors, "__path__", [*callsheet.vendors.__path__, str(folder.parent)])
    yield
    for name in [name for name in sys.modules if name.startswith("callsheet.vendors.acme_films")]:
        del sys.modules[name]
    vars(callsheet.vendors).pop("acme_films", None)


@pytest.mark.usefixtures("acme")
def test_a_vendor_is_live_when_its_driver_says_so(home: Path) -> None:
    without = vendors.drivers(load(home, environ={}))
    with_key = vendors.drivers(load(home, {"vendors": {"acme_films": {"key": "x"}}}, environ={}))
    assert "previz" in without
    assert set(with_key) - set(without) == {"acme_films"}


def test_the_document_needs_no_home(home: Path) -> None:
    assert openapi_document()["info"]["title"] == "callsheet"
    assert not home.exists()
