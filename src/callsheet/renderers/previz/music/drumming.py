"""What the drums play in a bar: the groove as full as the section, with accents, fills and crashes at the seams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callsheet.renderers.previz.music import figures
from callsheet.renderers.previz.music.band import Bar, Note

_LEVEL = {
    "kick": 0.62, "deep": 0.55, "taiko": 0.55, "tom": 0.4, "boom": 0.42, "snare": 0.36, "rim": 0.2, "brush": 0.2,
    "hat": 0.12, "open": 0.11, "ride": 0.11, "crash": 0.17, "clap": 0.28, "shaker": 0.09, "tambourine": 0.1,
    "wood": 0.16, "conga": 0.28, "pulse": 0.55, "swell": 0.14,
}  # fmt: skip


def strokes(bar: Bar) -> Iterator[Note]:
    """The bar's drum strokes; none where the brief has no drums or the section is too quiet for them."""
    if not bar.brief.drums or bar.section.level < 0.45:
        return
    groove = _groove(bar)
    count = max(1, round(len(groove) * min(1.0, 0.35 + 0.75 * bar.section.level)))
    fill = bar.ends and bar.section.name in ("theme", "build", "intro") and bar.metre == 4
    for drum, steps in list(groove.items())[:count]:
        yield from _steps(bar, drum, steps, until=12 if fill else 16)
    if fill:
        yield from _fill(bar, groove)
    bold = bar.brief.energy > 0.5
    if bold and bar.index == bar.section.first and bar.section.name == "climax":
        yield Note(bar.start, 0, "crash", 0, 1.0, _LEVEL["crash"], drum=True)
    if bold and bar.ends and bar.section.name == "build":
        yield Note(max(0.0, bar.start + bar.beat * bar.metre - 1.8), 0, "swell", 0, 0.8, _LEVEL["swell"], drum=True)


def _groove(bar: Bar) -> Mapping[str, str]:
    if bar.metre in (3, 6):
        return figures.WALTZ_GROOVE
    return figures.GROOVES[bar.brief.kind.groove or "plain"]


def _steps(bar: Bar, drum: str, steps: str, until: int) -> Iterator[Note]:
    rounds = 2 if bar.metre == 6 else 1
    for turn in range(rounds):
        for at, sign in enumerate(steps):
            if sign == "." or at >= until:
                continue
            beat = turn * 3 + at / 4
            strength = 1.0 if sign == "X" else 0.72 + 0.1 * float(bar.throw.random()) - 0.16 * (at % 4 == 2)
            tight = bar.start + beat * bar.beat if drum in ("kick", "taiko", "clap", "snare") else bar.when(beat)
            at_second = tight if bar.brief.kind.swing == 0 else bar.when(beat)
            yield Note(at_second, 0, drum, 0, strength, _LEVEL[drum] * (0.75 + 0.3 * bar.fullness), drum=True)


def _fill(bar: Bar, groove: Mapping[str, str]) -> Iterator[Note]:
    """The last beat before a new section: a run on what the kit has, growing."""
    drum = next((name for name in ("snare", "taiko", "clap", "wood", "brush") if name in groove), "tom")
    for step in range(4):
        strength = 0.55 + 0.15 * step
        yield Note(bar.start + (3 + step / 4) * bar.beat, 0, drum, 0, strength, _LEVEL[drum] * 0.8, drum=True)
