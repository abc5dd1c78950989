"""Real, tiny files of every kind that a model can make, and some to start from."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from functools import cache

import av
import numpy as np
from PIL import Image

SIZE = (64, 36)
FPS, FRAMES = 8, 8
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><path fill="#{:06x}" d="M0 0h64v36z"/></svg>'

ENDINGS = {"video": ".mp4", "image": ".png", "audio": ".mp3", "text": ".txt", "json": ".json", "svg": ".svg"}
TYPES = {
    "video": "video/mp4",
    "image": "image/png",
    "audio": "audio/mpeg",
    "text": "text/plain",
    "json": "application/json",
    "svg": "image/svg+xml",
}


@cache
def media(kind: str, number: int = 0) -> bytes:
    """A real, tiny file of a kind (video image audio text json svg); each number has other bytes."""
    if kind == "video":
        return _clip(number)
    if kind == "audio":
        return _sound(number)
    if kind == "image":
        return a_png(*SIZE, number)
    if kind == "svg":
        return SVG.format(_grey(number)).encode()
    text = f"flowchart TD\n  a --> b{number}"
    return json.dumps({"text": text}).encode() if kind == "json" else text.encode()


def a_png(width: int = 64, height: int = 36, number: int = 0) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), f"#{_grey(number):06x}").save(out, "PNG")
    return out.getvalue()


@cache
def a_clip(width: int = 64, height: int = 36, seconds: float = 1.0, fps: int = FPS) -> bytes:
    """A clip without sound, for models that start from a video."""
    return _clip(0, (width, height), round(seconds * fps), fps)


def _clip(number: int, size: tuple[int, int] = SIZE, frames: int = FRAMES, fps: int = FPS) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for at in range(frames):
            rgb = np.full((size[1], size[0], 3), (40 * number + 9 * at) % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@cache
def a_sound(seconds: float) -> bytes:
    """A tone, for models that start from a sound."""
    return _sound(0, seconds)


def _sound(number: int, seconds: float = 0.5, rate: int = 44100) -> bytes:
    out = io.BytesIO()
    wave = np.sin(np.arange(round(rate * seconds)) * (220 + 110 * number) * 2 * np.pi / rate) * 8000
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None], "s16", "mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@cache
def start(kind: str, ending: str = "png") -> bytes:
    """A picture, clip or sound of a size that every vendor takes."""
    if kind == "video":
        return a_clip(1280, 720, 5.0, 24)
    if kind == "audio":
        return a_sound(12.0)
    out = io.BytesIO()
    written = {"jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}.get(ending, "PNG")
    Image.new("RGB", (1024, 768), "#446688").save(out, written)
    return out.getvalue()


def _grey(number: int) -> int:
    return (0x203040 + 0x111111 * number) % 0x1000000


def length(data: bytes) -> float:
    """Seconds of a clip or sound; it must be one."""
    with av.open(io.BytesIO(data)) as container:
        assert container.duration is not None
        return container.duration / av.time_base
