"""Writes sound: MP3, WAV, FLAC and M4A that say in their metadata what they are, each whole or not there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import disk
from callsheet.renderers.encode import PREVIEW, SAMPLE_RATE
from callsheet.renderers.landing import landing
from callsheet.renderers.scene import Progress

Stereo = NDArray[np.float32]
Samples = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to write sound: FFmpeg's container and codec, its sample format and settings."""

    content_type: str
    container: str
    codec: str
    sample: str
    bit_rate: int | None = None
    """Of two channels; one takes half."""
    taken: float = 0.0
    """Decibels by which the encoder makes one channel softer at half that rate."""
    settings: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()


FORMATS: Mapping[str, Kind] = MappingProxyType(
    {
        # Level 7 of LAME halves the time at the same size; 192 kbit/s leaves nothing to hear of that. Its presets
        # multiply by 0.95 up to 160 kbit/s, measured as 0.45 dB.
        "mp3": Kind("audio/mpeg", "mp3", "libmp3lame", "s16p", 192_000, 0.45, (("compression_level", "7"),)),
        "wav": Kind("audio/wav", "wav", "pcm_s16le", "s16"),
        "flac": Kind("audio/flac", "flac", "flac", "s16"),
        "m4a": Kind(
            "audio/mp4",
            "ipod",
            "aac",
            "fltp",
            192_000,
            0.0,
            (),
            (("movflags", "+faststart"), ("movie_timescale", str(SAMPLE_RATE))),
        ),
    }
)
"""What sound may be written as, by the format's name."""

_FRAME = {"mp3": 1152, "m4a": 1024}
# RIFF knows no description, and FLAC's is its comment: these fields come back whole.
_WORDS = {"wav": "ISBJ", "flac": "synopsis"}
_AT_ONCE = 1 << 17
_SIDES = {1: "mono", 2: "stereo"}


def write_sound(
    path: Path,
    sound: Stereo | Iterable[Stereo],
    metadata: Mapping[str, Any] | None = None,
    *,
    format: str | None = None,
    frames: int | None = None,
    progress: Progress | None = None,
) -> str:
    """Write float32 in -1..1, an array of shape (n, 2) or (n, 1), or an iterable of them. Returns the content type.

    `format` is mp3, wav, flac or m4a; left out, the ending of `path` says it. All four decode to exactly the samples
    that were given. Of `metadata`, `title` and `comment` (PREVIEW unless given) become tags of their own, the rest goes
    as JSON into the description. `progress` hears 0..1 where `frames`, the number of samples to come, is known: it is
    for an array; given for blocks, another number of samples raises RenderError.

    Raises RenderError for another format and what cannot be encoded, StorageError on a full disk; then no file is left.
    """
    name = (format or path.suffix.lstrip(".")).lower()
    if name not in FORMATS:
        raise RenderError(f"Sound cannot be written as {name!r}.", hint=f"Use one of {', '.join(FORMATS)}.")
    blocks = _cut(sound) if isinstance(sound, np.ndarray) else sound
    promised = len(sound) if isinstance(sound, np.ndarray) else frames
    try:
        with landing(path) as part:
            _encode(part, name, blocks, _tags(dict(metadata or {}), name), _Count(progress, promised))
    except (FFmpegError, OSError) as error:
        if no_room := disk.full(error, "the sound"):
            raise no_room from error
        if isinstance(error, FFmpegError):
            raise RenderError(f"The sound could not be encoded: {error}.") from error
        raise
    return FORMATS[name].content_type


@dataclass(slots=True)
class _Count:
    """Counts samples as they are encoded, tells progress of them, and holds to what was promised."""

    progress: Progress | None
    promised: int | None
    count: int = 0

    def __call__(self, samples: int) -> None:
        self.count += samples
        if self.progress and self.promised:
            self.progress(min(1.0, self.count / self.promised))

    def close(self) -> None:
        if self.promised is not None and self.count != self.promised:
            raise RenderError(f"{self.count} samples came of the promised {self.promised}.")


def _encode(part: Path, name: str, blocks: Iterable[Stereo], tags: Mapping[str, str], count: _Count) -> None:
    kind = FORMATS[name]
    with av.open(str(part), "w", format=kind.container, options=dict(kind.flags)) as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream(kind.codec, rate=SAMPLE_RATE)
        layout, stream.format, stream.options = "stereo", kind.sample, dict(kind.settings)
        at = 0
        for block in _framed((_whole(block, kind.sample) for block in blocks), _FRAME.get(name, 4096)):
            if not at:
                layout = stream.layout = _SIDES[block.shape[1]]
                stream.bit_rate = (kind.bit_rate or 0) * block.shape[1] // 2
            frame = av.AudioFrame.from_ndarray(_planes(block, kind.sample), format=kind.sample, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
            at += len(block)
            count(len(block))
        container.mux(stream.encode(None))
    count.close()


def _cut(sound: Stereo) -> Iterator[Stereo]:
    return (sound[start : start + _AT_ONCE] for start in range(0, len(sound), _AT_ONCE))


def _whole(block: Stereo, sample: str) -> Samples:
    """A block as the codec counts: whole numbers but for AAC."""
    if block.ndim != 2 or block.shape[1] not in _SIDES:
        raise RenderError(f"Sound of shape {block.shape} came where (samples, 2) was awaited.")
    if sample == "fltp":
        return block
    return np.rint(np.clip(block, -1, 1) * np.float32(32_767)).astype(np.int16)


def _framed(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """The same samples in pieces as long as the codec's frames."""
    rest: Samples = np.zeros((0, 2), np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block]) if len(rest) else block
        whole = len(rest) // size * size
        for start in range(0, whole, size):
            yield rest[start : start + size]
        rest = rest[whole:]
    if len(rest):
        yield rest


def _planes(block: Samples, sample: str) -> Samples:
    return np.ascontiguousarray(block).reshape(1, -1) if sample == "s16" else np.ascontiguousarray(block.T)


def _tags(metadata: dict[str, Any], name: str) -> dict[str, str]:
    title = str(metadata.pop("title", "callsheet previz"))
    comment = str(metadata.pop("comment", PREVIEW))
    words = json.dumps(metadata, ensure_ascii=False, sort_keys=True, default=str)
    return {"title": title, "comment": comment, _WORDS.get(name, "description"): words}
