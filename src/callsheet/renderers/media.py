"""What a file really is: type, size and length read from its headers, whatever its name says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from callsheet.renderers import sniff

MAX_PIXELS = 100_000_000
"""The most pixels a still, or one frame of a video, may have unless a caller says otherwise."""

# Pillow's own guard warns first and raises later; ours refuses right after the header, and always.
Image.MAX_IMAGE_PIXELS = None

_STILL_ERRORS = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError)


class NotMedia(ValueError):
    """The bytes are not a still, video or sound that can be read; the message says what they look like instead."""


class TooManyPixels(ValueError):
    """The header promises more pixels than are accepted; nothing was decoded."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the headers of one file say.

    `kind` is image, video or audio. Sizes are in pixels as shown (EXIF orientation and rotation applied), `duration`
    in seconds, `fps` exact; `frames` is the container's count, or reckoned where it keeps none.
    """

    content_type: str
    kind: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: Fraction | None = None
    frames: int | None = None
    has_audio: bool = False
    sample_rate: int | None = None
    channels: int | None = None
    codec: str | None = None


def probe(path: Path, max_pixels: int = MAX_PIXELS) -> Facts:
    """Read what a still, video or sound is, from its headers only.

    Raises NotMedia for anything else (an empty file, HTML, a playlist that names other files, a truncated header) and
    TooManyPixels before a single pixel is decoded.
    """
    found = sniff.sniff(path)
    if found is None:
        raise NotMedia(f"{sniff.describe(path)} is not an image, a video or a sound that can be read.")
    if found.kind == "image":
        return _probe_still(path, found, max_pixels)
    return _probe_stream(path, found, max_pixels)


def load_still(path: Path, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """A still as RGB, shape (height, width, 3), upright, and flattened over white where it is transparent.

    The first frame of an animation counts. Raises NotMedia and TooManyPixels as `probe` does.
    """
    return _load(path, max_pixels, _flatten)


def load_cutout(path: Path, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """A still with its transparency as RGBA, shape (height, width, 4), upright. Raises as `load_still` does."""
    return _load(path, max_pixels, lambda image: (image if _see_through(image) else _flatten(image)).convert("RGBA"))


@contextlib.contextmanager
def open_video(path: Path, max_pixels: int = MAX_PIXELS) -> Generator[Any]:
    """Open a video for decoding with the demuxer its bytes call for, and no other file or address in reach.

    Gives PyAV's input container. Raises NotMedia and TooManyPixels as `probe` does.
    """
    facts = probe(path, max_pixels)
    if facts.kind != "video":
        raise NotMedia(f"{facts.content_type} is not a video.")
    found = sniff.sniff(path)
    with _container(path, found) as container:  # type: ignore[arg-type]
        yield container


def _probe_still(path: Path, found: sniff.Sniffed, max_pixels: int) -> Facts:
    with _still(path, found, max_pixels) as image:
        width, height = image.size
        if _orientation(image) >= 5:
            width, height = height, width
        return Facts(found.content_type, "image", width, height, codec=(image.format or "").lower() or None)


@contextlib.contextmanager
def _still(path: Path, found: sniff.Sniffed, max_pixels: int) -> Generator[Image.Image]:
    try:
        image = Image.open(path)
    except _STILL_ERRORS as error:
        raise NotMedia(f"It begins like {found.content_type}, but its header cannot be read.") from error
    with image:
        _check_size(*image.size, max_pixels)
        yield image


def _load(path: Path, max_pixels: int, convert: Callable[[Image.Image], Image.Image]) -> NDArray[np.uint8]:
    found = sniff.sniff(path)
    if found is None or found.kind != "image":
        raise NotMedia(f"{sniff.describe(path)} is not an image that can be read.")
    with _still(path, found, max_pixels) as image:
        turn = _orientation(image)
        try:
            image.load()
            pixels = convert(image)
        except _STILL_ERRORS as error:
            raise NotMedia(f"The {found.content_type} image is damaged: {error}.") from error
        return _upright(np.asarray(pixels), turn)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise NotMedia(f"The picture is {width}x{height} pixels: it shows nothing.")
    if width * height > max_pixels:
        raise TooManyPixels(
            f"The picture is {width}x{height}, {width * height:,} pixels; at most {max_pixels:,} are accepted."
        )


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8. PNG keeps it in a chunk that Pillow would decode the picture to look for: only if seen."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1
    try:
        turn = image.getexif().get(0x0112, 1)
    except _STILL_ERRORS:
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(image)
    if _see_through(image):
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB")


def _see_through(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _from_deep(image: Image.Image) -> Image.Image:
    """Deep grey to 8 bits: integers by their full range of 16 bits, floats from 0..1, or 0..255 if they exceed 1."""
    values = np.nan_to_num(np.asarray(image, np.float32))
    whole = 65_535.0 if image.mode.startswith("I") else 255.0 if values.size and values.max() > 1 else 1.0
    grey = np.clip(values * (255.0 / whole) + 0.5, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _upright(pixels: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    if turn >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _container(path: Path, found: sniff.Sniffed) -> Any:
    return av.open(
        str(path), format=found.demuxer, options={"protocol_whitelist": "file"}, metadata_errors="replace", timeout=20
    )


def _probe_stream(path: Path, found: sniff.Sniffed, max_pixels: int) -> Facts:
    try:
        with _container(path, found) as container:
            picture = next((s for s in container.streams.video if not _is_cover(s)), None)
            sound = next(iter(container.streams.audio), None)
            if picture is not None:
                return _video_facts(container, picture, sound, found, max_pixels)
            if sound is not None:
                return _audio_facts(container, sound, found)
    except (FFmpegError, OSError) as error:
        raise NotMedia(f"It begins like {found.content_type}, but cannot be read: {_plain(error)}.") from error
    raise NotMedia(f"The {found.content_type} file holds neither picture nor sound.")


def _is_cover(stream: Any) -> bool:
    """A song's cover picture is a video stream in FFmpeg's eyes, but not in a listener's."""
    return bool(stream.disposition & stream.disposition.attached_pic)


