"""Which language a text is in, by its letters: runs of one script, and the synthesiser's voices for a tag."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from callsheet.errors import RenderError

# Unicode's own names say the script: the first word of a letter's name, and who speaks what is written in it. The first
# language is taken where nothing says which one it is.
_SPEAKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "LATIN": ("en-us",),
        "CJK": ("cmn", "yue", "hak", "ja"),
        "BOPOMOFO": ("cmn",),
        "HIRAGANA": ("ja",),
        "KATAKANA": ("ja",),
        "HANGUL": ("ko",),
        "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tt", "ba", "cv", "ug"),
        "GREEK": ("el", "grc"),
        "ARABIC": ("ar", "fa", "ur", "sd", "ug"),
        "HEBREW": ("he",),
        "THAI": ("th",),
        "DEVANAGARI": ("hi", "mr", "ne", "kok"),
        "BENGALI": ("bn", "as", "bpy"),
        "GURMUKHI": ("pa",),
        "GUJARATI": ("gu",),
        "ORIYA": ("or",),
        "TAMIL": ("ta",),
        "TELUGU": ("te",),
        "KANNADA": ("kn",),
        "MALAYALAM": ("ml",),
        "SINHALA": ("si",),
        "MYANMAR": ("my",),
        "GEORGIAN": ("ka",),
        "ARMENIAN": ("hy", "hyw"),
        "ETHIOPIC": ("am", "ti"),
        "CHEROKEE": ("chr",),
    }
)
_OTHER_THAN_LATIN = frozenset(
    language for script, languages in _SPEAKERS.items() if script != "LATIN" for language in languages
)
_CANTONESE, _HAKKA = frozenset({"yue", "hk", "mo"}), frozenset({"hak"})
_OLD = MappingProxyType({"iw": "he", "in": "id", "no": "nb", "jw": "jv", "mo": "ro", "tl": "fil"})


def runs(text: str, base: str | None) -> Iterator[tuple[str, str]]:
    """The text as (language tag, stretch) pairs that join to the whole, each stretch in letters of one script.

    `base` is the language that was asked for: it speaks all that its script writes. What it does not write (Latin
    letters in a Chinese text) is spoken by that script's first language. Digits, blanks and signs go with what is
    before them.
    """
    said = base or detected(text)
    language, start = None, 0
    for at, letter in enumerate(text):
        script = _script(letter)
        if script is None:
            continue
        now = _speaker(script, said)
        if language is not None and now != language:
            yield language, text[start:at]
            start = at
        language = now
    if text:
        yield language or said, text[start:]


def detected(text: str) -> str:
    """The language of a text that comes without one: by the script of most of its letters; kana make it Japanese."""
    counts: dict[str, int] = {}
    for letter in text:
        script = _script(letter)
        if script in ("HIRAGANA", "KATAKANA"):
            return "ja"
        if script is not None:
            # A Chinese character says about as much as three letters.
            counts[script] = counts.get(script, 0) + (3 if script == "CJK" else 1)
    return _SPEAKERS[max(counts, key=lambda script: counts[script])][0] if counts else "en-us"


def voices(tag: str) -> tuple[str, ...]:
    """The synthesiser's names to try for a BCP 47 tag, best first: `zh-HK` is `yue`, `pt-BR` is `pt-br`, then `pt`."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    parts[0] = _OLD.get(parts[0], parts[0])
    if "latn" in parts[1:]:
        return ("-".join(parts),)
    if parts[0] in ("zh", "cmn", "yue", "hak", "hakka", "chinese", "cantonese"):
        return (_chinese(parts),)
    names = tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return ("en-us", *names) if names == ("en",) else names


def speaks(tag: str) -> str:
    """A tag in the one form that `runs` compares: the synthesiser's own name for it."""
    return voices(tag)[0]


def nobody(names: Sequence[str]) -> str:
    """What is said where the synthesiser has no voice of these names."""
    return f"espeak-ng has no voice called {' or '.join(names)}."


def unspoken(said: str, languages: Sequence[str]) -> RenderError:
    """The error for a language that the synthesiser does not speak."""
    hint = f"It speaks {len(languages)} languages: {', '.join(languages)}."
    return RenderError(said, hint=hint, param="language").because("language_unspoken", param="language")


def _chinese(parts: list[str]) -> str:
    said = frozenset(parts)
    if said & _CANTONESE or "cantonese" in said:
        return "yue"
    return "hak" if said & _HAKKA or "hakka" in said else "cmn"


def _speaker(script: str, base: str) -> str:
    if script == "LATIN":
        return base if base.partition("-")[0] not in _OTHER_THAN_LATIN else _SPEAKERS[script][0]
    languages = _SPEAKERS[script]
    return base if base.partition("-")[0] in languages else languages[0]


@lru_cache(maxsize=4096)
def _script(letter: str) -> str | None:
    """The script of a letter; None for digits, blanks, signs, and letters that nothing here speaks."""
    if not letter.isalpha():
        return None
    script = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    return script if script in _SPEAKERS else None
