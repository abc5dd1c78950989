"""What an edit is refused for before anything is decoded: reckoned once, for its renderer and for who asks first.

Every function reads its clips by `read`, so that it can be asked with what headers say, and be sure with what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.edit.cues import Cue, cues
from callsheet.renderers.edit.parts import Part, Reading, faded, fit, joined, part, span, trimmed
from callsheet.renderers.edit.reel import Reel
from callsheet.renderers.frame import SAMPLE_RATE, exact_fps

MOST_PIXELS = 80_000_000
"""Of all frames of an animation together: they are held in memory, as a loop that goes back needs them."""

LEAST_WIDTH = 48
"""A frame on a contact sheet that is narrower than this shows nothing."""

LONGEST_TEXT, MOST_ROWS = 30_000, 500
"""Letters of subtitles, and rows of cues or words, up to which they are read at once."""

Given = Mapping[str, Any]


def looped(given: Given, read: Reading) -> tuple[Part, int, int]:
    """What an animation shows, and its width and height. Raises RenderError where all of it is too much to hold."""
    clip = read(given["video"], "video")
    fps, width = exact_fps(given["fps"]), given["width"]
    height = max(1, round(width * clip.height / clip.width))
    taken = part(clip, fps, *span(given))
    if taken.count * width * height > MOST_PIXELS:
        raise RenderError(
            f"{taken.count} frames of {width}x{height} are too much for one loop.",
            hint="Take a shorter part, a smaller width or fewer frames per second.",
            param="duration",
        ).because("too_many_frames", param="duration", frames=taken.count, width=width, height=height)
    return taken, width, height


def spread(given: Given, read: Reading) -> tuple[Part, NDArray[np.intp], int]:
    """Which frames stand on a contact sheet, first and last among them, of which part, and how wide each is.

    Raises RenderError where so many do not fit beside each other.
    """
    clip = read(given["video"], "video")
    taken = part(clip, clip.fps, *span(given))
    shown = np.unique(clip.shown(taken.start, taken.count, clip.fps))
    cells = given["columns"] * given["rows"]
    places = np.linspace(0, len(shown) - 1, min(cells, len(shown))).round().astype(np.intp)
    return taken, shown[places], _beside(min(given["columns"], len(places)), given["width"])


def margin(width: int) -> int:
    """The room around the frames of a contact sheet, and between them."""
    return max(4, width // 100)


def at_time(clip: Reel, at: float) -> int:
    """The number of the frame that shows at a time. Raises RenderError where the clip is over by then."""
    if at >= clip.seconds:
        raise RenderError(
            f"There is no frame at {at:g} s.",
            hint=f"It lasts {float(clip.seconds):.3f} s; the end is called last.",
            param="at",
        ).because("no_frame_there", param="at", at=at, length=round(float(clip.seconds), 3))
    return int(clip.shown(Fraction(at).limit_denominator(1_000_000), 1, clip.fps)[0])


def heard(given: Given, read: Reading) -> tuple[Reel, Fraction, int]:
    """The clip whose sound is taken, from which second, and how many samples. RenderError where there are none."""
    clip = read(given["video"], "video")
    if not clip.has_audio:
        raise RenderError("video has no sound.", hint="Look at has_audio of the file before.", param="video").because(
            "media_silent", param="video"
        )
    start, end = span(given)
    last = clip.seconds if end is None else min(clip.seconds, Fraction(end).limit_denominator(1_000_000))
    count = round(last * SAMPLE_RATE) - round(start * SAMPLE_RATE)
    if count < 1:
        raise RenderError(
            "Nothing of video lies there.", hint=f"It lasts {float(clip.seconds):.3f} s.", param="start"
        ).because("part_empty", param="video", length=round(float(clip.seconds), 3))
    return clip, Fraction(start).limit_denominator(1_000_000), count


def lettered(given: Given, read: Reading) -> tuple[Reel, list[Cue]]:
    """The clip, and what is lettered onto it. RenderError for no cues, wrong ones, or ones after the clip's end."""
    found = cues(given)
    if given.get("highlight") and not any(cue.words for cue in found):
        raise RenderError("There are no times of words to light up by.", hint="Give words.", param="highlight").because(
            "words_untimed", param="highlight"
        )
    clip = read(given["video"], "video")
    if found[0].start >= clip.seconds:
        raise RenderError(
            f"The first subtitle begins at {float(found[0].start):g} s, after the clip's end.",
            hint=f"The clip lasts {float(clip.seconds):.3f} s.",
            param="offset",
        ).because("begins_too_late", param="offset")
    return clip, found


