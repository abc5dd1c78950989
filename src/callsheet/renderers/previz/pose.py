"""Where the camera is at one instant, and the curves that bring it there gently."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace

FOCAL = 2.2
"""The lens, in units of half the frame's shorter side: about 49 degrees of view across that side."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the lens and the light do beside moving; the defaults do nothing.

    `light` multiplies red, green and blue. `focus` is the nearness (0 far, 1 near) that is sharp, `aperture` how much
    the rest blurs (0 sharp, 1 strong). `vignette` darkens the corners (0..1). `shoulder` brings a dark out-of-focus
    shoulder in from the right (0 gone, 1 fully there). `smear` blurs along the camera's own motion, in shutter turns:
    0.5 is a film camera's.
    """

    light: tuple[float, float, float] = (1.0, 1.0, 1.0)
    focus: float = 0.5
    aperture: float = 0.0
    vignette: float = 0.0
    shoulder: float = 0.0
    smear: float = 0.0


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Pose:
    """The camera against a still that hangs before it with depth.

    Lengths are in half shorter sides of the frame (so 1 is from the centre to the nearer edge), as a point at nearness
    1 would be seen to move; angles in radians. `zoom` is the focal length (2 shows half as much). `yaw` turns right,
    `pitch` up, `roll` leans the camera clockwise. `x` moves the camera right, `y` up, `z` forward: near things then
    move more than far ones. `shift_x` and `shift_y` slide the frame over the flat picture, right and down. `bulge`
    bends as a fisheye lens does. `drift` carries the sky to the right, as wind carries clouds.
    """

    zoom: float = 1.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    bulge: float = 0.0
    drift: float = 0.0
    look: Look = field(default=PLAIN)

    def moved(self, **changes: float) -> Pose:
        """This pose with these amounts added; `zoom` is multiplied."""
        zoom = self.zoom * changes.pop("zoom", 1.0)
        added = {name: getattr(self, name) + amount for name, amount in changes.items()}
        return replace(self, zoom=zoom, **added)

    def shifted(self, right: float, down: float) -> Pose:
        """This pose with the frame slid further over the picture."""
        return replace(self, shift_x=self.shift_x + right, shift_y=self.shift_y + down)


_GEOMETRY = tuple(part.name for part in fields(Pose) if part.name != "look")


def between(a: Pose, b: Pose, share: float) -> Pose:
    """The pose that share of the way from a to b, with b's look."""
    mixed = {name: getattr(a, name) * (1 - share) + getattr(b, name) * share for name in _GEOMETRY}
    return Pose(**mixed, look=b.look)


def glide(t: float, ramp: float = 0.3) -> float:
    """0 to 1 at even speed with soft ends: the speed rises and falls over the share `ramp` of the time."""
    t = min(max(t, 0.0), 1.0)
    if t > 0.5:
        return 1.0 - glide(1.0 - t, ramp)
    top = 1.0 / (1.0 - ramp)
    if t >= ramp:
        return top * (t - ramp / 2)
    # The integral of a raised cosine: no jump in speed nor in acceleration.
    return top * (t / 2 - ramp / (2 * math.pi) * math.sin(math.pi * t / ramp))


def swell(t: float) -> float:
    """0 to 1, slow, fast, slow."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (t * (6 * t - 15) + 10)


def rush(t: float) -> float:
    """0 to 1, from rest ever faster."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t


def settle(t: float) -> float:
    """0 to 1, fast at first, coming to rest."""
    return 1.0 - rush(1.0 - t)


def part(t: float, start: float, end: float) -> float:
    """How far `t` is between start and end, 0 before and 1 after: for moves that come in steps."""
    return min(max((t - start) / (end - start), 0.0), 1.0)
