"""`docs/llms.txt`: the documentation as one list for machines that read, in the order of the site's menu."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tools.site import nav, text

INTRODUCTION = """# callsheet

> One self-hosted task API for generated video, images, music, speech and diagrams: any door leads to one durable task,
> and any task runs on any stage; without a key, on previz, the built-in renderer that is exact to the frame.

Every code block in these pages runs in the project's tests. In the built site `llms-full.txt` holds
all pages in one file.
"""


def pages(others: Mapping[Path, str]) -> dict[str, str]:
    """One file. `others` are the pages that are generated with it: what they will say counts."""
    parts = [INTRODUCTION]
    for heading, found in nav.sections().items():
        parts.append(f"\n## {heading}\n\n")
        parts += [_line(page, others.get(page) or page.read_text()) for page in found]
    return {"docs/llms.txt": "".join(parts)}


def _line(page: Path, written: str) -> str:
    said = text.opening(written)
    return f"- [{text.title(written)}]({_place(page)}){f': {said}' if said else ''}\n"


def _place(page: Path) -> str:
    """Seen from llms.txt."""
    return os.path.relpath(page, nav.ROOT / "docs").replace(os.sep, "/")
