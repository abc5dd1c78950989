"""Real files of every format that carries a stamp, and what is decoded of them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageSequence

from callsheet.provenance import Provenance

FACTS = Provenance(
    task="task_01",
    model="vidu/viduq3-pro",
    stage="vidu/viduq3-pro/img2video",
    vendor="vidu",
    capability="image-to-video",
    created="2026-11-21T10:00:00.000Z",
    preview=False,
    source="trainedAlgorithmicMedia",
    version="0.1.0",
    ingredients=("a" * 64, "b" * 64),
    tasks=("task_00",),
)
SVG = (
    '<?xml version="1.0"?>\n<!-- a > b --><svg xmlns="http://www.w3.org/2000/svg" data-x="1>2" width="64" height="36">'
    '<path fill="#204060" d="M0 0h64v36z"/></svg>'
)


def _picture(mode: str = "RGB", number: int = 0) -> Image.Image:
    noise = np.random.default_rng(number).integers(0, 256, (36, 64, len(mode)), np.uint8)
    return Image.fromarray(noise, mode if mode != "P" else None)


def _saved(form: str, mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    _picture(mode).save(out, form, **more)
    return out.getvalue()


def _loop(form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    frames = [_picture(number=number) for number in range(4)]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=80, loop=0, **more)
    return out.getvalue()


def _clip(form: str, **asked: str) -> bytes:
    with tempfile.NamedTemporaryFile() as out:
        _write_clip(out.name, form, asked)
        return Path(out.name).read_bytes()


def _write_clip(path: str, form: str, asked: dict[str, str]) -> None:
    with av.open(path, "w", format=form, options=asked) as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(8):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(_picture(number=number)), "rgb24")))
        container.mux(stream.encode(None))


def _sound(form: str, codec: str, sample: str = "s16", **asked: str) -> bytes:
    out = io.BytesIO()
    rate = 44100
    wave = (np.sin(np.arange(rate // 2) / 20) * 9000).astype(np.int16)
    with av.open(out, "w", format=form, options=asked) as container:
        container.metadata["title"] = "A tone"
        stream = container.add_stream(codec, rate=rate, layout="mono", format=sample)
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        for one in av.AudioResampler(sample, "mono", rate).resample(frame):
            container.mux(stream.encode(one))
        container.mux(stream.encode(None))
    return out.getvalue()


MAKERS: dict[str, Callable[[], bytes]] = {
    "png": lambda: _saved("PNG", "RGBA"),
    "apng": lambda: _loop("PNG"),
    "jpeg": lambda: _saved("JPEG"),
    "jpeg with Exif": lambda: _saved("JPEG", exif=_exif()),
    "webp": lambda: _saved("WEBP"),
    "webp, lossless": lambda: _saved("WEBP", "RGBA", lossless=True),
    "webp, moving": lambda: _loop("WEBP", lossless=True),
    "gif": lambda: _saved("GIF"),
    "gif, moving": lambda: _loop("GIF"),
    "svg": lambda: SVG.encode(),
    "mp4": lambda: _clip("mp4"),
    "mp4, index first": lambda: _clip("mp4", movflags="faststart"),
    "mp4, fragments": lambda: _clip("mp4", movflags="frag_keyframe+empty_moov"),
    "mov": lambda: _clip("mov"),
    "m4a": lambda: _sound("ipod", "aac", "fltp"),
    "mp3": lambda: _sound("mp3", "libmp3lame", "s16p"),
    "mp3, ID3v2.3": lambda: _sound("mp3", "libmp3lame", "s16p", id3v2_version="3"),
    "mp3, bare": lambda: _sound("mp3", "libmp3lame", "s16p", id3v2_version="0", write_id3v1="0"),
    "wav": lambda: _sound("wav", "pcm_s16le"),
    "flac": lambda: _sound("flac", "flac"),
}


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "A picture"
    return exif


@cache
def made(kind: str) -> bytes:
    """A small real file of this kind."""
    return MAKERS[kind]()


def decoded(data: bytes, kind: str) -> list[Any]:
    """All that a player or viewer gets of it: pixels, or packets with their times; for a drawing its own markup."""
    if kind == "svg":
        return [data[data.index(b"<path") :]]
    if kind.split(",")[0].split(" ")[0] in ("png", "apng", "jpeg", "webp", "gif"):
        with Image.open(io.BytesIO(data)) as image:
            facts = (image.size, image.info.get("duration"), image.info.get("loop"), getattr(image, "n_frames", 1))
            return [facts, *(frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image))]
    with av.open(io.BytesIO(data)) as container:
        facts = (container.duration, container.metadata.get("title"))
        packets = [(one.pts, one.dts, one.duration, bytes(one)) for one in container.demux() if one.size]
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.to_ndarray().tobytes() for frame in container.decode(container.streams[0])]
    return [facts, *packets, *frames]


def laid(folder: Path, data: bytes, name: str = "made") -> Path:
    """These bytes as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
