"""The site's sources in a folder of their own: pages, pictures, files that pages link to, and Zensical's settings."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tools.site import nav, text

HERE = Path(__file__).parent
AT_THE_TOP = ("CHANGELOG.md", "CONTRIBUTING.md")
"""Pages that lie beside docs/ and stand in the site as if they lay in it."""

SETTINGS = """[project]
site_name = "callsheet"
site_description = "One self-hosted task API for generated video, images, music, speech and diagrams."
docs_dir = "docs"
site_dir = "site"
plugins = ["search", "offline"]
extra_css = ["assets/site.css"]
nav = {nav}

[project.theme]
font = false
language = "en"
custom_dir = "overrides"
features = ["content.code.copy", "navigation.indexes", "navigation.footer", "navigation.top", "navigation.tracking",
            "toc.follow", "search.highlight"]
palette = [
  {{ media = "(prefers-color-scheme)", toggle.icon = "lucide/sun-moon", toggle.name = "Light" }},
  {{ media = "(prefers-color-scheme: light)", scheme = "default", toggle.icon = "lucide/sun", toggle.name = "Dark" }},
  {{ media = "(prefers-color-scheme: dark)", scheme = "slate", toggle.icon = "lucide/moon", toggle.name = "System" }},
]

[project.extra]
generator = false

[project.validation]
invalid_links = true
invalid_link_anchors = true

[project.markdown_extensions]
tables = {{}}
toc.permalink = true
pymdownx.highlight.pygments_lang_class = true
pymdownx.superfences = {{}}
"""
OVERRIDE = """{% extends "base.html" %}
{% block libs %}<script src="{{ 'assets/iframe-worker.js' | url }}"></script>{% endblock %}
"""
"""The theme would load this script from elsewhere."""


def stage(into: Path, root: Path = nav.ROOT) -> Path:
    """Write everything that a build needs into the empty folder `into`; the path of its settings."""
    docs = into / "docs"
    shutil.copytree(root / "docs", docs)
    for name in AT_THE_TOP:
        shutil.copy(root / name, docs / name)
    (docs / "assets").mkdir()
    for name in ("iframe-worker.js", "site.css"):
        shutil.copy(HERE / name, docs / "assets")
    for page in [*docs.rglob("*.md"), docs / "llms.txt"]:
        source = (
            root / page.name if page.parent == docs and page.name in AT_THE_TOP else root / "docs" / _in(docs, page)
        )
        page.write_text(text.relink(page.read_text(), lambda link, source=source: _relinked(link, source, root, docs)))
    (docs / "llms-full.txt").write_text(_whole(root))
    (into / "overrides").mkdir()
    (into / "overrides" / "main.html").write_text(OVERRIDE)
    settings = into / "zensical.toml"
    settings.write_text(SETTINGS.format(nav=_menu(root)))
    return settings


def placed(path: Path, root: Path) -> PurePosixPath:
    """Where a file of the repository stands in the site."""
    inside = path.relative_to(root)
    if inside.as_posix() == "README.md":
        return PurePosixPath("index.md")
    if inside.as_posix() in AT_THE_TOP:
        return PurePosixPath(inside.name)
    if inside.parts[0] == "docs":
        return PurePosixPath(*inside.parts[1:])
    shown = inside.with_name(f"{inside.name}.txt") if inside.suffix == ".md" else inside  # or it would be a page
    return PurePosixPath("files", *shown.parts)


def _relinked(link: str, source: Path, root: Path, docs: Path) -> str:
    """A link as it is in the site. What it leads to outside docs/ comes along as a file, not as a folder."""
    name, hash, anchor = link.partition("#")
    if not name or ":" in name.partition("/")[0]:
        return link
    target = (source.parent / name).resolve()
    if not target.is_file():
        raise SystemExit(f"{source.relative_to(root)} links to {link}, which is no file")
    to = placed(target, root)
    if to.parts[0] == "files":
        (docs / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(target, docs / to)
    return os.path.relpath(to, placed(source, root).parent).replace(os.sep, "/") + hash + anchor


def _menu(root: Path) -> str:
    """The navigation as TOML: sections of pages, and in them a section for each folder."""
    return _listed(_section(heading, nav.opened(names, root), root) for heading, names in nav.SECTIONS.items())


def _section(heading: str, found: Iterable[Path | list[Path]], root: Path) -> str:
    items = (
        json.dumps(placed(one, root).as_posix())
        if isinstance(one, Path)
        else _section(text.title(one[0].read_text()), one, root)
        for one in found
    )
    return f"{{ {json.dumps(heading)} = {_listed(items)} }}"


def _listed(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _whole(root: Path) -> str:
    """Every page in the order of the menu, one after the other, for those who read the whole at once."""
    pages = [page for found in nav.sections(root).values() for page in found]
    return "\n\n".join(f"<!-- {placed(page, root)} -->\n\n{page.read_text().strip()}" for page in pages) + "\n"


def _in(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
