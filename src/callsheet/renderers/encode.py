"""Writes clips: H.264 and AAC in an MP4 that is whole or not there, exact to the frame and to the sample."""

from __future__ import annotations

import contextlib
import json
import math
import queue
import threading
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import CallsheetError, RenderError
from callsheet.renderers import disk
from callsheet.renderers.frame import SAMPLE_RATE
from callsheet.renderers.landing import landing
from callsheet.renderers.scene import Progress

Sound = NDArray[np.float32] | Iterable[NDArray[np.float32]]

PREVIEW = "callsheet previz: a preview, not a generated result"
"""The comment in every previz file's metadata."""

# x264's output depends on its thread count, so the count is a constant: the same scene gives the same bytes anywhere.
_THREADS = 4
STEADY = {"mbtree": "0"}
"""x264 without its macroblock tree, whose vector code reads memory it never wrote: frames of small clips would differ
by what lay there before. It costs an eighth in size, at slightly better quality."""
_AHEAD = 4
_AUDIO_FRAME = 1024
_BT601, _LIMITED, _BT709_PRIMARIES = 6, 1, 1


def samples(frames: int, fps: Fraction) -> int:
    """How many whole samples of sound fit into that many frames, so that sound never outlasts the picture."""
    return int(Fraction(frames) / fps * SAMPLE_RATE)


class ClipWriter:
    """One MP4 clip: `with ClipWriter(path, 1280, 720, Fraction(24), 120) as clip:` and `clip.write(rgb)` per frame.

    `width` and `height` are even. `frames` is a promise: leaving the block with more or fewer raises RenderError.
    `audio` is stereo float32 in -1..1, shape (samples(frames, fps), 2), or blocks (n, 2) that come to as many and are
    asked for as they are needed, or None for a silent clip. `metadata` is added as JSON to the file's description;
    `title` and `comment` (PREVIEW unless given) in it become tags. `progress` hears 0..1 as frames are encoded.

    Encoding runs in its own thread, so that the next frame is drawn meanwhile. The file appears under `path` only when
    it is complete and on disk; after an error, or when the block is left by one, nothing is left.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: Fraction,
        frames: int,
        audio: Sound | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
        crf: int = 20,
        preset: str = "veryfast",
    ) -> None:
        _check(width, height, fps, frames, audio)
        self._path = path
        self._shape = (height, width, 3)
        self._fps = fps
        self._frames = frames
        self._audio = audio
        self._metadata = dict(metadata or {})
        self._progress = progress
        self._quality = {"crf": str(crf), "preset": preset, **STEADY}
        self._written = 0
        self._queue: queue.Queue[NDArray[np.uint8] | None] = queue.Queue(_AHEAD)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._landing = landing(path)

    def __enter__(self) -> Self:
        self._part = self._landing.__enter__()
        self._thread.start()
        return self

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Take the next frame: uint8 RGB of shape (height, width, 3). The array may be drawn over afterwards."""
        if rgb.shape != self._shape:
            raise RenderError(f"A frame of shape {rgb.shape} came for a clip of {self._shape}.")
        if self._written >= self._frames:
            raise RenderError(f"More than the promised {self._frames} frames were drawn.")
        self._put(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8))
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stop(abandon=error is not None)
            if error is None and self._written != self._frames:
                raise RenderError(f"{self._written} frames were drawn of the promised {self._frames}.")
            self._raise_failure()
        except BaseException as ours:
            if not self._landing.__exit__(type(ours), ours, ours.__traceback__):
                raise
        else:
            self._landing.__exit__(kind, error, trace)

    def _put(self, planes: NDArray[np.uint8]) -> None:
        while True:
            self._raise_failure()
            with contextlib.suppress(queue.Full):
                self._queue.put(planes, timeout=0.2)
                return

    def _stop(self, *, abandon: bool) -> None:
        if abandon:
            self._failure = self._failure or _Abandoned()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Full):
                self._queue.put(None, timeout=0.05)
                break
        self._thread.join()
        if isinstance(self._failure, _Abandoned):
            self._failure = None

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise _explained(self._failure) from self._failure

    def _run(self) -> None:
        try:
            with _Muxer(self._part, self._shape[1], self._shape[0], self._fps, self._quality, self._metadata) as muxer:
                if self._audio is not None:
                    muxer.add_sound(Tape(self._audio), samples(self._frames, self._fps))
                for index in range(self._frames):
                    planes = self._queue.get()
                    if planes is None or self._failure is not None:
                        return
                    muxer.write(planes, index)
                    if self._progress:
                        self._progress((index + 1) / self._frames)
                muxer.flush()
        except BaseException as error:
            self._failure = self._failure or error


