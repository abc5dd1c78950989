"""Law *docs*, the gallery: its index names every sheet that is there, and nothing else; it stays small."""

from __future__ import annotations

from docs_fixtures import ROOT
from tools.gallery import index

GALLERY = ROOT / "docs" / "gallery"


def test_every_sheet_is_on_the_index_page() -> None:
    assert index.unlisted(GALLERY) == []
    assert (GALLERY / "README.md").read_text() == index.page()


def test_the_gallery_stays_small() -> None:
    assert sum(path.stat().st_size for path in GALLERY.rglob("*") if path.is_file()) < 9_500_000
