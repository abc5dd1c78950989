"""Reads what shots a clip has: given one by one, numbered in the prompt, or covered from wide to detail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.scene import Scene

MOST = 24
"""Shots in one clip."""

COVERAGE = ("wide", "medium", "close-up", "detail")
"""How a place is filmed where the prompt does not say: each shot closer than the one before."""

_USUAL = {"wide": 7, "medium": 10, "close-up": 43, "detail": 35}
"""The camera move of each size of shot where none is asked for: push in, tracking, eye-level, handheld."""

# "Shot 1:", "[Shot 2]", "镜头一：", "分镜3 " and the like, where a shot begins.
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_HEAD = re.compile(
    rf"[\[（(【]?\s*(?:\b(?:shot|scene)\s*#?\s*(\d{{1,2}})\b|(?:镜头|分镜|第)\s*({_NUMBER})\s*(?:个?镜头|镜)?)"
    r"\s*[\]）)】]?\s*[:：.,，、\-—–]*\s*",
    re.IGNORECASE,
)
_SECONDS = re.compile(
    r"^\s*[\[（(]?\s*(\d{1,2}(?:\.\d+)?)\s*(?:s|sec|seconds?|秒)\s*[\]）)]?\s*[:：,，]?\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot: what it shows, from which still, how long, and how close (`size` is None where it is a place anew).

    `first` is the index of its first frame in the clip, `frames` how many it has.
    """

    prompt: str
    image: Path | None = None
    size: str | None = None
    first: int = 0
    frames: int = 0

    def told(self, index: int, fps: Fraction) -> dict[str, Any]:
        """What is said of the shot: its number, first frame, frames, start and end in seconds, and what it shows."""
        start, end = Fraction(self.first) / fps, Fraction(self.first + self.frames) / fps
        said = {"shot": index + 1, "frame": self.first, "frames": self.frames}
        said |= {"start": round(float(start), 6), "end": round(float(end), 6)}
        return said | {name: value for name, value in (("size", self.size), ("prompt", self.prompt)) if value}


def given(scene: Scene) -> list[Shot]:
    """The shots of `extra["shots"]`, each `{prompt, image, duration}`; a missing duration shares the scene's evenly."""
    rows: Sequence[Mapping[str, Any]] = scene.extra.get("shots", ())
    if not 1 <= len(rows) <= MOST:
        raise RenderError(f"shots has {len(rows)} items.", hint=f"Give 1 to {MOST}.", param="shots")
    usual = scene.duration / len(rows)
    seconds = [float(row.get("duration") or usual) for row in rows]
    shots = [Shot(str(row.get("prompt") or ""), Path(row["image"]) if row.get("image") else None) for row in rows]
    return timed(shots, seconds, scene.fps)


def morphs(scene: Scene, listed: Sequence[Shot]) -> bool:
    """Whether the shots are led through key pictures. Raises RenderError where that is asked for and one is missing."""
    complete = scene.image is not None and all(shot.image for shot in listed)
    asked = scene.extra.get("transition") or "auto"
    if asked == "morph" and not complete:
        raise RenderError(
            "A morph needs a picture to start from and one in every shot.",
            hint="Give image and shots[].image, or transition cut.",
            param="transition",
        ).because("pictures_missing", param="image", least=1)
    return complete and asked != "cut"


def asked(scene: Scene) -> list[Shot]:
    """The shots of one prompt: as it numbers them, else the usual coverage, closer from cut to cut."""
    numbered = read(scene.prompt)
    if not numbered:
        sizes = COVERAGE[: count_for(scene.duration)]
        shots = [Shot(scene.prompt, scene.image, size) for size in sizes]
        return spread(shots, [1.0] * len(shots), scene)
    sizes = [COVERAGE[min(place, len(COVERAGE) - 1)] for place in range(len(numbered))]
    shots = [
        Shot(text, scene.image, size if scene.image else None) for (text, _), size in zip(numbered, sizes, strict=True)
    ]
    named = [seconds for _, seconds in numbered if seconds]
    usual = sum(named) / len(named) if named else 1.0
    return spread(shots, [seconds or usual for _, seconds in numbered], scene)


def count_for(seconds: float) -> int:
    """How many shots a clip is cut into: 2 up to 5 s, 3 up to 10 s, 4 beyond."""
    return 2 if seconds <= 5 else 3 if seconds <= 10 else 4


def read(prompt: str) -> list[tuple[str, float | None]]:
    """The numbered shots of a prompt, each with its seconds where it says them; none where it numbers fewer than two.

    What stands before the first shot holds for all.
    """
    heads = list(_HEAD.finditer(prompt))
    if len(heads) < 2:
        return []
    opening = prompt[: heads[0].start()].strip(" \n\t,，;；:：")
    ends = [*(head.start() for head in heads[1:]), len(prompt)]
    found: list[tuple[str, float | None]] = []
    for head, end in zip(heads[:MOST], ends, strict=False):
        text = prompt[head.end() : end]
        seconds = _SECONDS.match(text)
        text = text[seconds.end() :] if seconds else text
        whole = ", ".join(part for part in (text.strip(" \n\t,，;；"), opening) if part)
        found.append((whole, float(seconds[1]) if seconds else None))
    return found


def spread(shots: Sequence[Shot], weights: Sequence[float], scene: Scene) -> list[Shot]:
    """The shots over exactly the scene's frames, each by its weight, none shorter than a frame."""
    kept = list(shots)[: scene.frames]
    scale = float(scene.exact_duration) / sum(weights[: len(kept)])
    placed = timed(kept, [weight * scale for weight in weights[: len(kept)]], scene.fps)
    over = sum(shot.frames for shot in placed) - scene.frames
    while over:  # no more than a frame or two, where shots are hardly longer than one
        longest = max(range(len(placed)), key=lambda place: placed[place].frames)
        placed[longest] = replace(placed[longest], frames=placed[longest].frames - (1 if over > 0 else -1))
        over -= 1 if over > 0 else -1
    first = 0
    for place, shot in enumerate(placed):
        placed[place] = replace(shot, first=first)
        first += shot.frames
    return placed


def timed(shots: Sequence[Shot], seconds: Sequence[float], fps: Fraction) -> list[Shot]:
    """The shots one after the other: each begins on the frame nearest to the sum of the seconds before it."""
    made: list[Shot] = []
    time, first = Fraction(0), 0
    for shot, length in zip(shots, seconds, strict=True):
        time += Fraction(length).limit_denominator(100_000)
        last = max(first + 1, round(time * fps))
        made.append(replace(shot, first=first, frames=last - first))
        first = last
    return made


def alone(scene: Scene, shot: Shot, place: int) -> Scene:
    """The scene of one shot: its own words, still and length. A camera move asked for the clip holds for every shot."""
    move = scene.camera_move
    if move is None and shot.size is not None:
        move = _USUAL[shot.size]
    rest = {name: value for name, value in scene.extra.items() if name not in ("shots", "multi_shot")}
    return replace(
        scene,
        prompt=shot.prompt,
        image=shot.image,
        duration=float(Fraction(shot.frames) / scene.fps),
        camera_move=move,
        seed=scene.seed,
        extra=rest | {"shot": place + 1},
    )
