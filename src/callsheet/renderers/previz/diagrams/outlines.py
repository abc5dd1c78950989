"""General outlines for prompts that only name a topic, so that there is something to edit."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

_FILE = resources.files("callsheet.renderers.previz.diagrams") / "outlines.toml"


def outline(kind: str, topic: str, language: str) -> str:
    """Text to read in the topic's place, in Chinese or English; empty for another language."""
    spoken = "zh" if language.startswith("zh") else language
    found = next((one for one in _all()[kind] if re.search(one["match"], topic.lower())), {})
    return found.get(spoken, "")


@lru_cache(maxsize=1)
def _all() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(_FILE.read_text("utf-8"))
