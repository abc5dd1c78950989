"""Which parts of clips an edit takes, reckoned before a frame is decoded, and refused where there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.edit.reel import Reel
from callsheet.renderers.frame import exact_fps

Reading = Callable[[str, str], Reel]
"""Reads a clip by its path, to be spoken of by the name of its param: `reel.reel`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a clip: from `start` seconds, `count` frames at the target's rate; how one passes into it.

    A dissolve lays its `frames` over the end of the one before. A fade through a colour takes half of them from the end
    of the one before and half from this one's beginning, and so costs no time.
    """

    clip: Reel
    start: Fraction
    count: int
    transition: str = "cut"
    frames: int = 0

    @property
    def overlap(self) -> int:
        """How many frames it shares with the one before."""
        return self.frames if self.transition == "dissolve" else 0


def part(clip: Reel, fps: Fraction, start: float = 0, end: float | None = None, *, at: str = "") -> Part:
    """The frames that show from `start` up to `end` seconds, counted at `fps`: a clip's own all, where none are given.

    Raises RenderError, naming the place `at`, where there are none.
    """
    whole = clip.frames if clip.steady and fps == clip.fps else clip.count(fps)
    first = round(Fraction(start).limit_denominator(1_000_000) * fps)
    last = whole if end is None else min(whole, round(Fraction(end).limit_denominator(1_000_000) * fps))
    if first >= last:
        said = "end" if end is not None and end <= start else "start"
        length = float(clip.seconds)
        raise RenderError(
            f"Nothing of {at or clip.name} lies between {start:g} s and {length if end is None else end:g} s.",
            hint=f"It lasts {length:.3f} s.",
            param=f"{at}.{said}" if at else said,
        ).because("part_empty", param=at or clip.name, length=round(length, 3))
    return Part(clip, Fraction(first) / fps, last - first)


def span(given: Mapping[str, Any]) -> tuple[float, float | None]:
    """From which second to which; None where it goes on to the end."""
    start: float = given.get("start", 0)
    return start, start + given["duration"] if "duration" in given else given.get("end")


def rate(given: Mapping[str, Any], clip: Reel) -> Fraction:
    """The frames per second that are asked for, else the clip's own."""
    return exact_fps(given["fps"]) if "fps" in given else clip.fps


def trimmed(given: Mapping[str, Any], read: Reading) -> Part:
    """The part that trim takes out of `video`. Raises RenderError where it lies outside."""
    clip = read(given["video"], "video")
    return part(clip, clip.fps, *span(given))


def joined(given: Mapping[str, Any], read: Reading) -> list[Part]:
    """The parts of `clips` (or `videos`) in order, at the rate asked for or the first clip's."""
    rows = _rows(given)
    known: dict[str, Reel] = {}
    for row in rows:
        known[row["video"]] = known.get(row["video"]) or read(row["video"], row["at"])
    fps = rate(given, known[rows[0]["video"]])
    return [_placed(given, row, known[row["video"]], fps, index) for index, row in enumerate(rows)]


def faded(given: Mapping[str, Any], fps: Fraction) -> tuple[int, int]:
    """How many frames come up from black, and how many go to it."""
    rise, fall = (_frames(given.get(name, 0), fps) for name in ("fade_in", "fade_out"))
    return rise, fall


def fit(parts: Sequence[Part], fps: Fraction, fades: tuple[int, int]) -> None:
    """Raises RenderError where transitions or fades want more frames than there are."""
    taken = heads(parts)
    for index, (one, into) in enumerate(zip(parts, (*taken[1:], 0), strict=True)):
        if one.count < taken[index] + into:
            seconds = one.count / float(fps)
            raise RenderError(
                f"Clip {index + 1} lasts {seconds:.3f} s, which is too short for its transitions.",
                hint="Give them a shorter transition_duration.",
                param="transition_duration",
            ).because("clip_too_short", clip=index + 1, length=round(seconds, 3))
    if sum(fades) > whole(parts):
        raise RenderError("The fades are longer than the whole.", hint="Shorten them.", param="fade_out").because(
            "fades_too_long", param="fade_out"
        )


def whole(parts: Sequence[Part]) -> int:
    """How many frames they have together: those of all parts, less what dissolves share."""
    return sum(one.count - one.overlap for one in parts)


def heads(parts: Sequence[Part]) -> list[int]:
    """How many frames of each part the transition into it takes."""
    return [one.overlap or half(one, first=False) for one in parts]


def half(one: Part | None, *, first: bool) -> int:
    """How many frames of a fade through a colour lie in the part before it (`first`) or in the part itself."""
    if one is None or not one.transition.startswith("fade-"):
        return 0
    return one.frames // 2 if first else one.frames - one.frames // 2


def _rows(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clips with the place where each was named."""
    if "clips" in given:
        return [{**row, "at": f"clips[{index}]"} for index, row in enumerate(given["clips"])]
    return [{"video": path, "at": f"videos[{index}]"} for index, path in enumerate(given["videos"])]


def _placed(given: Mapping[str, Any], row: Mapping[str, Any], clip: Reel, fps: Fraction, index: int) -> Part:
    """The part with the transition into it: its own, else that of all; nothing passes into the first."""
    found = part(clip, fps, row.get("start", 0), row.get("end"), at=row["at"])
    kind = row.get("transition", given.get("transition", "cut"))
    if index == 0 or kind == "cut":
        if index == 0 and "transition" in row and kind != "cut":
            raise RenderError(
                "There is no clip before the first that could pass into it.",
                hint="Use fade_in to begin from black.",
                param="clips[0].transition",
            ).because("transition_first", param="clips[0].transition")
        return found
    seconds = row.get("transition_duration", given.get("transition_duration", 0.5))
    return Part(
        found.clip, found.start, found.count, kind, max(2 if kind.startswith("fade-") else 1, _frames(seconds, fps))
    )


def _frames(seconds: float, fps: Fraction) -> int:
    return round(Fraction(seconds).limit_denominator(100_000) * fps)
