"""Several shots in one clip: cut from one to the next, or led through key pictures, each at its exact frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.encode import SAMPLE_RATE, samples
from callsheet.renderers.previz import first_last, framing, mark, shoot, shots, slate, sound, text_to_video
from callsheet.renderers.previz.flow import bridge
from callsheet.renderers.previz.image_to_video import over_still
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.shoot import Extras, Rgb
from callsheet.renderers.previz.shots import Shot
from callsheet.renderers.scene import Made, Progress, Scene

Renderer = Callable[[Scene, Path, Progress], list[Made]]

THROUGH = 0.55
"""How fast the picture passes a key picture in the middle, 1 being the mean speed: it slows down but does not stop."""

_OVERLAP = 0.06
_FADES = 1.0


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make the shots of `extra["shots"]`, each `{prompt, image, duration}`, as one clip.

    With a start `image` and a key picture in every shot the picture moves on from key to key: shot i ends exactly on
    its picture. Otherwise the shots are cut: each begins on its own first frame, from its picture or painted from its
    prompt. `extra["transition"]` (`morph` or `cut`) decides against that. The clip lasts as long as its shots together;
    `Made.extra["shots"]` says where each begins and ends.
    """
    listed = shots.given(scene)
    scene = replace(scene, duration=float(sum(shot.frames for shot in listed) / scene.fps))
    if _morphs(scene, listed):
        return through(scene, listed, out, progress)
    start = scene.image
    opened = [
        replace(shot, image=start) if index == 0 and not shot.image else shot for index, shot in enumerate(listed)
    ]
    return cut(scene, opened, out, progress)


def where_asked(one: Renderer) -> Renderer:
    """`one`, and where a scene asks for several shots (`extra["multi_shot"]`) an edit of them instead."""

    def rendered(scene: Scene, out: Path, progress: Progress) -> list[Made]:
        if not scene.extra.get("multi_shot"):
            return one(scene, out, progress)
        return cut(scene, shots.asked(scene), out, progress)

    return rendered


