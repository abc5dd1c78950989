"""Rules for what is heard and drawn as a diagram: music, sounds, speech; relations, times and figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callsheet.prompts.brief import Brief
from callsheet.prompts.finding import Found
from callsheet.prompts.lexicon import ARROW, has, without

PARTS = {
    "genres": ("a genre", "曲风"),
    "moods": ("a mood", "情绪"),
    "tempos": ("a tempo", "速度"),
    "instruments": ("instruments", "乐器"),
}
SOUNDS = 6
"""How many parts a sound effect may have before it is several."""

UNREADABLE = {
    r"https?://\S+|www\.\S+": ("an address", "网址"),
    r"\*\*|__|`|^#{1,6} |\[[^\]\n]{0,200}\]\([^)\n]{0,200}\)": ("markup", "标记符号"),
    r"\{[^{}\n]{0,60}\}|\$\{|%\w+%": ("a placeholder", "占位符"),
    r"[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]": ("a pictogram", "表情符号"),
    r"[→⇒←↔•■□▪|\\^~=<>_]{1,}": ("a symbol", "符号"),
}
SPELL_OUT = re.compile(
    r"(?<![\w.])(?:\+?\d[\d-]{6,40}\d|\d{5,40})(?![\w.])"
    r"|(?<!\w)[A-Z]{3,}(?: [A-Z]{3,})+(?!\w)|\d{1,9}/\d{1,9}|[&@#%](?=\s|\w)"
)
SPEAKABLE = re.compile(r"<#\d+(?:\.\d+)?#>")
"""A pause in seconds, which Vidu's voices and previz read."""
ITEMS = re.compile(r"[,、，;；\n]")


def thin_music(brief: Brief) -> Iterator[Found]:
    """Neither genre nor mood, tempo nor instrument."""
    if not any(has(brief, name) for name in PARTS):
        yield Found()


def music_parts(brief: Brief) -> Iterator[Found]:
    """Some of these four, and not the others; a soundtrack takes its tempo and its band from the video."""
    wanted = PARTS if brief.capability == "music" else {name: PARTS[name] for name in ("genres", "moods")}
    missing = [said for name, said in wanted.items() if not has(brief, name)]
    if 0 < len(missing) < len(wanted):
        yield Found(values={"missing": ", ".join(en for en, _ in missing), "lacks": "、".join(zh for _, zh in missing)})


def no_source(brief: Brief) -> Iterator[Found]:
    """A sound of nothing in particular."""
    if not without(brief, "sounds", "vague"):
        yield Found()


def many_sounds(brief: Brief) -> Iterator[Found]:
    """Several scenes in one sound."""
    parts = [part for part in ITEMS.split(brief.text) if part.strip()]
    if len(parts) > SOUNDS:
        yield Found(values={"count": len(parts), "allowed": SOUNDS})


def unreadable(brief: Brief) -> Iterator[Found]:
    """What a voice stumbles over; SSML and pauses are read."""
    if brief.text.lstrip().startswith("<speak"):
        return
    text = SPEAKABLE.sub(lambda hit: " " * len(hit[0]), brief.text)
    taken = bytearray(len(text))
    for words, (kind, called) in UNREADABLE.items():
        for hit in re.finditer(words, text, re.MULTILINE):
            if not taken[hit.start()]:
                taken[hit.start() : hit.end()] = b"\1" * len(hit[0])
                yield Found(hit.start(), hit.end(), {"kind": kind, "called": called})


def spell_out(brief: Brief) -> Iterator[Found]:
    """Numbers, signs and capitals that are better written as they are spoken."""
    if not brief.text.lstrip().startswith("<speak"):
        yield from (Found(hit.start(), hit.end()) for hit in SPELL_OUT.finditer(brief.text))


def no_relations(brief: Brief) -> Iterator[Found]:
    """Things in a row, and nothing that says what they have to do with each other."""
    items = [part for part in ITEMS.split(brief.text) if part.strip()]
    if len(items) >= 3 and not (has(brief, "relations") or ARROW.search(brief.text)):
        yield Found(values={"count": len(items)})


def no_times(brief: Brief) -> Iterator[Found]:
    """A plan without a length or a date."""
    if not has(brief, "times"):
        yield Found()


def no_figures(brief: Brief) -> Iterator[Found]:
    """An infographic without a number."""
    if not re.search(r"\d", brief.text):
        yield Found()