class Tape:
    """Sound to be taken in pieces of any length, from one array or from blocks that are asked for when needed."""

    def __init__(self, sound: Sound) -> None:
        self._blocks = iter([sound] if isinstance(sound, np.ndarray) else sound)
        self._rest = np.zeros((0, 2), np.float32)

    def take(self, count: int) -> NDArray[np.float32]:
        """The next `count` samples, shape (count, 2); fewer only at the end."""
        parts, missing = [self._rest], count - len(self._rest)
        while missing > 0 and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            missing -= len(block)
        held = np.concatenate(parts) if len(parts) > 1 else self._rest
        self._rest = held[count:]
        return held[:count]


class _Abandoned(Exception):
    """The caller left its block by an error: the file is not wanted any more."""


class _Muxer:
    """The container and its streams; everything here runs in the encoder's thread."""

    def __init__(
        self, path: Path, width: int, height: int, fps: Fraction, quality: dict[str, str], metadata: dict[str, Any]
    ) -> None:
        flags = {"movflags": "+faststart", "movie_timescale": str(_timescale(fps))}
        self._container = av.open(str(path), "w", format="mp4", options=flags)
        self._container.metadata.update(tags(metadata))
        self._video = _video_stream(self._container, width, height, fps, quality)
        self._tick = 1 / fps
        self._fps = fps
        self._sound: Any = None
        self._tape: Tape | None = None
        self._heard = self._owed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def add_sound(self, tape: Tape, count: int) -> None:
        self._sound = self._container.add_stream("aac", rate=SAMPLE_RATE)
        self._sound.layout = "stereo"
        self._sound.bit_rate = 192_000
        self._tape, self._owed = tape, count

    def write(self, planes: NDArray[np.uint8], index: int) -> None:
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = index, self._tick
        frame.colorspace, frame.color_range = _BT601, _LIMITED
        frame.color_primaries, frame.color_trc = _BT709_PRIMARIES, _BT709_PRIMARIES
        self._mux(self._video, frame)
        self._hear(samples(index + 1, self._fps))

    def flush(self) -> None:
        if self._tape is not None:
            self._hear(self._owed + _AUDIO_FRAME)
            if self._heard != self._owed or len(self._tape.take(1)):
                raise RenderError(
                    f"Other than the promised {self._owed} samples of sound came: {self._heard} and more."
                )
            self._mux(self._sound, None)
        self._mux(self._video, None)

    def _hear(self, until: int) -> None:
        """Encode the sound up to a sample. It begins at 0: the muxer's edit list hides the codec's 1024 of priming."""
        while self._tape is not None and self._heard < self._owed and self._heard + _AUDIO_FRAME <= until:
            part = self._tape.take(min(_AUDIO_FRAME, self._owed - self._heard))
            if not len(part):
                return
            planes = np.ascontiguousarray(part.T, np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._heard, Fraction(1, SAMPLE_RATE)
            self._mux(self._sound, frame)
            self._heard += len(part)

    def _mux(self, stream: Any, frame: Any) -> None:
        for packet in stream.encode(frame):
            self._container.mux(packet)


def _video_stream(container: Any, width: int, height: int, fps: Fraction, quality: dict[str, str]) -> Any:
    stream = container.add_stream("libx264", rate=fps)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = 1 / fps
    context = stream.codec_context
    context.thread_count = _THREADS
    context.gop_size = max(1, round(2 * fps))
    # What OpenCV's conversion really is: BT.601 matrix, limited range. Untagged, players take HD for BT.709.
    context.colorspace, context.color_range = _BT601, _LIMITED
    context.color_primaries, context.color_trc = _BT709_PRIMARIES, _BT709_PRIMARIES
    stream.options = quality
    return stream


def _timescale(fps: Fraction) -> int:
    """Ticks a second of which both frames and samples are whole numbers, so that the written durations are exact."""
    both = math.lcm(fps.numerator, SAMPLE_RATE)
    return both if both < 2**31 else fps.numerator


def tags(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as a clip's tags: `title` and `comment` (PREVIEW unless given), the rest as JSON in the description."""
    rest = {key: value for key, value in metadata.items() if key not in ("title", "comment")}
    return {
        "title": str(metadata.get("title", "callsheet previz")),
        "comment": str(metadata.get("comment", PREVIEW)),
        "description": json.dumps(rest, ensure_ascii=False, sort_keys=True, default=str),
    }


def _check(width: int, height: int, fps: Fraction, frames: int, audio: Sound | None) -> None:
    if width % 2 or height % 2 or min(width, height) < 2:
        raise RenderError(f"A clip of {width}x{height} cannot be: H.264 needs even sides of at least 2 pixels.")
    if frames < 1 or fps <= 0:
        raise RenderError(f"A clip of {frames} frames at {fps} per second cannot be.")
    if isinstance(audio, np.ndarray) and audio.shape != (samples(frames, fps), 2):
        raise RenderError(f"Sound of shape {audio.shape} came for a clip of ({samples(frames, fps)}, 2).")


def _explained(error: BaseException) -> CallsheetError:
    if isinstance(error, CallsheetError):
        return error
    if no_room := disk.full(error, "the clip"):
        return no_room
    return RenderError(f"The clip could not be encoded: {str(error) or type(error).__name__}.")
