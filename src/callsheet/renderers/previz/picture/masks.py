"""Masks, white on black: edges, subject, depth, and regions that a prompt names by colour, place, brightness or sky."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz import depth
from callsheet.renderers.previz.picture import cutout, left_out, skies
from callsheet.renderers.previz.picture.planes import Plane, Rgb, along_edges, blur, fit, grey, lab

Mask = NDArray[np.uint8]

COLOURS = {
    "red": ((53, 70, 48), "red|scarlet|crimson|红色|红"),
    "orange": ((68, 38, 66), "orange|amber|橙色|橘色|橙"),
    "yellow": ((86, -2, 74), "yellow|gold|golden|黄色|金色|黄"),
    "green": ((55, -42, 38), "green|emerald|绿色|绿"),
    "cyan": ((72, -34, -14), "cyan|teal|turquoise|aqua|青色|青"),
    "blue": ((45, 8, -52), "blue|azure|navy|蓝色|蓝"),
    "purple": ((42, 46, -46), "purple|violet|lavender|紫色|紫"),
    "pink": ((70, 48, -6), "pink|rose|magenta|粉色|粉红|粉"),
    "brown": ((40, 18, 28), "brown|chocolate|棕色|褐色|棕"),
    "black": ((10, 0, 0), "black|黑色|黑"),
    "grey": ((55, 0, 0), "grey|gray|silver|灰色|银色|灰"),
    "white": ((95, 0, 3), "white|ivory|cream|白色|白"),
}
"""A colour's name: its usual Lab, and the words for it."""

PLACES = {
    "left": "left|左边|左侧|左面|左",
    "right": "right|右边|右侧|右面|右",
    "top": "top|upper|above|上方|上面|顶部|上半",
    "bottom": "bottom|lower|below|下方|下面|底部|下半",
    "centre": "centre|center|middle|中间|中央|中心",
}
PARTS = {
    "sky": "sky|天空|天上",
    "background": "background|backdrop|surroundings|背景",
    "bright": "bright|brightest|highlights|light areas|亮部|高光|明亮|亮",
    "dark": "dark|darkest|shadows|shadow|暗部|阴影|黑暗|暗",
}
_SUBJECT = "subject|main object|foreground|主体|主体物|前景"
_NOTHING = frozenset(
    ("a", "an", "the", "of", "in", "on", "at", "to", "and", "with", "for", "is", "are", "my", "his", "her", "its", "it",
     "this", "that", "please", "select", "find", "mask", "segment", "thing", "part", "side", "half", "area", "object",
     "region")
)  # fmt: skip
"""Words that ask for nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Region:
    """What a prompt's words came to: the mask, the words it stands on (`left_out`: to leave out what they name), those
    it says nothing about, and whether all that was named was found: None where words alone decide, as for a colour."""

    mask: Mask
    used: tuple[str, ...]
    unused: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    certainty: float | None = None
    sure: bool = True


def edges(rgb: Rgb) -> Mask:
    """The contours, white lines on black: the strongest tenth of the slopes and what hangs on to them."""
    colours = blur(lab(rgb), max(0.8, min(rgb.shape[:2]) / 700))
    dx = np.asarray(cv2.Scharr(colours, cv2.CV_32F, 1, 0, scale=1 / 32), np.float32)
    dy = np.asarray(cv2.Scharr(colours, cv2.CV_32F, 0, 1, scale=1 / 32), np.float32)
    strongest = np.argmax(dx * dx + dy * dy, axis=2)[..., None]
    dx, dy = (np.take_along_axis(part, strongest, axis=2)[..., 0] for part in (dx, dy))
    steep = np.hypot(dx, dy)
    high = max(float(np.quantile(steep, 0.93)), 1.2)  # a slope of 1.2 in Lab is not seen as an edge
    scale = 30_000 / max(float(steep.max()), 1e-3)
    slope_x, slope_y = ((part * scale).astype(np.int16) for part in (dx, dy))
    lines = cv2.Canny(slope_x, slope_y, high * 0.45 * scale, high * scale, L2gradient=True)
    wide = max(1, round(min(rgb.shape[:2]) / 480))
    return np.asarray(cv2.dilate(lines, np.ones((wide, wide), np.uint8)) if wide > 1 else lines, np.uint8)


def subject(rgb: Rgb) -> tuple[Mask, cutout.Cutout]:
    """The subject in white, and how certainly one stands out."""
    found = cutout.cut(rgb)
    return _binary(found.alpha), found


def nearness(rgb: Rgb) -> Mask:
    """Depth as grey levels, near white and far black, over the full range, drawn to the picture's edges."""
    near = fit(depth.nearness(rgb), rgb.shape[1], rgb.shape[0])
    near = along_edges(grey(rgb), np.asarray(near, np.float32), max(rgb.shape) / 60, 0.004)
    low, high = np.quantile(near, [0.005, 0.995])
    return np.clip((near - low) / max(float(high - low), 1e-3) * 255 + 0.5, 0, 255).astype(np.uint8)


