"""Whether a media file that was measured is what a param takes: formats, bytes, sides, ratio, frame rate, length."""

from __future__ import annotations

from callsheet.catalog.param import Param
from callsheet.errors import InvalidInput, TooLarge


def check_media(
    param: Param,
    *,
    content_type: str,
    bytes: int,
    width: int | None = None,
    height: int | None = None,
    duration: float | None = None,
    fps: float | None = None,
) -> None:
    """Raise InvalidInput (TooLarge for bytes and pixels) naming the first limit that this file breaks.

    A measure that is None was not taken and is not judged. Durations have a tolerance of a twentieth of a second,
    frame rates of a hundredth: containers round both.
    """
    media = param.media
    if media is None:
        return
    at = param.name
    if media.content_types and content_type not in media.content_types:
        raise InvalidInput(
            f"{at} is {content_type}.", hint=f"Takes {', '.join(media.formats)}; convert it first.", param=at
        ).because("format_wrong", param=at, given=content_type, choices=[*media.formats])
    _span(at, "bytes", bytes, media.min_bytes, media.max_bytes)
    if width and height:
        _span(at, "pixels on its shorter side", min(width, height), media.min_side, None)
        _span(at, "pixels on its longer side", max(width, height), None, media.max_side)
        _span(at, "pixels", width * height, None, media.max_pixels)
        _span(at, "width over height", width / height, media.min_ratio, media.max_ratio, 0.01)
    if duration is not None:
        _span(at, "seconds", duration, media.min_duration, media.max_duration, 0.05)
    if fps is not None:
        _span(at, "frames per second", fps, media.min_fps, media.max_fps, 0.01)


def _span(at: str, what: str, found: float, least: float | None, most: float | None, tolerance: float = 0) -> None:
    if least is not None and found < least - tolerance:
        small = InvalidInput(f"{at} has {_figure(found)} {what}.", hint=f"At least {_figure(least)}.", param=at)
        raise small.because(_REASONS[what], param=at, found=found, min=least)
    if most is not None and found > most + tolerance:
        error = TooLarge if what in ("bytes", "pixels") else InvalidInput
        large = error(f"{at} has {_figure(found)} {what}.", hint=f"At most {_figure(most)}.", param=at)
        raise large.because(_REASONS[what], param=at, found=found, max=most)


_REASONS = {
    "bytes": "media_bytes",
    "pixels on its shorter side": "media_shorter_side",
    "pixels on its longer side": "media_longer_side",
    "pixels": "media_pixels",
    "width over height": "media_ratio",
    "seconds": "media_seconds",
    "frames per second": "media_fps",
}
"""What is out of its bounds, in a stable word."""


def _figure(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:.4g}"
