"""Law *docs*, the site: it builds strictly, every page is in it, and a browser without a network finds all it needs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from docs_fixtures import PAGES, ROOT
from studio.studio_fixtures import MISSING, PATIENCE, SLOWER, slow_down
from tools.chromium import chromium
from tools.site import checking, nav, staging, text
from tools.site.__main__ import build


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    assert build(out) == []
    return out


def test_every_page_has_one_place_in_the_menu() -> None:
    assert nav.homeless() == []
    placed = [page for pages in nav.sections().values() for page in pages]
    assert len(placed) == len(set(placed))


def test_every_page_is_built_and_lies_beside_its_source(site: Path) -> None:
    for page in PAGES:
        if page.is_relative_to(ROOT / "docs"):
            at = site / staging.placed(page, ROOT)
            built = at.with_name("index.html") if at.name == "README.md" else at.with_suffix(".html")
            assert built.is_file(), built
            assert at.is_file()


def test_code_is_shown_as_code_and_tables_as_tables(site: Path) -> None:
    html = (site / "howto" / "many-machines.html").read_text()
    assert "```" not in html
    assert "<table>" in (site / "howto" / "routing.html").read_text()


def test_machines_find_one_list_and_one_whole(site: Path) -> None:
    listed = (site / "llms.txt").read_text()
    for link in [found["to"] for found in text.LINK.finditer(listed)]:
        assert (site / link).is_file(), link
    whole = (site / "llms-full.txt").read_text()
    assert all(text.title(page.read_text()) in whole for pages in nav.sections().values() for page in pages)


def searched(program: str, site: Path) -> list[str]:
    """Search the site as it lies on the disk, and say all that the browser asked for."""
    asked: list[str] = []
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"], timeout=PATIENCE
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        slow_down(page, SLOWER)
        page.goto((site / "index.html").as_uri())
        page.get_by_role("button", name="Search").first.click()
        page.get_by_role("combobox", name="Search").fill("webhook signature")
        expect(page.get_by_text("Check who sent it").first).to_be_visible(timeout=PATIENCE)
        browser.close()
    return asked


def test_a_browser_finds_a_page_by_its_words_and_asks_no_network(site: Path) -> None:
    program = chromium()
    if program is None:
        pytest.skip(MISSING)
    with ThreadPoolExecutor(1) as aside:  # one browser to a thread: the tests of the studio may have theirs in this one
        asked = aside.submit(searched, program, site).result()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) > 5


def test_the_check_sees_what_it_forbids(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1><a href="b.html">gone</a><a href="#nowhere">gone</a><a href="#top">there</a>'
        '<a href="https://example.com">elsewhere, and only linked</a><script src="//cdn.example/x.js"></script>'
        '<link rel="stylesheet" href="https://fonts.example/a.css"><img src="https://example.com/a.png">'
    )
    (tmp_path / "a.css").write_text("@font-face { src: url(https://fonts.example/a.woff2) }")
    assert checking.faults(tmp_path) == [
        "a.html: loads //cdn.example/x.js",
        "a.html: loads https://fonts.example/a.css",
        "a.html: loads https://example.com/a.png",
        "a.html: b.html leads nowhere",
        "a.html: #nowhere leads nowhere",
        "a.css: loads https://fonts.example/a.woff2",
    ]


def test_links_change_and_code_does_not() -> None:
    given = "[a](b.md#c)\n\n```bash server\necho '[a](b.md)'\n```\n\n<img src=\"d.png\">\n"
    came = text.relink(given, lambda link: f"x/{link}")
    assert came == "[a](x/b.md#c)\n\n```bash\necho '[a](b.md)'\n```\n\n<img src=\"x/d.png\">\n"
