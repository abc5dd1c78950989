"""Reads sound from any file that holds some, a video's too, as stereo at the rate asked for."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.encode import SAMPLE_RATE

Stereo = NDArray[np.float32]


def read_sound(path: Path, rate: int = SAMPLE_RATE, *, name: str = "audio") -> Stereo:
    """The whole sound of a file, float32 of shape (samples, 2). Raises RenderError as `blocks` does."""
    parts = list(blocks(path, rate, name=name))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)


def blocks(path: Path, rate: int = SAMPLE_RATE, *, name: str = "audio") -> Iterator[Stereo]:
    """The sound in blocks as the decoder gives them. One channel is heard on both sides, more are mixed to two.

    Raises RenderError, with `name` as the param, where the file is missing, broken or holds no sound.
    """
    try:
        facts = media.probe(path)
        if not facts.has_audio:
            raise RenderError(f"{name} holds no sound: {facts.content_type}.", param=name).because(
                "media_silent", param=name
            )
        with av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace") as container:
            yield from _decoded(container, rate)
    except (media.NotMedia, media.TooManyPixels) as error:
        raise RenderError(f"{name} cannot be used: {error}", param=name).because(
            "media_unusable", param=name, quoted=str(error)
        ) from error
    except (FFmpegError, OSError) as error:
        raise RenderError(f"{name} cannot be read: {error}.", param=name).because(
            "media_unreadable", param=name
        ) from error


def _decoded(container: Any, rate: int) -> Iterator[Stereo]:
    stream = container.streams.audio[0]
    stream.thread_type = "AUTO"
    single = stream.codec_context.channels == 1
    resampler = av.AudioResampler(format="fltp", layout="mono" if single else "stereo", rate=rate)
    left = _awaited(container, stream, rate)
    for frame in itertools.chain(container.decode(stream), (None,)):
        for part in map(_stereo, resampler.resample(frame)):
            yield part[:left]
            left -= min(left, len(part))


def _awaited(container: Any, stream: Any, rate: int) -> int:
    """How many samples there are: an MP4's last frame is decoded whole, though its track ends within it."""
    if "mp4" in container.format.name and stream.duration:
        return round(stream.duration * stream.time_base * rate)
    return sys.maxsize


def _stereo(frame: Any) -> Stereo:
    planes = np.asarray(frame.to_ndarray(), np.float32)
    return np.ascontiguousarray(np.broadcast_to(planes.T, (planes.shape[1], 2)))
