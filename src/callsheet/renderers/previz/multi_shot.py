"""Several shots in one clip: cut from one to the next, or led through key pictures, each at its exact frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from callsheet.renderers.previz import first_last, framing, mark, shoot, shots, shots_sound, slate, text_to_video
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


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make the shots of `extra["shots"]`, each `{prompt, image, duration}`, as one clip.

    With a start `image` and a key picture in every shot the picture moves on from key to key: shot i ends exactly on
    its picture. Otherwise the shots are cut: each begins on its own first frame, from its picture or painted from its
    prompt. `extra["transition"]` (`morph` or `cut`) decides against that. The clip lasts as long as its shots together;
    `Made.extra["shots"]` says where each begins and ends.
    """
    listed = shots.given(scene)
    scene = replace(scene, duration=float(sum(shot.frames for shot in listed) / scene.fps))
    if shots.morphs(scene, listed):
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
        here = framed(shoot.unmarked(paths[0], names[0], piece), piece.width, piece.height)
        for place in range(len(listed)):
            there = framed(shoot.unmarked(paths[place + 1], names[place + 1], piece), piece.width, piece.height)
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

    extras = replace(_heard(listed), label=label)
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
    extras = replace(_heard(listed), foot=slate.rows) if painted else _heard(listed)
    made = shoot.clips(scene, out, progress, draw, extras=extras)
    told = [shot.told(index, scene.fps) for index, shot in enumerate(listed)]
    return [replace(one, extra={**one.extra, "shots": told}) for one in made]


def _heard(listed: Sequence[Shot]) -> Extras:
    return Extras(
        score=lambda piece: shots_sound.score(piece, listed), heard=lambda piece: shots_sound.parts(piece, listed)
    )


def _shot(scene: Scene, shot: Shot, brief: Brief, label: str) -> Iterator[Rgb]:
    if scene.image is not None:
        still = shoot.unmarked(scene.image, "image", scene)
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
