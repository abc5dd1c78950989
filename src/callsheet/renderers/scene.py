"""What a renderer is asked for (Scene) and what it made (Made): complete, exact, and free of any vendor's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

Progress = Callable[[float], None]
"""Called with 0..1 as frames are encoded."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to render. Sizes in pixels and even for video, `duration` in seconds, `camera_move` by its index 1..46.

    `count` pieces are made; piece i uses seed + i. The same scene gives the same frames, whatever the machine.
    `mark` is the small sign that says preview; the file's metadata says so in any case. `extra` holds what only some
    capabilities know (`text`, `voice`, `shots` ...) by canonical name, as JSON; media in it are paths as strings.
    """

    capability: str
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    count: int = 1
    width: int = 1280
    height: int = 720
    fps: Fraction = Fraction(24)
    duration: float = 5.0
    image: Path | None = None
    last_image: Path | None = None
    images: tuple[Path, ...] = ()
    video: Path | None = None
    audio: Path | None = None
    mask: Path | None = None
    camera_move: int | None = None
    motion: str | None = None
    generate_audio: bool = False
    format: str = "mp4"
    mark: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many frames the clip has: the duration rounded to the nearest frame, at least one."""
        return max(1, round(Fraction(self.duration).limit_denominator(100_000) * self.fps))

    @property
    def exact_duration(self) -> Fraction:
        """The length those frames really last, in seconds."""
        return Fraction(self.frames) / self.fps


@dataclass(frozen=True, slots=True)
class Made:
    """One finished file and what was measured of it."""

    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
