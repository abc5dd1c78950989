"""Exact sizes and rates: what a resolution and an aspect ratio come to, even as H.264 4:2:0 needs, and the rates."""

from __future__ import annotations

import re
from fractions import Fraction
from types import MappingProxyType

SAMPLE_RATE = 44_100
"""Every clip's sound, in samples per second."""

SHORT_SIDES = MappingProxyType(
    {
        "360p": 360,
        "480p": 480,
        "540p": 540,
        "720p": 720,
        "768p": 768,
        "1k": 1024,
        "1080p": 1080,
        "2k": 1440,
        "4k": 2160,
        "8k": 4320,
    }
)
"""The length of the shorter side in pixels, by the name of the resolution."""

ASPECT_RATIOS = ("16:9", "9:16", "4:3", "3:4", "1:1", "21:9", "9:21", "3:2", "2:3", "5:4", "4:5")
"""Width to height. Beside these there is `original`: the ratio of the still itself."""

_PIXELS = re.compile(r"([1-9][0-9]{1,4})x([1-9][0-9]{1,4})")


def size(resolution: str | None, aspect_ratio: str | None, original: tuple[int, int] | None = None) -> tuple[int, int]:
    """The width and height in pixels of `720p` at `16:9`: (1280, 720). Both are even.

    The shorter side is the resolution's number; the longer one follows from the ratio, to the nearest even pixel.
    With `original` the ratio is that of the still (`original` is its width and height after EXIF orientation); without
    a resolution too, the still's own size is kept, to the even pixel. A resolution in pixels (`512x512`) is that size
    where no ratio is given; a ratio then keeps its shorter side. Without a ratio the still's is taken, or 16:9 without
    a still; `auto` is the same. Raises ValueError for names it does not know.
    """
    if aspect_ratio in (None, "auto"):
        pixels = _PIXELS.fullmatch(resolution.lower()) if resolution else None
        if pixels:
            return even(int(pixels[1])), even(int(pixels[2]))
        aspect_ratio = "original" if original else "16:9"
    if aspect_ratio == "original":
        return _original(resolution, original)
    if aspect_ratio not in ASPECT_RATIOS:
        raise ValueError(f"aspect_ratio {aspect_ratio!r} is not one of {', '.join(ASPECT_RATIOS)}, original.")
    across, down = (int(part) for part in aspect_ratio.split(":"))
    return _fit(short_side(resolution or "720p"), Fraction(across, down))


def short_side(resolution: str) -> int:
    """The shorter side in pixels of a resolution by name or in pixels, in any case. Raises ValueError for others."""
    pixels = _PIXELS.fullmatch(resolution.lower())
    if pixels:
        return min(int(pixels[1]), int(pixels[2]))
    try:
        return SHORT_SIDES[resolution.lower()]
    except KeyError:
        raise ValueError(
            f"resolution {resolution!r} is not one of {', '.join(SHORT_SIDES)}, or pixels as 512x512."
        ) from None


def exact_fps(fps: float) -> Fraction:
    """A frame rate as a fraction: 23.976, 29.97 and 59.94 are the broadcast rates 24000/1001 and so on."""
    whole = round(fps * 1001 / 1000)
    if fps != round(fps) and abs(fps * 1001 / 1000 - whole) < 0.001:
        return Fraction(whole * 1000, 1001)
    return Fraction(fps).limit_denominator(1001)


def even(length: Fraction | float) -> int:
    """The nearest even whole number, at least 2."""
    return max(2, 2 * int(Fraction(length) / 2 + Fraction(1, 2)))


def _original(resolution: str | None, original: tuple[int, int] | None) -> tuple[int, int]:
    if original is None:
        raise ValueError("aspect_ratio 'original' needs a still to take its size from.")
    width, height = original
    if min(width, height) < 1:
        raise ValueError(f"a still of {width}x{height} pixels has no aspect ratio.")
    if resolution is None:
        return even(width), even(height)
    return _fit(short_side(resolution), Fraction(width, height))


def _fit(short: int, ratio: Fraction) -> tuple[int, int]:
    if ratio >= 1:
        return even(short * ratio), even(short)
    return even(short), even(short / ratio)