def named(rgb: Rgb, prompt: str) -> Region | None:
    """The region that the words of a prompt name; None where it has no word that can be measured.

    Colours, left, right, top, bottom, centre, sky, background, bright and dark are measured, and narrow each other.
    What else it asks for (a car, a face) is recognised by no one here: those words are returned as unused. What it
    leaves out ("everything but the sky") is taken away. Raises RenderError where that is none of these or not clear.
    """
    asked = left_out.asked(prompt)
    if not asked.out:
        return _named(rgb, asked.kept)
    kept = _named(rgb, asked.kept, whole=True) or _kept(rgb, asked.kept)
    mask = kept.mask > 0
    away: list[Region] = []
    for thing in asked.out:
        region = _named(rgb, thing, whole=True)
        if region is None:
            raise left_out.unknown(thing)
        away.append(region)
        mask &= region.mask == 0
    parts = (kept, *away)
    certain = [part.certainty for part in parts if part.certainty is not None]
    return Region(
        (mask * np.uint8(255)).astype(np.uint8),
        kept.used,
        tuple(word for part in parts for word in part.unused),
        tuple(word for part in away for word in part.used),
        min(certain, default=None),
        all(part.sure for part in parts) and bool(mask.any()),
    )


def _kept(rgb: Rgb, words: str) -> Region:
    """What a prompt keeps that names nothing that is measured: the whole picture, or its subject, never surely."""
    unused = tuple(unmeasured(words))
    if not unused:
        return Region(np.full(rgb.shape[:2], 255, np.uint8), (), ())
    found = cutout.cut(rgb)
    return Region(_binary(found.alpha), (), unused, certainty=found.certainty, sure=False)


def _named(rgb: Rgb, text: str, *, whole: bool = False) -> Region | None:
    """The region of a text that leaves nothing out. `whole`: a side alone is that side, not the subject on it."""
    found: list[NDArray[np.bool_]] = []
    colours, rest = _pick(text, {name: words for name, (_, words) in COLOURS.items()})
    parts, rest = _pick(rest, PARTS)
    places, rest = _pick(rest, PLACES)
    main, rest = _pick(rest, {"subject": _SUBJECT})
    unused = unmeasured(rest)
    used = [*colours, *parts, *places, *main]
    if not used:
        return None
    if colours:
        found.append(_coloured(rgb, colours, earthly=bool(unused) and "sky" not in parts))
    found += [_part(rgb, part) for part in parts]
    side = whole and not unused
    thing = cutout.cut(rgb) if main or "background" in parts or (places and not found and not side) else None
    if thing and (main or not found):
        found.append(thing.alpha > 0.5)
    found += [_place(rgb.shape[:2], place) for place in places]
    mask = np.logical_and.reduce(found)
    return Region(
        (mask * np.uint8(255)).astype(np.uint8),
        tuple(used),
        tuple(unused),
        certainty=thing.certainty if thing else None,
        sure=bool(mask.any()) and (thing is None or thing.sure),
    )


