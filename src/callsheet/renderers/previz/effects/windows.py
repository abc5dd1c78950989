"""The stretch of a sound in which a prompt is heard, and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.errors import RenderError


@dataclass(frozen=True, slots=True)
class Window:
    """A prompt and the seconds from..to in which it sounds."""

    prompt: str
    start: float
    end: float


def window(shot: Mapping[str, Any], duration: float) -> Window:
    """The window of `{from, to, prompt}`. Raises RenderError where it does not lie in a sound of so many seconds."""
    start, end = float(shot["from"]), float(shot["to"])
    if not (math.isfinite(start) and math.isfinite(end) and 0 <= start < end <= duration):
        raise RenderError(
            f"The window from {start:g} s to {end:g} s does not lie in a sound of {duration:g} s.",
            hint="Each begins before it ends, and ends with the sound at the latest.",
            param="shots",
        ).because("window_outside", param="shots", start=start, end=end, length=duration)
    return Window(str(shot["prompt"]), start, end)
