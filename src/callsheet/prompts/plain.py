"""Rules for every prompt: that there is one, that it fits, and that it agrees with the params beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callsheet.prompts.brief import HAN, LETTER, Brief
from callsheet.prompts.finding import Found
from callsheet.prompts.lexicon import hits, number, present

MARKER = re.compile(r"\[\[(?:fail|reject|stuck|slow \d+(?:\.\d+)?)\]\]")
"""What a prompt says to test how an app takes failures (docs/howto/test-prompts.md)."""

_AGREE = {
    "static": {"static"},
    **{name: {"in"} for name in ("push-in", "dolly-in", "zoom-in", "super-dolly-in")},
    **{name: {"out"} for name in ("pull-out", "dolly-out", "zoom-out", "super-dolly-out")},
    **{name: {"pan", "slide"} for name in ("pan-left", "pan-right")},
    **{name: {"tilt"} for name in ("tilt-up", "tilt-down")},
    "orbit": {"orbit"},
    **{name: {"rise", "fly"} for name in ("jib-up", "crane-over-the-head")},
    **{name: {"sink"} for name in ("jib-down", "crane-down")},
}
"""Which words agree with which camera move of the params; moves that are not here agree with all."""


def marker(brief: Brief) -> Iterator[Found]:
    """It tests an app, and is no wish for a picture."""
    for hit in MARKER.finditer(brief.text):
        yield Found(hit.start(), hit.end())


def empty(brief: Brief) -> Iterator[Found]:
    """Not a letter and not a digit."""
    if not any(one.isalnum() for one in brief.text):
        yield Found()


def too_long(brief: Brief) -> Iterator[Found]:
    """Longer than the model's documents allow."""
    if brief.limit is not None and len(brief.text) > brief.limit:
        yield Found(brief.limit, len(brief.text), {"limit": brief.limit, "length": len(brief.text)})


def truncated(brief: Brief) -> Iterator[Found]:
    """More tokens than are read: a word and a Chinese character have one each at least."""
    count = len(brief.words) + brief.han
    if brief.tokens is not None and count > brief.tokens:
        yield Found(values={"limit": brief.tokens, "length": count})


def length(brief: Brief) -> Iterator[Found]:
    """Seconds in the words beside seconds in the params."""
    for hit in hits(brief, "length"):
        said = number(next(value for value in hit.groupdict().values() if value))
        wanted = brief.seconds if "duration" in brief.input else None
        if wanted is None:
            instead = {one: text.format(said=f"{said:g}") for one, text in _LENGTH_ALONE.items()}
            yield Found(hit.start(), hit.end(), {"said": f"{said:g}", "wanted": "-"}, "note", instead)
        elif said != wanted:
            yield Found(hit.start(), hit.end(), {"said": f"{said:g}", "wanted": f"{wanted:g}"})


_LENGTH_ALONE = {
    "en": "Say it in the param too: duration={said}.",
    "zh": "同时写进参数：duration={said}。",
}


def against_params(brief: Brief) -> Iterator[Found]:
    """A camera that the words move one way and the params another; sound that the params switch off."""
    said = present(brief, "moves")
    move = brief.input.get("camera_move")
    agreeing = _AGREE.get(str(move), set(said))
    for name, hit in said.items():
        if name not in agreeing and name != "handheld" and not agreeing & said.keys():
            yield Found(hit.start(), hit.end(), {"param": f"camera_move={move}"})
    if brief.input.get("generate_audio") is False:
        for hit in list(hits(brief, "audible"))[:1]:
            yield Found(hit.start(), hit.end(), {"param": "generate_audio=false"})


def language(brief: Brief) -> Iterator[Found]:
    """A text in one language for a voice of another."""
    wanted = str(brief.input.get("language") or brief.value("voice") or "").lower()
    letters = len(LETTER.findall(brief.text))
    share = len(HAN.findall(brief.text)) / letters if letters else 0
    if letters >= 4 and share > 0.5 and wanted.startswith(("en", "fr", "de", "es", "it", "pt", "ru")):
        yield Found(values={"wanted": wanted})
    if letters >= 12 and share == 0 and re.match(r"zh|cmn|yue", wanted):
        yield Found(values={"wanted": wanted})
