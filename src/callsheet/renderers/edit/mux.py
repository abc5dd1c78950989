"""Gives a clip a sound: the pictures are copied bit for bit where that can be, and encoded anew where it cannot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from callsheet.errors import RenderError
from callsheet.renderers.edit.checks import begun
from callsheet.renderers.edit.checks import length as own_length
from callsheet.renderers.edit.conform import target
from callsheet.renderers.edit.frames import Stereo, pictures, sound
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.edit.tracks import Track, length, mixed
from callsheet.renderers.encode import SAMPLE_RATE, ClipWriter, Tape, tags
from callsheet.renderers.landing import landing
from callsheet.renderers.media import open_video
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.read import blocks

_COPIED = frozenset({"h264", "hevc"})
_SOFT_END = SAMPLE_RATE * 3 // 100
"""Samples over which a sound that is cut goes, so that it does not click."""
_AUDIO_FRAME = 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """How long it will be: its frames at the clip's rate, and its samples."""

    clip: Reel
    frames: int
    samples: int

    @property
    def held(self) -> bool:
        """Whether its last frame is held."""
        return self.frames > self.clip.count(self.clip.fps)


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Put `audio` to `video`, in place of its own sound or over it."""
    given = scene.extra
    clip = reel(given["video"])
    count = length(Path(given["audio"]), "audio")
    plan = _plan(clip, round(given.get("offset", 0) * SAMPLE_RATE) + count, hold=given.get("when_longer") == "hold")
    begin = begun(given, plan.samples)
    heard = mixed(_tracks(given, plan, begin, count), plan.samples, given.get("loudness"))
    path, copied = out / "clip.mp4", not plan.held and _can_copy(clip)
    told = notes(scene, [clip.path, given["audio"]], pictures="copied" if copied else "encoded")
    if copied:
        _copy(clip, heard, plan.samples, path, told, progress)
    else:
        _encode(plan, heard, path, told, progress)
    seconds = float(plan.frames / clip.fps) if plan.held or clip.steady else float(clip.seconds)
    facts = {"pictures": told["pictures"], "preview": told["preview"], "inputs": told["inputs"]}
    return [Made(path, "video/mp4", clip.width, clip.height, seconds, float(clip.fps), facts)]


def _plan(clip: Reel, ends: int, *, hold: bool) -> Plan:
    frames = clip.count(clip.fps)
    seconds = own_length(clip)
    if hold and Fraction(ends, SAMPLE_RATE) > seconds:
        frames = max(frames, math.ceil(Fraction(ends, SAMPLE_RATE) * clip.fps))
        seconds = Fraction(frames) / clip.fps
    return Plan(clip, frames, int(seconds * SAMPLE_RATE))


def _tracks(given: Mapping[str, Any], plan: Plan, begin: int, count: int) -> list[Track]:
    room = plan.samples - begin
    looped = given.get("when_shorter") == "loop" and count < room
    fall = round(given.get("fade_out", 0) * SAMPLE_RATE)
    new = Track(
        open=lambda: blocks(Path(given["audio"])),
        count=room if looped else min(count, room),
        at=begin,
        gain=given.get("gain", 0.0),
        rise=round(given.get("fade_in", 0) * SAMPLE_RATE),
        fall=max(fall, min(_SOFT_END, room)) if looped or count > room else fall,
        lead=True,
        period=count if looped else None,
    )
    if not given.get("keep") or not plan.clip.has_audio:
        return [new]
    own = Track(lambda: sound(plan.clip, Fraction(0), plan.samples), plan.samples, duck=given.get("duck", 0.0))
    return [own, new]


def _can_copy(clip: Reel) -> bool:
    """Whether an MP4 can take the pictures as they are: whole, upright, and from its very beginning on."""
    with open_video(clip.path) as container:
        stream = container.streams.video[0]
        first = next(container.decode(stream), None)
        fits = "mov" in container.format.name and stream.codec_context.name in _COPIED and clip.times[0] == 0
        if not fits or first is None or round(first.rotation) != 0:
            return False
        container.seek(0)
        return not any(packet.is_discard for packet in container.demux(stream))


def _encode(plan: Plan, heard: Iterator[Stereo], path: Path, told: Mapping[str, Any], progress: Progress) -> None:
    clip, aim = plan.clip, target({}, plan.clip)
    numbers = np.minimum(clip.shown(Fraction(0), plan.frames, clip.fps), clip.frames - 1)
    with ClipWriter(
        path, aim.width, aim.height, aim.fps, plan.frames, heard, told, progress=progress, crf=17
    ) as writer:
        for rgb in pictures(clip, numbers):
            writer.write(aim.fitted(rgb))


def _copy(
    clip: Reel, heard: Iterator[Stereo], count: int, path: Path, told: Mapping[str, Any], progress: Progress
) -> None:
    try:
        with (
            landing(path) as part,
            open_video(clip.path) as source,
            av.open(
                str(part), "w", format="mp4", options={"movflags": "+faststart", "movie_timescale": "44100"}
            ) as made,
        ):
            made.metadata.update(tags(told))
            taken = source.streams.video[0]
            shown: Any = made.add_stream_from_template(taken)
            voice = _Voice(made, heard, count)
            for packet in source.demux(taken):
                if packet.dts is None:
                    continue
                seconds = packet.dts * packet.time_base
                voice.speak(round(seconds * SAMPLE_RATE))
                packet.stream = shown
                made.mux(packet)
                progress(min(1.0, max(0.0, float(seconds / clip.seconds))))
            voice.close()
    except FFmpegError as error:
        raise RenderError(f"The clip could not be written: {error}.") from error


class _Voice:
    """The sound of a container that is being written, encoded as far as the pictures have come."""

    def __init__(self, container: Any, heard: Iterator[Stereo], count: int) -> None:
        self._container, self._tape, self._count, self._at = container, Tape(heard), count, 0
        self._stream: Any = container.add_stream("aac", rate=SAMPLE_RATE)
        self._stream.layout, self._stream.bit_rate = "stereo", 192_000

    def speak(self, until: int) -> None:
        """Encode up to this sample, in whole frames of the codec."""
        while self._at < self._count and self._at + _AUDIO_FRAME <= until:
            block = self._tape.take(min(_AUDIO_FRAME, self._count - self._at))
            frame: Any = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._at, Fraction(1, SAMPLE_RATE)
            self._container.mux(self._stream.encode(frame))
            self._at += len(block)

    def close(self) -> None:
        """Encode the rest."""
        self.speak(self._count + _AUDIO_FRAME)
        self._container.mux(self._stream.encode(None))
