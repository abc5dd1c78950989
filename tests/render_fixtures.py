"""Pictures and clips the renderer tests work on, and what is measured of the clips that come out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rgb = NDArray[np.uint8]


def landscape(width: int = 480, height: int = 270, seed: int = 7) -> Rgb:
    """A bright textured place: pale sky, a horizon, and ground full of detail to follow. No pixel is near black."""
    dice = np.random.Generator(np.random.PCG64(seed))
    picture = np.zeros((height, width, 3), np.float32)
    horizon = int(height * 0.55)
    for scale in (4, 9, 20, 45):
        noise = dice.random((max(2, scale), max(2, scale * width // height), 3)).astype(np.float32)
        picture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = 110 + picture * 28
    picture[:horizon] = picture[:horizon] * 0.3 + np.array([150, 170, 190], np.float32)
    for _ in range(40):
        x, y = int(dice.integers(0, width)), int(dice.integers(horizon - height // 8, height))
        size = int(dice.integers(width // 60 + 1, width // 16 + 2))
        colour = tuple(int(v) for v in dice.integers(90, 250, 3))
        cv2.rectangle(picture, (x, y - size), (x + size // 2, y), colour, -1)
    return np.clip(picture, 80, 255).astype(np.uint8)


def save(rgb: Rgb, path: Path) -> Path:
    """The picture as a PNG at `path`."""
    Image.fromarray(rgb).save(path)
    return path


@dataclass(frozen=True, slots=True)
class Measured:
    """What a player would find in a clip, and its frames as RGB."""

    frames: list[Rgb]
    width: int
    height: int
    fps: Fraction
    video_seconds: Fraction
    container_seconds: float
    audio_seconds: Fraction | None
    tags: dict[str, str]
    colour: tuple[int, int, int, int]
    codec: str
    pix_fmt: str


def measure(path: Path) -> Measured:
    """Open a clip as a player would, decode every frame, and note what it says of itself."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        audio: Any = next(iter(container.streams.audio), None)
        context: Any = video.codec_context
        return Measured(
            frames=[frame.to_ndarray(format="rgb24") for frame in container.decode(video)],
            width=video.width,
            height=video.height,
            fps=Fraction(video.average_rate or 0),
            video_seconds=Fraction(video.duration * video.time_base),  # type: ignore[operator]
            container_seconds=container.duration / av.time_base,
            audio_seconds=None if audio is None else Fraction(audio.duration * audio.time_base),
            tags=dict(container.metadata),
            colour=(context.colorspace, context.color_range, context.color_primaries, context.color_trc),
            codec=context.name,
            pix_fmt=context.pix_fmt,
        )


def boxes(path: Path) -> list[str]:
    """The names of an MP4's top-level boxes in their order."""
    data, place, names = path.read_bytes(), 0, []
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        names.append(data[place + 4 : place + 8].decode("latin1"))
        place += size
    return names


def difference(one: Rgb, two: Rgb) -> float:
    """The mean absolute difference in codes, 0..255."""
    return float(cv2.absdiff(one, two).mean())


def grey(rgb: Rgb) -> NDArray[np.uint8]:
    """The picture in shades of grey."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