def score(scene: Scene, listed: Sequence[Shot]) -> NDArray[np.float32] | None:
    """The sound of the shots one after the other: it changes with each cut, over a few hundredths of a second."""
    if not scene.generate_audio:
        return None
    total = samples(scene.frames, scene.fps)
    mixed = np.zeros((total, 2), np.float32)
    lap = round(_OVERLAP * SAMPLE_RATE)
    for place, shot in enumerate(listed):
        start = samples(shot.first, scene.fps) - (lap // 2 if place else 0)
        last = place == len(listed) - 1
        end = total if last else samples(shot.first + shot.frames, scene.fps) + lap // 2
        part = _heard(scene, shot, place, end - start, first=place == 0, last=last)
        ramp = np.sin(np.linspace(0, np.pi / 2, lap, dtype=np.float32))[:, None]
        if place:
            part[: len(ramp)] *= ramp[: len(part)]
        if not last:
            part[-len(ramp) :] *= ramp[::-1][-len(part) :]
        mixed[start : start + len(part)] += part[: total - start]
    return np.clip(mixed, -1, 1)


def _heard(scene: Scene, shot: Shot, place: int, count: int, *, first: bool, last: bool) -> NDArray[np.float32]:
    """`count` samples of a shot's own sound, without the fades that a whole clip begins and ends with."""
    lead = 0 if first else _FADES
    tail = 0 if last else _FADES
    seconds = count / SAMPLE_RATE + lead + tail + 2 / float(scene.fps)
    longer = replace(shots.alone(scene, shot, place), duration=seconds)
    heard = sound.score(longer)
    assert heard is not None
    if last:
        return heard[len(heard) - count :].copy()
    start = round(lead * SAMPLE_RATE)
    return heard[start : start + count].copy()


def _morphs(scene: Scene, listed: Sequence[Shot]) -> bool:
    complete = scene.image is not None and all(shot.image for shot in listed)
    asked = scene.extra.get("transition") or "auto"
    if asked == "morph" and not complete:
        raise RenderError(
            "A morph needs a picture to start from and one in every shot.",
            hint="Give image and shots[].image, or transition cut.",
            param="transition",
        )
    return complete and asked != "cut"


def through(
    scene: Scene, listed: Sequence[Shot], out: Path, progress: Progress, framed: Callable[[Rgb, int, int], Rgb] = fit
) -> list[Made]:
    """From `scene.image` through every shot's picture: shot i ends on it, on the very frame that its time says.

    The clip's last frame is the last picture. `framed` brings a picture to the frame's size.
    """
    keys = [0, *(shot.first + shot.frames for shot in listed[:-1]), scene.frames - 1]
    paths = [scene.image, *(shot.image for shot in listed)]
    names = ["image", *(f"shots[{index}].image" for index in range(len(listed)))]
    starts = [shot.first for shot in listed]

    def draw(piece: Scene) -> Iterator[Rgb]:
        here = framed(shoot.still(paths[0], names[0]), piece.width, piece.height)
        for place in range(len(listed)):
            there = framed(shoot.still(paths[place + 1], names[place + 1]), piece.width, piece.height)
            count = keys[place + 1] - keys[place]
            part = replace(piece, duration=float((count + 1) / piece.fps))
            pace = (THROUGH if place else 0.0, THROUGH if place < len(listed) - 1 else 0.0)
            for index, frame in enumerate(first_last.morph(here, there, bridge(here, there), part, pace)):
                if index < count or place == len(listed) - 1:
                    yield frame
            here = there

    def label(index: int) -> str:
        place = sum(start <= index for start in starts)
        return f"{mark.WORD} {place}/{len(listed)}"

    extras = Extras(score=lambda piece: score(piece, listed), label=label)
    made = shoot.clips(scene, out, progress, draw, extras=extras)
    told = [{**shot.told(index, scene.fps), "key_frame": keys[index + 1]} for index, shot in enumerate(listed)]
    return [replace(one, extra={**one.extra, "shots": told}) for one in made]


def cut(scene: Scene, listed: Sequence[Shot], out: Path, progress: Progress) -> list[Made]:
    """One shot after the other, each from its picture or painted from its words; they last as long as the scene."""
    briefs = _briefs(scene, listed)
    total = sum(shot.frames for shot in listed)
    assert total == scene.frames

    def draw(piece: Scene) -> Iterator[Rgb]:
        for place, shot in enumerate(listed):
            yield from _shot(shots.alone(piece, shot, place), shot, briefs[place], f"shot {place + 1}/{len(listed)}")

    painted = any(shot.image is None for shot in listed)
    extras = Extras(score=lambda piece: score(piece, listed), foot=slate.rows if painted else lambda _: 0)
    made = shoot.clips(scene, out, progress, draw, extras=extras)
    told = [shot.told(index, scene.fps) for index, shot in enumerate(listed)]
    return [replace(one, extra={**one.extra, "shots": told}) for one in made]


def _shot(scene: Scene, shot: Shot, brief: Brief, label: str) -> Iterator[Rgb]:
    if scene.image is not None:
        still = shoot.still(scene.image, "image")
        yield from over_still(framing.of_still(still, shot.size, scene.width, scene.height), scene)
        return
    composed = framing.of_painting(shot.size, scene.width, scene.height)
    facts = (label,) if shot.size is None else (label, shot.size)
    yield from text_to_video.frames(scene, brief, composed, facts)


def _briefs(scene: Scene, listed: Sequence[Shot]) -> list[Brief]:
    """What each shot paints: where its own words name no place, it stays in that of the shot before."""
    made: list[Brief] = []
    for shot in listed:
        brief = read(shot.prompt, scene.negative_prompt)
        if made and not brief.named:
            before = made[-1]
            brief = replace(brief, setting=before.setting, named=before.named, time=before.time, weather=before.weather)
        made.append(brief)
    return made
