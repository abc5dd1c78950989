"""Clips and sounds with known frames and samples, and what is measured of edits made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from callsheet import catalog
from callsheet.renderers.render import render
from callsheet.renderers.scene import Made, Scene

RATE = 44_100
Rgb = NDArray[np.uint8]
Stereo = NDArray[np.float32]


def edited(capability: str, out: Path, **given: Any) -> Made:
    """One edit by its checked input, media as paths, with every default of the catalogue filled in."""
    model = catalog.load().model(f"edit/{capability}")
    names: dict[str, str] = {}

    def named(value: Any) -> Any:
        if isinstance(value, Path):
            names[f"file_{len(names):026d}"] = str(value)
            return f"file_{len(names) - 1:026d}"
        if isinstance(value, dict):
            return {name: named(one) for name, one in value.items()}
        return [named(one) for one in value] if isinstance(value, list) else value

    checked = model.check(named(given))
    extra = model.with_media(checked, lambda _, id: names[id])
    (made,) = render(Scene(capability=capability, extra=extra), out, lambda share: None)
    return made


def coded(number: int, width: int = 96, height: int = 64, tint: int = 0) -> Rgb:
    """A frame that shows its number: 8 bits as black and white bars, on one of three tints."""
    rgb = np.full((height, width, 3), 90, np.uint8)
    rgb[..., tint] = 190
    bar = width // 8
    for bit in range(8):
        rgb[height // 4 : height * 3 // 4, bit * bar : (bit + 1) * bar] = 235 if number >> bit & 1 else 20
    return rgb


def number_of(rgb: Rgb) -> int:
    """The number that a frame of `coded`, at whatever size, shows."""
    height, width = rgb.shape[:2]
    bar = width / 8
    row = rgb[height * 2 // 5 : height * 3 // 5]
    return sum(
        1 << bit for bit in range(8) if row[:, round(bit * bar + bar / 4) : round(bit * bar + bar * 3 / 4)].mean() > 128
    )


def tint_of(rgb: Rgb) -> int:
    """Which tint a frame of `coded` has."""
    return int(rgb[: max(1, rgb.shape[0] // 6)].reshape(-1, 3).mean(axis=0).argmax())


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3, rate: int = RATE) -> Stereo:
    """A sine on both sides."""
    at = np.arange(round(seconds * rate)) / rate
    return np.repeat((level * np.sin(2 * np.pi * hertz * at)).astype(np.float32)[:, None], 2, axis=1)


def a_clip(
    path: Path,
    frames: int = 24,
    *,
    fps: Fraction | int = 24,
    size: tuple[int, int] = (96, 64),
    tint: int = 0,
    sound: Stereo | None = None,
    rate: int = RATE,
    layout: str = "stereo",
    comment: str = "",
    times: Sequence[int] | None = None,
    draw: Callable[[int], Rgb] | None = None,
    pix_fmt: str = "yuv420p",
) -> Path:
    """A clip of numbered frames. `times` are the frames' own, in thousandths of a second."""
    with av.open(str(path), "w") as container:
        if comment:
            container.metadata["comment"] = comment
        codec = "libx264"
        video: Any = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        video.options = {"crf": "10", "preset": "ultrafast"}
        base = Fraction(1, 1000) if times else 1 / Fraction(fps)
        video.codec_context.time_base = base
        voice: Any = _voice(container, path, rate, layout) if sound is not None else None
        for number in range(frames):
            rgb = draw(number) if draw else coded(number, *size, tint)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = times[number] if times else number, base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound is not None:
            _speak(container, voice, sound, rate, layout)
    return path


def a_sound(path: Path, sound: Stereo, rate: int = RATE, layout: str = "stereo", comment: str = "") -> Path:
    """A sound file by its ending; WAV and FLAC keep every sample."""
    with av.open(str(path), "w") as container:
        if comment:
            container.metadata["comment"] = comment
        _speak(container, _voice(container, path, rate, layout), sound, rate, layout)
    return path


def frames_of(path: Path) -> list[Rgb]:
    """Every decoded frame of a clip as RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def samples_of(path: Path) -> Stereo:
    """Every decoded sample, as the container says they are heard."""
    with av.open(str(path)) as container:
        stream: Any = container.streams.audio[0]
        length = round(stream.duration * stream.time_base * stream.rate)
        parts = [frame.to_ndarray() for frame in container.decode(stream)]
    planes = [part if part.shape[0] == 2 else part.reshape(-1, 2).T for part in parts]
    found = np.concatenate(planes, axis=1).T
    scale = 32_768 if found.dtype == np.int16 else 1
    return (found.astype(np.float32) / scale)[:length]


def seconds_of(path: Path) -> tuple[Fraction, Fraction | None]:
    """How long the picture and the sound of a clip last, by their streams."""
    with av.open(str(path)) as container:
        lengths = [
            Fraction(one.duration) * one.time_base for one in (*container.streams.video, *container.streams.audio)
        ]
    return lengths[0], lengths[1] if len(lengths) > 1 else None


def tags_of(path: Path) -> dict[str, str]:
    """What a container says of itself."""
    with av.open(str(path)) as container:
        return dict(container.metadata)


def level(block: Stereo) -> float:
    """The level of a stretch of sound in decibels of full scale."""
    return 10 * float(np.log10(np.mean(block.astype(np.float64) ** 2) + 1e-20))


def _voice(container: Any, path: Path, rate: int, layout: str) -> Any:
    codec = {".wav": "pcm_s16le", ".flac": "flac", ".mp3": "libmp3lame"}.get(path.suffix, "aac")
    stream = container.add_stream(codec, rate=rate)
    stream.layout = layout
    return stream


def _speak(container: Any, stream: Any, sound: Stereo, rate: int, layout: str) -> None:
    format = stream.format.name
    channels = len(av.AudioLayout(layout).channels)
    wide = np.repeat(sound[:, :1], channels, axis=1) if channels != 2 else sound
    step = {"flac": 4096, "libmp3lame": 1152}.get(stream.codec_context.name, 1024)
    for at in range(0, len(wide), step):
        block = wide[at : at + step]
        planes = block.T if format.endswith("p") else block.reshape(1, -1)
        if format.startswith("s16"):
            planes = np.rint(planes * 32_767).astype(np.int16)
        frame: Any = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes), format=format, layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
