"""The letters of diagrams: which the font has, how wide they run, and where a line may break."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from pathlib import Path

import noto_cjk_sans_otc
from PIL import ImageFont

FONT = Path(noto_cjk_sans_otc.__file__).with_name("NotoSansCJK-Regular.ttc")
"""Noto Sans CJK, Regular: Latin, Greek, Cyrillic, Kana, Hangul and Han in their regional forms."""

LINE = 1.35
"""Height of a line, in font sizes."""

_FACES = {"ja": (0, "JP"), "ko": (1, "KR"), "zh": (2, "SC"), "zh-TW": (3, "TC"), "zh-HK": (4, "HK")}
_UNITS = 1000
_WIDE = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_PIECE = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")
_CLOSING = frozenset("，。、；：？！）】》」』”’…,.;:?!)]}%％")


def family(language: str) -> str:
    """The name of the face whose Han letters have the forms of this language: `Noto Sans CJK JP`."""
    return f"Noto Sans CJK {_FACES.get(language, _FACES['zh'])[1]}"


@lru_cache(maxsize=8192)
def width(text: str, size: float) -> float:
    """How wide the text runs at `size` pixels."""
    return _font().getlength(text) * size / _UNITS


def missing(text: str) -> list[str]:
    """The characters of the text that the font cannot draw, each once, in order; blanks are not letters."""
    known = _known()
    return [char for char in dict.fromkeys(text) if not char.isspace() and ord(char) not in known]


def drawable(text: str) -> str:
    """The text on one line, without what the font cannot draw."""
    known = _known()
    kept = "".join(char if ord(char) in known or char.isspace() else "" for char in text)
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", kept).strip()


def wrap(text: str, size: float, limit: float) -> list[str]:
    """Break the text into lines of at most `limit` pixels; Latin words stay whole unless one alone is too wide.

    Lines come out about equally long: a title of two lines does not leave one word on the second.
    """
    lines = _filled(text, size, limit)
    if len(lines) < 2:
        return lines
    even = width(text, size) / len(lines)
    for share in (1.04, 1.15, 1.3):
        tried = _filled(text, size, min(limit, even * share))
        if len(tried) == len(lines):
            return tried
    return lines


def _filled(text: str, size: float, limit: float) -> list[str]:
    made: list[str] = []
    line = ""
    for piece in _pieces(text, size, limit):
        if line and piece not in _CLOSING and width((line + piece).rstrip(), size) > limit:
            made.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*made, line.rstrip()] if line.strip() or not made else made


def _pieces(text: str, size: float, limit: float) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        pieces.extend(piece if len(piece) > 1 and width(piece, size) > limit else [piece])
    return pieces


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    face, _ = _FACES["zh"]
    return ImageFont.truetype(str(FONT), _UNITS, index=face, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """Every code point the font has a glyph for, from its character map (OpenType `cmap`, format 12)."""
    with FONT.open("rb") as file:
        face, _ = _FACES["zh"]
        file.seek(12 + 4 * face)
        (start,) = struct.unpack(">I", file.read(4))
        file.seek(start + 4)
        (tables,) = struct.unpack(">H6x", file.read(8))
        entries = [struct.unpack(">4sIII", file.read(16)) for _ in range(tables)]
        at, length = next((entry[2], entry[3]) for entry in entries if entry[0] == b"cmap")
        file.seek(at)
        table = file.read(length)
    (count,) = struct.unpack_from(">H", table, 2)
    offsets = [struct.unpack_from(">HHI", table, 4 + 8 * index)[2] for index in range(count)]
    wide = next(offset for offset in offsets if struct.unpack_from(">H", table, offset)[0] == 12)
    (groups,) = struct.unpack_from(">I", table, wide + 12)
    known: set[int] = set()
    for index in range(groups):
        first, last, _ = struct.unpack_from(">III", table, wide + 16 + 12 * index)
        known.update(range(first, last + 1))
    return frozenset(known)