def _video_facts(container: Any, picture: Any, sound: Any, found: sniff.Sniffed, max_pixels: int) -> Facts:
    width, height = picture.codec_context.width, picture.codec_context.height
    _check_size(width, height, max_pixels)
    if _quarter_turned(picture):
        width, height = height, width
    rate = picture.average_rate or picture.guessed_rate
    duration = _length(picture) or _container_length(container)
    frames = picture.frames or (round(duration * rate) if duration and rate else None)
    return Facts(
        found.content_type,
        "video",
        width,
        height,
        duration=duration,
        fps=Fraction(rate) if rate else None,
        frames=frames,
        has_audio=sound is not None,
        sample_rate=sound.codec_context.sample_rate if sound is not None else None,
        channels=sound.codec_context.channels if sound is not None else None,
        codec=picture.codec_context.name,
    )


def _quarter_turned(picture: Any) -> bool:
    """Phones film on their side and say so in a display matrix; PyAV shows it as the frames' rotation."""
    for frame in _first_frames(picture):
        return abs(round(frame.rotation / 90)) % 2 == 1
    return False


def _first_frames(picture: Any) -> Generator[Any]:
    with contextlib.suppress(FFmpegError, StopIteration):
        yield next(picture.container.decode(picture))


def _audio_facts(container: Any, sound: Any, found: sniff.Sniffed) -> Facts:
    kind = found.content_type.replace("video/", "audio/")
    return Facts(
        kind,
        "audio",
        duration=_container_length(container) or _length(sound),
        has_audio=True,
        sample_rate=sound.codec_context.sample_rate,
        channels=sound.codec_context.channels,
        codec=sound.codec_context.name,
    )


def _length(stream: Any) -> float | None:
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None


def _container_length(container: Any) -> float | None:
    return container.duration / av.time_base if container.duration else None


def _plain(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
