"""What stands where in the site: every page has one place, which the menu and `llms.txt` share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Start": ("docs/index.md", "docs/tutorial.md", "docs/concepts.md", "docs/gallery/README.md"),
    "Make": (
        "docs/howto/previz.md",
        "docs/howto/video.md",
        "docs/howto/images.md",
        "docs/howto/music.md",
        "docs/howto/speech.md",
        "docs/howto/diagrams.md",
        "docs/howto/edit.md",
        "docs/howto/chains.md",
        "docs/howto/call-sheets.md",
        "docs/howto/prompts.md",
    ),
    "Your client, unchanged": (
        "docs/howto/clients/wiro.md",
        "docs/howto/clients/wondershare.md",
        "docs/howto/clients/mediaio.md",
        "docs/howto/clients/edrawmax.md",
        "docs/howto/clients/runway-relay.md",
        "docs/howto/clients/vidu.md",
        "docs/howto/hard-coded-hosts.md",
    ),
    "Ways in": (
        "docs/howto/studio.md",
        "docs/howto/cli.md",
        "docs/howto/curl.md",
        "docs/howto/python.md",
        "docs/howto/mcp.md",
        "docs/howto/files.md",
        "docs/howto/webhooks.md",
        "docs/howto/errors.md",
    ),
    "Run it": (
        "docs/howto/install.md",
        "docs/howto/serve.md",
        "docs/howto/routing.md",
        "docs/howto/budgets.md",
        "docs/howto/many-machines.md",
        "docs/howto/monitoring.md",
        "docs/howto/explain.md",
        "docs/howto/unsure.md",
        "docs/howto/provenance.md",
    ),
    "Test your app": ("docs/howto/test-prompts.md", "docs/howto/testing-your-app.md"),
    "Reference": (
        "docs/reference/cli.md",
        "docs/reference/exit-codes.md",
        "docs/reference/http.md",
        "docs/reference/models/",
        "docs/reference/approximations.md",
        "docs/reference/errors.md",
        "docs/reference/events.md",
        "docs/reference/cancel.md",
        "docs/reference/settings.md",
        "docs/reference/metrics.md",
        "docs/reference/scenarios.md",
        "docs/reference/prompt-rules.md",
        "docs/reference/mcp.md",
        "docs/reference/dependencies.md",
    ),
    "Proof": ("docs/proof.md", "docs/benchmarks.md"),
    "How it is built": ("docs/house.md", "CONTRIBUTING.md", "docs/decisions/"),
    "Changes": ("CHANGELOG.md",),
}
"""By heading, its pages in order. A folder stands for its README and then all its pages by name."""


def sections(root: Path = ROOT) -> dict[str, list[Path]]:
    """Every section with all its pages, one after the other."""
    return {
        heading: [page for one in opened(names, root) for page in (one if isinstance(one, list) else [one])]
        for heading, names in SECTIONS.items()
    }


def homeless(root: Path = ROOT) -> list[str]:
    """Pages under docs/ that no section names."""
    placed = {page for pages in sections(root).values() for page in pages}
    there = sorted((root / "docs").rglob("*.md"))
    return [page.relative_to(root).as_posix() for page in there if page not in placed]


def opened(names: Iterable[str], root: Path = ROOT) -> Iterator[Path | list[Path]]:
    """The pages of a section in order, a folder as the list of its own; what is not there yet is left out."""
    for name in names:
        path = root / name
        if name.endswith("/"):
            yield sorted(path.glob("*.md"), key=lambda page: (page.name != "README.md", page.name))
        elif path.is_file():
            yield path
