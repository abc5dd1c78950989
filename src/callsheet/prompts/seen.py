"""Rules for pictures and clips: subject, motion, contradictions, negations, and too much for the time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callsheet.prompts.brief import Brief
from callsheet.prompts.finding import Found, Severity
from callsheet.prompts.lexicon import (
    OPPOSITES,
    actions,
    artists,
    has,
    hits,
    instead_of,
    moves,
    named,
    pattern,
    present,
    together,
    without,
)
from callsheet.prompts.rule import CLIPS, MUSIC

USUAL = 5.0
"""Seconds of a clip of which nothing is said."""
ABOUT = ("vague", "technical", "moving", "static", "framing")
"""What a picture can be like; taken away in this order."""


def no_subject(brief: Brief) -> Iterator[Found]:
    """Nothing is left when camera, quality and light are taken away."""
    looks = without(brief, *ABOUT)
    for words in (*named("styles").values(), pattern("filler")):
        looks = words.sub(" ", looks)
    if not looks.strip():
        yield Found()


def thin(brief: Brief) -> Iterator[Found]:
    """A few words leave all but the subject to chance."""
    if 0 < len(brief.words) + brief.han / 2 < 3 and without(brief, *ABOUT, "filler"):
        yield Found(0, len(brief.text))


def no_motion(brief: Brief) -> Iterator[Found]:
    """A clip in which nothing moves, and the camera neither."""
    still = brief.value("camera_move") in (None, "others") and not brief.input.get("motion")
    if still and not (moves(brief) or has(brief, "moving") or has(brief, "static") or has(brief, "turns")):
        yield Found()


def no_camera(brief: Brief) -> Iterator[Found]:
    """Nothing says how it is filmed."""
    if not (brief.input.get("camera_move") or has(brief, "framing") or present(brief, "moves")):
        yield Found()


def contradiction(brief: Brief) -> Iterator[Found]:
    """Two things that exclude each other, where nothing says that one follows on the other."""
    turned = [hit[0].lower() for hit in hits(brief, "turns")]
    several = has(brief, "cuts") or any(word != "while" for word in turned)
    for left, right, scope in OPPOSITES.values():
        if several if scope == "one shot" else turned:
            continue
        if scope == "together":
            yield from (
                Found(hit.start(), hit.end(), {"pair": hit[0]}) for hit in together(left, right).finditer(brief.text)
            )
            continue
        one, other = pattern(left).search(brief.text), pattern(right).search(brief.text)
        if (
            one
            and other
            and not one.start() <= other.start() < one.end()
            and not other.start() <= one.start() < other.end()
        ):
            first, last = sorted((one, other), key=re.Match[str].start)
            yield Found(first.start(), last.end(), {"pair": f"{first[0]} / {last[0]}"})


def negation(brief: Brief) -> Iterator[Found]:
    """What is named is drawn, whatever stands before it."""
    usual: Severity | None = "note" if brief.capability in MUSIC else None
    known_param = "negative_prompt" in brief.takes
    for hit in hits(brief, "negation"):
        better = instead_of(hit[0])
        instead = (
            {"en": f"Say what is wanted instead: {better['en']}.", "zh": f"改说想要什么：{better['zh']}。"}
            if better
            else {}
        )
        if known_param:
            named_so = re.sub(r"^\W*\w+\W+", "", hit[0]) or hit[0]
            more = {
                "en": f' Or name it in negative_prompt: "{named_so}".',
                "zh": f"也可以写进 negative_prompt：“{hit[0]}”。",
            }
            instead = {one: instead.get(one, _WANTED[one]) + more[one] for one in more}
        still = re.match(r"no camera mov|没有镜头", hit[0], re.IGNORECASE)
        yield Found(hit.start(), hit.end(), {}, "note" if still else usual, instead)


_WANTED = {"en": "Say what is wanted instead.", "zh": "改说想要什么。"}


def too_much(brief: Brief) -> Iterator[Found]:
    """More subjects, moves, looks, steps, cuts or actions than the seconds hold."""
    clip = brief.capability in CLIPS
    seconds = brief.seconds or USUAL
    allowed = {
        "moves": max(2, round(seconds / 3)) if clip else 99,
        "styles": 2,
        "subjects": max(5, round(seconds)) if clip else 8,
        "steps": max(2, round(seconds / 2)) if clip else 99,
        "cuts": max(1, round(seconds / 2.5)) if clip else 99,
        "actions": max(3, round(seconds * 1.5)) if clip else 99,
    }
    counted = {
        "moves": len(present(brief, "moves").keys() - {"handheld"}),
        "styles": len(present(brief, "styles")),
        "subjects": len(list(hits(brief, "listed"))),
        "steps": len(list(hits(brief, "beats"))),
        "cuts": len(list(hits(brief, "cuts"))),
        "actions": actions(brief),
    }
    for what, count in counted.items():
        if count > allowed[what]:
            values = {"count": count, "allowed": allowed[what], "what": _WHAT["en"][what], "seconds": f"{seconds:g}"}
            yield Found(values={**values, "was": _WHAT["zh"][what]})


_WHAT = {
    "en": {
        "moves": "camera moves",
        "styles": "looks",
        "subjects": "subjects",
        "steps": "steps",
        "cuts": "cuts",
        "actions": "actions",
    },
    "zh": {
        "moves": "种运镜",
        "styles": "种风格",
        "subjects": "个主体",
        "steps": "个先后步骤",
        "cuts": "次切换",
        "actions": "个动作",
    },
}


def lettering(brief: Brief) -> Iterator[Found]:
    """Words that are to be read in the picture."""
    for hit in hits(brief, "lettering"):
        words = next((group for group in hit.groups() if group), "")
        short = len(words.split()) <= 3 and len(words) <= 16
        yield Found(hit.start(), hit.end(), {}, "note" if short and brief.capability not in CLIPS else None)


def vague(brief: Brief) -> Iterator[Found]:
    """Words that could be said of anything; bad only where there is little else."""
    found = list(hits(brief, "vague"))
    left = (
        len(without(brief, "vague", "filler", "sounds").split())
        + len(re.findall(r"[\u3400-\u9fff]", without(brief, "vague", "filler"))) / 2
    )
    for hit in found:
        yield Found(hit.start(), hit.end(), {}, "warning" if len(found) >= 4 or left <= 1 else None)


def technical(brief: Brief) -> Iterator[Found]:
    """Pixels, rates and codecs, which are params."""
    yield from (Found(hit.start(), hit.end()) for hit in hits(brief, "technical"))


def artist(brief: Brief) -> Iterator[Found]:
    """Somebody's name as a style."""
    known = list(artists().finditer(brief.text))
    yield from (Found(hit.start(), hit.end()) for hit in known)
    for hit in hits(brief, "style"):
        taken = any(one.start() < hit.end() and hit.start() < one.end() for one in known)
        if not taken and not pattern("movements").search(hit["who"]):
            yield Found(hit.start(), hit.end(), {}, None if " " in hit["who"] else "note")


def keeps_nothing(brief: Brief) -> Iterator[Found]:
    """A change that does not say what stays."""
    if not has(brief, "keeps"):
        yield Found()


def removal(brief: Brief) -> Iterator[Found]:
    """What shall go, where only what comes in its place counts."""
    yield from (Found(hit.start(), hit.end()) for hit in hits(brief, "removal"))
