"""Reads which part of a mask's prompt names what is left out: everything but the sky, 除了天空以外的部分."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callsheet.errors import RenderError

_DENIED = (
    r"不(?:包括|包含|属于|包|含|带|是|要|选|在)?(?![同锈透规清用仅只止少断])|并非|没有|无(?![限数比色]|人机)|非(?![常洲])"
    r"|[排剔]除|别[选要]|反选"
)
_EXCEPT = r"(?<![去删移消清擦拔排剔])除(?:了|开|(?=[^了开掉草去]))"
_OUT = re.compile(
    r"\b(?:everything|anything|everywhere|all|whole|entire|whatever)(?: (?!but|besides)[a-z]+){0,4},? "
    r"(?:but|besides)(?: not)?(?: for)?\b"
    r"|\b(?:except(?:ing)?(?: for)?|exclud(?:e|es|ing)|other than|apart from|aside from|save for|minus|without"
    r"|rather than|instead of|leav(?:e|ing) out|omit(?:ting)?|ignor(?:e|ing)|outside(?: of)?|invert(?:ed|ing)?"
    r"|(?:inverse|opposite|complement) of|(?:but )?not(?: including| part of)?|no|none of|never|neither|nor)\b"
    r"|\bnon-?(?=[a-z])|\b[a-z]+n['’]t\b"
    rf"|以外|之外|{_EXCEPT}|{_DENIED}",
)
"""What says that the words after it (after 以外: before it) are not wanted."""
_BUT = re.compile(
    rf"{_EXCEPT}(?P<out>.+?)(?:以外|之外|外(?=[的，,都全其]|$)|(?=[，,。；都全]|其余|剩下|所有|一切|$))(?P<rest>.*)"
    r"|^(?P<before>[^，,。；除]+?)(?:以外|之外)(?P<after>.*)"
)
_NOT = re.compile(
    rf"(?:{_DENIED})(?P<out>.+?)"
    r"(?P<rest>的(?=部分|区域|地方|一切|所有|东西|画面|背景|前景|主体).*|[，,。；].*|$)"
)
_ONLY = re.compile(r"\b(?:nothing|none)(?: else)? (?:but|except|other than)\b")
_STOP = re.compile(r"[.;!?。；！？]|[,，]\s*(?=(?:on|in|at|within|only|just)\b)")
_AND = re.compile(r"\s*(?:[,，、/]|\b(?:and|or)\b|(?=\bnor\b)|以及|[和与及或跟])\s*")
_ALL = re.compile(
    r"\b(?:everything|anything|everywhere|all|whatever|whole|entire|rest|picture|image|photo|frame|scene|parts?|areas?"
    r"|regions?|pixels?|what|which|who|s|keep|include|other|else|places?|do|does|i|want|need|me|give|make|show|just"
    r"|masks?|please|select|only)\b"
    r"|部分|区域|地方|一切|所有|全部|东西|画面|图像|图片|照片|整个|整张|其[他它余]|剩下|剩余|像素|内容|选[中择取出]?"
    r"|保留|遮罩|蒙版|请|把|我|想?要|给|生成|[那这]些|[都全的是]",
)
"""Words of the whole picture: where a prompt keeps nothing else, it keeps all that is not left out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt in two: what is kept, empty for the whole picture, and each thing that is left out of it."""

    kept: str
    out: tuple[str, ...] = ()


def asked(prompt: str) -> Asked:
    """Part a prompt into what it keeps and what it leaves out.

    Raises RenderError where it denies twice, or so that what is meant cannot be told.
    """
    text = _ONLY.sub(" ", prompt.lower().strip())
    if not _OUT.search(text):
        return Asked(text)
    kept, out = _parted(text)
    items = [one[found.end() :] if (found := _OUT.match(one)) else one for one in _AND.split(out)]
    things = tuple(item.strip() for item in items if item.strip())
    if not things or any(_OUT.search(part) for part in (kept, *things)) or re.search("[还也]", kept + out):
        raise _unclear(prompt)
    return Asked(_ALL.sub(" ", kept).strip(" ,，、.;。；"), things)


def unknown(thing: str) -> RenderError:
    """The error for a thing that is to be left out and that nothing here can find."""
    return RenderError(
        f"The mask is to leave out {thing[:80]!r}, and nothing here recognises that.",
        hint="Leave out what can be measured: a colour, a side (left, top), the sky, the background, bright or dark "
        "parts, the subject. Or draw the mask.",
        param="prompt",
    ).because("mask_unclear", param="prompt")


def _unclear(prompt: str) -> RenderError:
    return RenderError(
        f"What the mask is to leave out cannot be told from {prompt.strip()[:80]!r}.",
        hint='Say it once and plainly ("everything but the sky"), or name what is wanted and nothing else.',
        param="prompt",
    ).because("mask_unclear", param="prompt")


def _parted(text: str) -> tuple[str, str]:
    """What is kept and what is left out: by 除了…以外 first, then by what denies the words after it."""
    found = _BUT.search(text)
    if found:
        return text[: found.start()] + (found["rest"] or found["after"] or ""), found["out"] or found["before"]
    first, denied = _OUT.search(text), _NOT.search(text)
    if denied and first and denied.start() == first.start():
        return text[: denied.start()] + denied["rest"], denied["out"]
    if first is None:
        return text, ""
    stop = _STOP.search(text, first.end())
    end = stop.start() if stop else len(text)
    return f"{text[: first.start()]} {text[end:]}", text[first.end() : end]
