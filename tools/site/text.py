"""Markdown as the site and its tests read it: fenced blocks, titles, first sentences and links."""

from __future__ import annotations

import re
from collections.abc import Callable

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?P<before>\]\()(?P<to>[^)\s]+)(?=\))|(?P<before_html>\b(?:src|href|srcset)=\")(?P<to_html>[^\"]+)")


def title(page: str) -> str:
    """The heading that a page opens with."""
    first = page.partition("\n")[0]
    if not first.startswith("# "):
        raise SystemExit(f"A page opens with no heading but with: {first}")
    return first[2:]


def opening(page: str) -> str:
    """The first sentence under the heading, as plain text; nothing where a page begins otherwise."""
    head = FENCE.sub("", page).partition("\n## ")[0]
    for part in head.split("\n\n")[1:]:
        if part.strip() and not part.lstrip().startswith(("|", "!", "#", "-", "<", "**")):
            flat = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(part.split())).replace("*", "")
            return re.sub(r":$", ".", re.split(r"(?<=[.!?]) (?=[A-Z`])", flat)[0])
    return ""


def relink(text: str, change: Callable[[str], str]) -> str:
    """The text with every link outside its fenced blocks changed, and each fence's info cut to its language."""
    parts: list[str] = []
    end = 0
    for fence in FENCE.finditer(text):
        parts.append(LINK.sub(lambda found: _changed(found, change), text[end : fence.start()]))
        language = fence["info"].split()[:1]
        parts.append(f"{fence['indent']}```{''.join(language)}\n{fence['text']}{fence['indent']}```")
        end = fence.end()
    parts.append(LINK.sub(lambda found: _changed(found, change), text[end:]))
    return "".join(parts)


def _changed(found: re.Match[str], change: Callable[[str], str]) -> str:
    kind = "" if found["to"] else "_html"
    return found[f"before{kind}"] + change(found[f"to{kind}"])
