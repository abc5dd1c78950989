"""Strips of clips: several shots, motion control, references, first to last frame, templates."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from callsheet.renderers import render, stills
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.previz import footage, lettering
from callsheet.renderers.previz.painter.compose import paint
from callsheet.renderers.scene import Scene

_FRAME = (240, 135)
_GAP, _LEFT, _LINE = 4, 14, 28
_COLUMNS = 6
_PAPER, _INK, _QUIET = (24, 26, 30), (240, 236, 226), (178, 176, 170)
_SIZE: dict[str, Any] = {"width": 480, "height": 270, "mark": False}

_BAY = (
    "a lighthouse by the sea at dawn",
    "a lighthouse by the sea at golden hour",
    "a lighthouse by the sea at night",
)


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of a sheet: what it shows in a line of words, and its frames."""

    title: str
    note: str
    frames: Sequence[np.ndarray]


def draw(out: Path) -> None:
    """Write `shots.jpg`, `motion.jpg`, `subjects.jpg` and `templates.jpg` into the folder `out`."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _sheet(out / "shots.jpg", _shots(work))
        _sheet(out / "motion.jpg", _motion(work))
        _sheet(out / "subjects.jpg", _subjects(work))
        _sheet(out / "templates.jpg", _templates(work))


def _shots(work: Path) -> list[Strip]:
    keys = [_painted(work, prompt, 4) for prompt in _BAY]
    led = {"shots": [{"image": str(key), "duration": 1.5} for key in keys[1:]]}
    said = {"shots": [{"prompt": text, "duration": 1.5} for text in ("a city skyline in the rain", "a cat in a room")]}
    numbered = "Shot 1: a train in the desert. Shot 2: a camel. Shot 3: the desert at night."
    return [
        _strip("multi-shot", "led through key pictures", work, Scene("multi-shot", image=keys[0], extra=led, **_SIZE)),
        _strip("multi-shot", "cut, by prompts", work, Scene("multi-shot", extra=said, **_SIZE)),
        _strip(
            "text-to-video, multi_shot", "wide, medium, close-up", work,
            Scene("text-to-video", "a fox in a snowy forest at dusk", duration=6, extra={"multi_shot": True}, **_SIZE),
        ),
        _strip(
            "text-to-video, multi_shot", numbered, work,
            Scene("text-to-video", numbered, duration=6, extra={"multi_shot": True}, **_SIZE),
        ),
        _strip(
            "image-to-video, multi_shot", "closer from cut to cut", work,
            Scene("image-to-video", image=_painted(work, "a deer by a lake at dawn", 6), duration=12,
                  extra={"multi_shot": True}, **_SIZE),
        ),
        _strip(
            "first-last-frame", "dawn to night", work,
            Scene("first-last-frame", image=keys[0], last_image=keys[2], duration=2, **_SIZE),
        ),
    ]  # fmt: skip


def _motion(work: Path) -> list[Strip]:
    still = _painted(work, "a castle in the mountains at golden hour", 8, (960, 540))
    made: list[Strip] = []
    for name, note, frames in (
        ("zoom", "the clip zooms in", _zoomed(_picture("a city skyline at night", 3))),
        ("thing", "a thing moves before a still camera", _passing(_picture("a field", 5))),
    ):
        video = work / f"{name}.mp4"
        with ClipWriter(video, 480, 270, Fraction(24), len(frames), crf=14) as clip:
            for frame in frames:
                clip.write(frame)
        made.append(Strip("the clip", note, _picked(frames)))
        made.append(
            _strip("motion-control", "the still, moved so", work,
                   Scene("motion-control", image=still, video=video, duration=2, **_SIZE))
        )  # fmt: skip
    return made


def _subjects(work: Path) -> list[Strip]:
    cat, car = (_painted(work, prompt, 3, (480, 480)) for prompt in ("a cat", "a red car"))
    cast = {"subjects": [{"id": "tom", "images": [str(cat)]}, {"id": "auto", "images": [str(car)]}]}
    place = "@tom and @auto in a street at dusk in the rain"
    return [
        _strip("reference-to-video", place, work,
               Scene("reference-to-video", f"{place}, dolly in", duration=2, extra=cast, **_SIZE)),
        _strip("reference-to-video", "one picture, orbit", work,
               Scene("reference-to-video", "the beach at golden hour, orbit", images=(cat,), duration=2, **_SIZE)),
    ]  # fmt: skip


def _templates(work: Path) -> list[Strip]:
    cat, car, bay = (
        _painted(work, prompt, 3, size)
        for prompt, size in (("a cat", (480, 480)), ("a red car", (480, 480)), (_BAY[1], (480, 270)))
    )
    asked = (("hugging", (cat, car)), ("love_story", (cat, bay)), ("one_shot", (cat, car, bay)), ("balloon", (bay,)))
    return [
        _strip(f"template-to-video, {name}", "an arrangement, not the vendor's effect", work,
               Scene("template-to-video", images=images, duration=4, extra={"template": name}, **_SIZE))
        for name, images in asked
    ]  # fmt: skip


def _strip(title: str, note: str, work: Path, scene: Scene) -> Strip:
    [made] = render.render(scene, work / "out", lambda _: None)
    return Strip(title, note, _picked([footage.rgb(frame) for frame in footage.frames(made.path)]))


def _picked(frames: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [frames[round(at * (len(frames) - 1) / (_COLUMNS - 1))] for at in range(_COLUMNS)]


def _picture(prompt: str, seed: int) -> np.ndarray:
    return paint(prompt, 480, 270, seed)


def _painted(work: Path, prompt: str, seed: int, size: tuple[int, int] = (480, 270)) -> Path:
    path = work / f"{abs(hash((prompt, seed, size)))}.png"
    stills.write_still(path, paint(prompt, *size, seed))
    return path


def _zoomed(picture: np.ndarray) -> list[np.ndarray]:
    scales = [1.0 + 0.012 * at for at in range(48)]
    return [
        cv2.warpAffine(picture, cv2.getRotationMatrix2D((240, 135), 0, scale), (480, 270), flags=cv2.INTER_LINEAR)
        for scale in scales
    ]


def _passing(picture: np.ndarray) -> list[np.ndarray]:
    thing = paint("a red car", 200, 130, 2)
    frames = [picture.copy() for _ in range(48)]
    for at, frame in enumerate(frames):
        x = 200 + at
        frame[110:240, x : x + 200] = thing
    return frames


def _sheet(path: Path, strips: Sequence[Strip]) -> None:
    tall = _LINE + _FRAME[1] + 10
    sheet = np.full((tall * len(strips) + 6, 2 * _LEFT + _COLUMNS * (_FRAME[0] + _GAP), 3), _PAPER, np.uint8)
    for row, strip in enumerate(strips):
        y = row * tall
        lettering.draw(sheet, strip.title, (_LEFT, y + 20), 15, _INK, weight=600)
        beside = _LEFT + lettering.measure(strip.title, 15, weight=600) + 16
        lettering.draw(sheet, strip.note, (beside, y + 20), 14, _QUIET)
        for at, frame in enumerate(strip.frames):
            x = _LEFT + at * (_FRAME[0] + _GAP)
            sheet[y + _LINE : y + _LINE + _FRAME[1], x : x + _FRAME[0]] = cv2.resize(
                frame, _FRAME, interpolation=cv2.INTER_AREA
            )
    Image.fromarray(sheet).save(path, quality=78)
