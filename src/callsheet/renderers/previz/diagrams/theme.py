"""How diagrams look: palettes with words that choose them, and sizes that all kinds share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

TEXT, SMALL, HEAD, TITLE = 15.0, 12.0, 18.0, 26.0
"""Font sizes in pixels."""

MARGIN = 32.0


@dataclass(frozen=True, slots=True)
class Theme:
    """One palette. `accents` are strong enough to carry `on_accent`; `tints` are their pale partners, in order."""

    name: str
    words: str
    paper: str
    panel: str
    ink: str
    quiet: str
    line: str
    grid: str
    accents: tuple[str, ...]
    tints: tuple[str, ...]
    on_accent: str = "#ffffff"
    rounding: float = 8.0

    def accent(self, index: int) -> str:
        """The strong colour of a branch, section or series."""
        return self.accents[index % len(self.accents)]

    def tint(self, index: int) -> str:
        """Its pale partner."""
        return self.tints[index % len(self.tints)]


THEMES = (
    Theme(
        "harbour",
        r"blue|business|corporate|professional|商务|蓝|专业|正式",
        "#ffffff",
        "#f5f8fc",
        "#17263c",
        "#5b6b80",
        "#71829a",
        "#e1e8f0",
        ("#2563a8", "#16808a", "#c2611f", "#6a4fb3", "#b03a63", "#4f7a28"),
        ("#e6f0fa", "#e0f3f3", "#fcefe4", "#eeeaf9", "#fae7ee", "#ecf4e3"),
    ),
    Theme(
        "meadow",
        r"green|nature|fresh|eco|绿|自然|清新|环保",
        "#fdfefb",
        "#f3f8ef",
        "#1f3026",
        "#5c6e62",
        "#74897b",
        "#e0eadf",
        ("#2f7d4f", "#247a86", "#a86b12", "#5667b0", "#a34a6d", "#6d7a1f"),
        ("#e3f3e8", "#e0f2f4", "#faf0dc", "#e9ecf8", "#f8e8ef", "#f1f4dd"),
    ),
    Theme(
        "dusk",
        r"dark|night|tech|neon|深色|暗|夜|科技",
        "#141a26",
        "#1c2433",
        "#e9eef7",
        "#9fadc2",
        "#7f90aa",
        "#2a3547",
        ("#5aa2f0", "#3fc1b4", "#f0a04f", "#a98bf0", "#f07f9f", "#9ccc5a"),
        ("#1d3350", "#16393c", "#40301f", "#2e2a4d", "#43263a", "#2c3a22"),
        "#0d1320",
    ),
    Theme(
        "clay",
        r"warm|orange|earth|retro|暖|橙|复古|秋",
        "#fffdfa",
        "#fbf4ec",
        "#35261c",
        "#76655a",
        "#8f7a6c",
        "#eee3d8",
        ("#b4532a", "#7a6a1c", "#2d7474", "#8a4a7d", "#3f6aa3", "#55752f"),
        ("#fae9e0", "#f5f1da", "#e0f1f0", "#f5e7f2", "#e6eef8", "#ebf2e0"),
    ),
    Theme(
        "plum",
        r"purple|pink|playful|cute|creative|紫|粉|可爱|创意|活泼",
        "#fffefe",
        "#f9f5fc",
        "#2c2140",
        "#6d6282",
        "#867a9c",
        "#e9e2f0",
        ("#7147b8", "#b83f7d", "#2878b0", "#1d8574", "#b8641c", "#5b7422"),
        ("#efe8fa", "#fae5ef", "#e3f0f9", "#def3ef", "#faeddf", "#eef3df"),
        rounding=12.0,
    ),
    Theme(
        "ink",
        r"minimal|simple|mono|gr[ae]y|black|plain|简约|极简|黑白|灰|简洁",
        "#ffffff",
        "#f6f6f6",
        "#1d1d1f",
        "#636366",
        "#7c7c80",
        "#e4e4e6",
        ("#333a45", "#5c6773", "#8a4b2f", "#3d6373", "#6b5478", "#566340"),
        ("#eceef1", "#f0f2f4", "#f6ece7", "#e8f0f3", "#f1ecf4", "#eef1e8"),
        rounding=4.0,
    ),
)


def choose(style: str, seed: int) -> Theme:
    """The palette that the style's words name, its colours begun at another one by each seed; else one by the seed."""
    found = next((theme for theme in THEMES if re.search(rf"{theme.name}|{theme.words}", style.lower())), None)
    theme, turn = (found, seed) if found else (THEMES[seed % len(THEMES)], seed // len(THEMES))
    by = turn % len(theme.accents)
    return replace(theme, accents=theme.accents[by:] + theme.accents[:by], tints=theme.tints[by:] + theme.tints[:by])


def styled(style: str) -> bool:
    """Whether the words name a palette."""
    return any(re.search(rf"{theme.name}|{theme.words}", style.lower()) for theme in THEMES)
