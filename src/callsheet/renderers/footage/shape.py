"""What is measured of a clip, as plain data: seconds from its first frame, brightness and motion from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of a palette: 0..255 each, and its share of the picture."""

    red: int
    green: int
    blue: int
    share: float


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera moved in a shot, in picture widths a second; `zoom` is the growth a second, `turn` in degrees.

    `right` is positive where the camera goes right (the picture moves left), `up` where it rises. `word` names the
    strongest: static, pan right, pan left, tilt up, tilt down, zoom in, zoom out, turn, or handheld where it shakes.
    """

    word: str
    right: float = 0.0
    up: float = 0.0
    zoom: float = 0.0
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Shot:
    """From one cut to the next. `frames` counts its pictures; `motion` is the mean change between them, 0..1."""

    start: float
    end: float
    frames: int
    motion: float
    brightness: float
    contrast: float
    warmth: float
    saturation: float
    camera: Camera
    palette: tuple[Colour, ...]


@dataclass(frozen=True, slots=True)
class Footage:
    """A whole clip. `cuts` are the seconds at which a new shot begins; the first shot's beginning is none.

    `motion` and `brightness` hold one value for each second begun.
    """

    width: int
    height: int
    fps: float
    frames: int
    duration: float
    has_audio: bool
    shots: tuple[Shot, ...]
    motion: tuple[float, ...]
    brightness: tuple[float, ...]

    @property
    def cuts(self) -> tuple[float, ...]:
        return tuple(shot.start for shot in self.shots[1:])
