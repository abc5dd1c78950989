"""Video upscale: every frame enlarged on its own, its time and the sound untouched, one frame in memory at a time."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import encode, media
from callsheet.renderers.landing import landing
from callsheet.renderers.previz import bounds, footage, mark, shoot, unstamped
from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.watermark import Watermark
from callsheet.renderers.scene import Made, Progress, Scene

_KEPT_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
"""What an MP4 may hold; any other sound is written as AAC."""

_BT601, _LIMITED, _BT709_PRIMARIES = 6, 1, 1


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make `out/clip-1.mp4`: the frames of `scene.video` at exactly the scene's size, each at its own time.

    The sound is copied packet by packet; `Made.extra["sound"]` is `copied`, `none`, or the codec it had to be written
    in. Another seed changes nothing, so there is one piece. RenderError for more than `bounds.MOST_OF_ALL`.
    """
    found = footage.facts(scene.video)
    assert scene.video is not None
    bounds.bounded(found, scene)
    path = out / "clip-1.mp4"
    try:
        with landing(path) as part, media.open_video(scene.video) as source:
            said, frames = _through(source, part, scene, found, progress)
    except (FFmpegError, OSError) as error:
        raise RenderError(f"video cannot be enlarged: {error}.", param="video") from error
    made = footage.facts(path)
    extra = {"sound": said, "frames": frames, "from": f"{found.width}x{found.height}"}
    fps = float(found.fps) if found.fps else None
    return [Made(path, "video/mp4", scene.width, scene.height, duration=made.duration, fps=fps, extra=extra)]


def _through(source: Any, part: Path, scene: Scene, found: media.Facts, progress: Progress) -> tuple[str, int]:
    """Read, enlarge and write packet by packet; gives what became of the sound, and how many frames there were."""
    picture = source.streams.video[0]
    picture.thread_type = "AUTO"
    sound = next(iter(source.streams.audio), None)
    kept = unstamped.carried(scene.video)
    fresh = scene.mark and not kept
    tags = {
        **shoot.facts(scene),
        **kept,
        **({"marked": True} if fresh else {}),
        "from": f"{found.width}x{found.height}",
    }
    with _target(part, tags, _ticks(picture, sound)) as target:
        video = _video(target, picture, scene)
        heard = _Sound(target, sound)
        watermark = Watermark.of(scene)
        count = 0
        for packet in source.demux([stream for stream in (picture, sound) if stream is not None]):
            if packet.stream is sound:
                heard.take(packet)
                continue
            for frame in packet.decode():
                _mux(target, video, _enlarged(frame, scene, watermark, stamped=fresh))
                count += 1
                progress(min(count / max(found.frames or count, 1), 1.0) * 0.99)
        heard.flush()
        _mux(target, video, None)
    if not count:
        raise RenderError("video holds no frame that can be decoded.", param="video").because(
            "media_empty", param="video"
        )
    progress(1.0)
    return heard.said, count


@contextlib.contextmanager
def _target(part: Path, tags: dict[str, Any], ticks: int) -> Generator[Any]:
    options = {"movflags": "+faststart", "movie_timescale": str(ticks)}
    with av.open(str(part), "w", format="mp4", options=options) as target:
        rest = {name: value for name, value in tags.items() if name != "title"}
        described = json.dumps(rest, ensure_ascii=False, sort_keys=True, default=str)
        target.metadata.update(title=tags["title"], comment=encode.PREVIEW, description=described)
        yield target


def _ticks(picture: Any, sound: Any) -> int:
    """Ticks a second of which the times of both streams are whole numbers, so that the written lengths are exact."""
    frames = Fraction(picture.time_base).denominator
    both = math.lcm(frames, sound.codec_context.sample_rate) if sound is not None else frames
    return both if both < 2**31 else frames


def _video(target: Any, picture: Any, scene: Scene) -> Any:
    stream = target.add_stream("libx264", rate=picture.average_rate or Fraction(24))
    stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = picture.time_base
    context = stream.codec_context
    context.thread_count = 4
    context.colorspace, context.color_range = _BT601, _LIMITED
    context.color_primaries = context.color_trc = _BT709_PRIMARIES
    large = scene.width * scene.height > 4_000_000
    # A large frame is encoded with little look-ahead: what x264 holds back is what the memory is spent on.
    stream.options = {
        "crf": "18",
        "preset": "ultrafast" if large else "veryfast",
        "rc-lookahead": "4" if large else "20",
        **encode.STEADY,
    }
    return stream


def _enlarged(frame: Any, scene: Scene, watermark: Watermark | None, *, stamped: bool) -> Any:
    planes = _planes(frame, scene.width, scene.height)
    if stamped or watermark is not None:
        rgb = np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420), np.uint8)
        if stamped:
            mark.stamp(rgb)
        if watermark is not None:
            watermark.lay(rgb)
        planes = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
    made = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    made.pts, made.time_base, made.duration = frame.pts, frame.time_base, frame.duration
    made.colorspace, made.color_range = _BT601, _LIMITED
    made.color_primaries = made.color_trc = _BT709_PRIMARIES
    return made


def _planes(frame: Any, width: int, height: int) -> NDArray[np.uint8]:
    """The upright frame enlarged as it is coded: brightness along its edges, the two planes of colour plainly.

    The eye sees sharpness in brightness alone, and a clip holds half of its colours' rows and columns anyway.
    """
    given = frame.format
    halved = given.chroma_width(frame.width) < frame.width and given.chroma_height(frame.height) < frame.height
    form = "yuv420p" if halved else "yuv444p"
    coded = frame.reformat(format=form, dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.MPEG)
    made = np.empty((height * 3 // 2, width), np.uint8)
    made[:height] = enlarge(_upright(coded.planes[0], frame.rotation), width, height)
    colours = made[height:].reshape(2, height // 2, width // 2)
    for index in range(2):
        small = _upright(coded.planes[index + 1], frame.rotation)
        way = cv2.INTER_CUBIC if small.shape[1] < width // 2 else cv2.INTER_AREA
        colours[index] = cv2.resize(small, (width // 2, height // 2), interpolation=way)
    return made


def _upright(plane: Any, rotation: float) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(footage.coded(plane), round(rotation / 90) % 4))


class _Sound:
    """The sound on its way: packets as they are where an MP4 may hold them, else written anew as AAC."""

    def __init__(self, target: Any, source: Any) -> None:
        self._target = target
        self._stream: Any = None
        self._anew = False
        self.said = "none"
        if source is None:
            return
        codec = source.codec_context.name
        self._anew = codec not in _KEPT_SOUND
        self.said = "aac" if self._anew else "copied"
        if self._anew:
            self._stream = target.add_stream("aac", rate=source.codec_context.sample_rate)
            self._stream.layout = "mono" if source.codec_context.channels == 1 else "stereo"
            self._stream.bit_rate = 192_000
        else:
            self._stream = target.add_stream_from_template(source)

    def take(self, packet: Any) -> None:
        if self._anew:
            for frame in packet.decode():
                frame.pts = None
                _mux(self._target, self._stream, frame)
        elif packet.dts is not None:
            packet.stream = self._stream
            self._target.mux(packet)

    def flush(self) -> None:
        if self._anew:
            _mux(self._target, self._stream, None)


def _mux(target: Any, stream: Any, frame: Any) -> None:
    for packet in stream.encode(frame):
        target.mux(packet)
