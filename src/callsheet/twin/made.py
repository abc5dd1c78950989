"""What the twin makes: a tiny real file of each kind, made once; every copy of it carries its task's id inside."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import numpy as np
from PIL import Image

SIZE = (64, 36)
FPS, FRAMES = 8, 8
RATE, SAMPLES = 44_100, 22_050

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><path fill="#369" d="M0 0h64v36z"/><!--{}--></svg>'
)


@dataclass(frozen=True, slots=True)
class Made:
    """A file's bytes and what is known of it."""

    content: bytes
    content_type: str
    ending: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None


def made(kind: str, mark: str) -> Made:
    """A file of a kind of the catalogue (video image audio text json svg) that opens as such and holds `mark`."""
    return _KINDS[kind](mark)


def _video(mark: str) -> Made:
    box = f"twin {mark}".encode()
    content = _clip() + struct.pack(">I4s", len(box) + 8, b"free") + box
    return Made(content, "video/mp4", ".mp4", *SIZE, FRAMES / FPS, FPS)


def _image(mark: str) -> Made:
    still = _still()
    text = b"tEXtComment\0" + mark.encode("latin-1", "replace")
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return Made(still[:-12] + chunk + still[-12:], "image/png", ".png", *SIZE)


def _audio(mark: str) -> Made:
    text = b"\0" + mark.encode("latin-1", "replace")
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    head = b"ID3\x03\0\0" + bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return Made(head + frame + _sound(), "audio/mpeg", ".mp3", duration=SAMPLES / RATE)


def _svg(mark: str) -> Made:
    return Made(_SVG.format(mark.replace("--", "")).encode(), "image/svg+xml", ".svg", *SIZE)


def _text(mark: str) -> Made:
    return Made(f"flowchart TD\n  twin --> {mark}\n".encode(), "text/plain", ".txt")


def _json(mark: str) -> Made:
    return Made(f'{{"made_by": "twin", "task": "{mark}"}}'.encode(), "application/json", ".json")


_KINDS: Mapping[str, Callable[[str], Made]] = {
    "video": _video,
    "image": _image,
    "audio": _audio,
    "svg": _svg,
    "text": _text,
    "json": _json,
}


@cache
def _clip() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for at in range(FRAMES):
            rgb = np.full((SIZE[1], SIZE[0], 3), 60 + 12 * at, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@cache
def _still() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, "#336699").save(out, "PNG")
    return out.getvalue()


@cache
def _sound() -> bytes:
    out = io.BytesIO()
    wave = (np.sin(np.arange(SAMPLES) * 440 * 2 * np.pi / RATE) * 8000).astype(np.int16)
    with av.open(out, "w", format="mp3", options={"id3v2_version": "0", "write_xing": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