def unmeasured(text: str) -> list[str]:
    """The words of a prompt that say something, of which nothing is measured here."""
    words = re.findall(r"[a-z]+|[\u3400-\u9fff]+", text.lower())
    kept = (word.strip("的在里上中") for word in words if word not in _NOTHING)
    return [word for word in kept if word]


def _pick(text: str, table: dict[str, str]) -> tuple[list[str], str]:
    """The names whose words the text has, and the text without those words."""
    names: list[str] = []
    for name, words in table.items():
        for word in sorted(words.split("|"), key=len, reverse=True):
            pattern = rf"\b{word}\b" if word.isascii() else re.escape(word)
            text, count = re.subn(pattern, " ", text)
            if count and name not in names:
                names.append(name)
    return names, text


def _coloured(rgb: Rgb, names: list[str], *, earthly: bool) -> NDArray[np.bool_]:
    """Where the picture has one of the colours: nearer to it than to any other, in whole patches.

    `earthly` leaves out the sky and its clouds, but not what hangs in it: words that name a thing mean no sunset.
    """
    colours = blur(lab(cv2.medianBlur(np.ascontiguousarray(rgb), 3)), max(0.6, min(rgb.shape[:2]) / 700))  # type: ignore[arg-type]
    best, which = np.full(rgb.shape[:2], np.inf, np.float32), np.zeros(rgb.shape[:2], np.int8)
    for index, (usual, _) in enumerate(COLOURS.values()):
        away = _unlike(colours, usual)
        which[away < best] = index
        best = np.minimum(best, away)
    order = list(COLOURS)
    chosen = np.isin(which, [order.index(name) for name in names])
    if earthly:
        chosen &= ~skies.sky(rgb, hanging=False)
    wide = max(3, round(min(rgb.shape[:2]) / 160)) | 1
    closed = cv2.morphologyEx(chosen.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
    found = cutout.cleaned(closed > 0, 0.04)
    thing = cutout.cut(rgb)
    inside = thing.alpha > 0.5
    # A red car has windows and wheels: where the subject is mostly of that colour, the whole subject is meant.
    return found | inside if thing.sure and (found & inside).sum() > 0.3 * inside.sum() else found


def _unlike(colours: Plane, usual: tuple[int, int, int]) -> Plane:
    """A distance in which hue counts most where there is one, and brightness where there is none."""
    light, a, b = usual
    chroma, own = np.hypot(colours[..., 1], colours[..., 2]), float(np.hypot(a, b))
    hue = (
        2
        * np.sqrt(np.maximum(chroma * own, 0))
        * np.sin(np.abs(np.angle(np.exp(1j * (np.arctan2(colours[..., 2], colours[..., 1]) - np.arctan2(b, a))))) / 2)
    )
    plain = 1.0 if own < 8 else 0.5  # black, grey and white differ by brightness alone
    away = (0.7 * plain * (colours[..., 0] - light)) ** 2 + (0.6 * plain * (chroma - own)) ** 2 + (1.25 * hue) ** 2
    return np.asarray(away, np.float32)


def _part(rgb: Rgb, part: str) -> NDArray[np.bool_]:
    if part == "background":
        return cutout.cut(rgb).alpha < 0.5
    if part == "sky":
        return skies.sky(rgb)
    soft = blur(grey(rgb), min(rgb.shape[:2]) / 120)
    dim, lit = np.quantile(soft, [0.3, 0.7])
    return soft >= max(float(lit), 0.5) if part == "bright" else soft <= min(float(dim), 0.5)


def _place(size: tuple[int, int], place: str) -> NDArray[np.bool_]:
    rows, columns = size
    mask = np.zeros(size, bool)
    window = {
        "left": (slice(None), slice(0, columns // 2)),
        "right": (slice(None), slice(columns // 2, None)),
        "top": (slice(0, rows // 2), slice(None)),
        "bottom": (slice(rows // 2, None), slice(None)),
        "centre": (slice(rows // 4, rows - rows // 4), slice(columns // 4, columns - columns // 4)),
    }[place]
    mask[window] = True
    return mask


def _binary(plane: Plane) -> Mask:
    return ((plane > 0.5) * np.uint8(255)).astype(np.uint8)