def length(clip: Reel) -> Fraction:
    """How many seconds a clip lasts whose frames are told at its own rate."""
    return clip.seconds if clip.steady else Fraction(clip.count(clip.fps)) / clip.fps


def begun(given: Given, samples: int) -> int:
    """At which sample a sound begins that is put to a clip of so many. RenderError where that is its end or later."""
    begin = round(given.get("offset", 0) * SAMPLE_RATE)
    if begin >= samples:
        raise RenderError(
            "The sound would begin after the clip's end.", hint="Give a smaller offset.", param="offset"
        ).because("begins_too_late", param="offset")
    return begin


def mixed(begins: Sequence[int], ends: Sequence[int], asked: int | None) -> int:
    """How many samples a mix has: as asked, else to the end of the last track that does not loop (`ends`).

    Raises RenderError where all loop and none is asked for, or where a track would begin after the end.
    """
    if asked is None and not ends:
        raise RenderError(
            "All tracks loop, and nothing says for how long.", hint="Give duration.", param="duration"
        ).because("length_missing", param="duration")
    total = max(ends) if asked is None else asked
    late = next((index for index, begin in enumerate(begins) if begin >= total), None)
    if late is not None:
        raise RenderError(
            f"Track {late + 1} begins after the mix has ended, at {total / SAMPLE_RATE:.3f} s.",
            hint="Give a longer duration, or a smaller offset.",
            param=f"tracks[{late}].offset",
        ).because("begins_too_late", param=f"tracks[{late}].offset")
    return total


def _beside(columns: int, width: int) -> int:
    gap = margin(width)
    wide = (width - 2 * gap - (columns - 1) * gap) // columns
    if wide < LEAST_WIDTH:
        raise RenderError(
            f"{columns} frames do not fit side by side into {width} pixels.",
            hint=f"Give a width of at least {columns * (LEAST_WIDTH + gap) + 2 * gap}, or fewer columns.",
            param="columns",
        ).because("columns_too_many", param="columns", columns=columns, width=width)
    return wide


def _concat(given: Given, read: Reading) -> None:
    parts = joined(given, read)
    fps = exact_fps(given["fps"]) if "fps" in given else parts[0].clip.fps
    fit(parts, fps, faded(given, fps))


def _trim(given: Given, read: Reading) -> None:
    taken = trimmed(given, read)
    fit([taken], taken.clip.fps, faded(given, taken.clip.fps))


def _mix(given: Given, _: Reading) -> None:
    rows: Sequence[Given] = given.get("tracks", ())
    asked = given.get("duration")
    loops = bool(rows) and all(row.get("loop") for row in rows)
    if loops or asked is not None:
        begins = [round(row.get("offset", 0) * SAMPLE_RATE) for row in rows]
        mixed(begins, (), None if asked is None else round(asked * SAMPLE_RATE))


def _mux(given: Given, read: Reading) -> None:
    if given.get("offset") and given.get("when_longer") != "hold":
        begun(given, int(length(read(given["video"], "video")) * SAMPLE_RATE))


def _thumbnail(given: Given, read: Reading) -> None:
    at = given.get("at", "typical")
    if not isinstance(at, str):
        at_time(read(given["video"], "video"), at)


def _burn(given: Given, read: Reading) -> None:
    rows = max(len(given.get(name, ())) for name in ("cues", "words"))
    if len(given.get("subtitles", "")) <= LONGEST_TEXT and rows <= MOST_ROWS:
        lettered(given, read)


EDIT_CHECKS: Mapping[str, Callable[[Given, Reading], object]] = MappingProxyType(
    {
        "concat": _concat,
        "trim": _trim,
        "mix": _mix,
        "mux": _mux,
        "extract-audio": heard,
        "thumbnail": _thumbnail,
        "animation": looped,
        "contact-sheet": spread,
        "burn-subtitles": _burn,
    }
)
"""By capability: raises the RenderError that the renderer would raise."""
