"""What a built site must be: every link and anchor leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

LOADS = {
    "script": "src",
    "img": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "iframe": "src",
    "embed": "src",
}
LOADED = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
STYLE = re.compile(r"url\(\s*['\"]?(?P<a>[^)'\"]+)|@import\s+['\"](?P<b>[^'\"]+)")


@dataclass
class Page:
    """What one HTML file links to, what it loads, and what in it can be linked to."""

    links: list[str] = field(default_factory=list[str])
    loads: list[str] = field(default_factory=list[str])
    anchors: set[str] = field(default_factory=set[str])


def faults(site: Path) -> list[str]:
    """Every broken link or anchor, and everything that would be fetched from elsewhere, as lines for people."""
    pages = {path: read(path.read_text()) for path in sorted(site.rglob("*.html"))}
    found = [f"{path.relative_to(site)}: {fault}" for path in pages for fault in _of_page(path, pages, site)]
    for sheet in sorted(site.rglob("*.css")):
        named = [one["a"] or one["b"] for one in STYLE.finditer(sheet.read_text())]
        found += [f"{sheet.relative_to(site)}: loads {one}" for one in named if _elsewhere(one)]
    return found


def read(html: str) -> Page:
    """What stands in a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def _of_page(path: Path, pages: dict[Path, Page], site: Path) -> list[str]:
    page = pages[path]
    found = [f"loads {one}" for one in page.loads if _elsewhere(one)]
    for link in [*page.links, *page.loads]:
        if not _elsewhere(link) and not re.match(r"[a-z]+:", link) and not _resolves(link, path, pages, site):
            found.append(f"{link} leads nowhere")
    return found


def _resolves(link: str, path: Path, pages: dict[Path, Page], site: Path) -> bool:
    name, _, anchor = link.partition("#")
    name = unquote(name.partition("?")[0])
    start = site / name.lstrip("/") if name.startswith("/") else path.parent / name
    target = start.resolve() if name else path
    target = target / "index.html" if target.is_dir() else target
    if not target.exists():
        return False
    return not anchor or target not in pages or unquote(anchor) in pages[target].anchors


def _elsewhere(link: str) -> bool:
    return link.startswith(("http:", "https:", "//"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag == "link" and LOADED & set(given.get("rel", "").split()):
            self.page.loads.append(given["href"])
        if given.get(LOADS.get(tag, ""), ""):
            self.page.loads.append(given[LOADS[tag]])
        self.page.loads += [one.split()[0] for one in given.get("srcset", "").split(",") if one.strip()]
