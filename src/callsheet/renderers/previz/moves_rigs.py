"""The moves of rigs and lenses (pan, tilt, dolly, zoom, crane, orbit), each a pose for a time 0..1."""

from __future__ import annotations

import math

from callsheet.renderers.previz.pose import FOCAL, Look, Pose, glide, part, settle, swell
from callsheet.renderers.previz.take import Take
from callsheet.renderers.previz.warp import pull

_MIDDLE = float(pull(0.35))


def static(t: float, take: Take) -> Pose:
    """Nothing moves; each take only frames a hair differently."""
    return Pose(shift_x=0.025 * take.dice[12], shift_y=0.02 * take.dice[13])


def gentle(t: float, take: Take) -> Pose:
    """What is done when nothing is asked: a slow push-in that breathes."""
    e = glide(t, 0.35) * take.amount
    return Pose(zoom=1 + 0.05 * e, z=0.13 * e).shifted(*take.aim(1 + 0.12 * e))


def pan_left(t: float, take: Take) -> Pose:
    """The camera turns left on its tripod, so the picture travels right."""
    return Pose(yaw=-_sweep(t) * 0.19 * take.amount)


def pan_right(t: float, take: Take) -> Pose:
    """The camera turns right on its tripod, so the picture travels left."""
    return Pose(yaw=_sweep(t) * 0.19 * take.amount)


def tilt_up(t: float, take: Take) -> Pose:
    """The camera nods up: the picture sinks."""
    return Pose(pitch=_sweep(t) * 0.135 * take.amount)


def tilt_down(t: float, take: Take) -> Pose:
    """The camera nods down: the picture rises."""
    return Pose(pitch=-_sweep(t) * 0.135 * take.amount)


def push_in(t: float, take: Take) -> Pose:
    """Towards the subject, coming to rest before it."""
    e = settle(glide(t, 0.4) * 0.86) * take.amount
    return Pose(zoom=1 + 0.12 * e, z=0.28 * e).shifted(*take.aim(1 + 0.34 * e))


def pull_out(t: float, take: Take) -> Pose:
    """Away from the subject until the whole place is seen."""
    return push_in(1 - glide(t, 0.4), take)


def dolly_in(t: float, take: Take) -> Pose:
    """Forward on rails at even speed, low: near things pass, far things hardly grow."""
    e = glide(t, 0.18) * take.amount
    return Pose(z=min(0.6 * e, 0.78), y=-0.1 * take.amount)


def dolly_out(t: float, take: Take) -> Pose:
    """Backward on rails at even speed."""
    return dolly_in(1 - t, take)


def super_dolly_in(t: float, take: Take) -> Pose:
    """A rush deep into the scene: slow, then very fast, then suddenly there."""
    e = swell(t**1.25)
    z = min(0.8 * take.amount, 0.88) * e
    hurry = math.sin(math.pi * min(e, 1.0))
    return Pose(z=z, zoom=1 + 0.5 * e, bulge=0.05 * hurry, look=Look(smear=0.7 if hurry > 0.25 else 0.0))


def super_dolly_out(t: float, take: Take) -> Pose:
    """Torn backward out of the scene."""
    return super_dolly_in((1 - t**1.25) ** 0.8, take)


def zoom_in(t: float, take: Take) -> Pose:
    """The lens closes in: everything grows alike, nothing shifts against anything."""
    return Pose(zoom=math.exp(0.5 * take.amount * glide(t, 0.25)))


def zoom_out(t: float, take: Take) -> Pose:
    """The lens opens: everything shrinks alike."""
    return zoom_in(1 - t, take)


def orbit(t: float, take: Take) -> Pose:
    """Around the subject, which stays in the middle: the ground slides one way, the background the other."""
    angle = _sweep(t)
    across = 0.72 * take.amount * angle
    return Pose(
        x=across, yaw=-math.atan(_MIDDLE * across / FOCAL), z=0.1 * take.amount * (1 - angle * angle), zoom=1.04
    )


def spin(t: float, take: Take) -> Pose:
    """The camera turns about its own axis: a quarter turn when small, a whole one, or two when large."""
    turns = 0.25 if take.amount < 0.8 else math.ceil(take.amount - 0.2)
    return Pose(roll=math.tau * turns * glide(t, 0.4))


def tracking(t: float, take: Take) -> Pose:
    """Sideways on rails beside the subject: near things rush by, far things keep up."""
    bob = 0.008 * math.sin(math.tau * 1.1 * take.seconds * t)
    return Pose(x=_sweep(t, 0.15) * 0.72 * take.amount, y=bob)


def jib_up(t: float, take: Take) -> Pose:
    """The arm lifts the camera straight up, level all the way."""
    return Pose(y=_sweep(t) * 0.34 * take.amount)


def jib_down(t: float, take: Take) -> Pose:
    """The arm lowers the camera straight down."""
    return Pose(y=-_sweep(t) * 0.34 * take.amount)


def crane_over_the_head(t: float, take: Take) -> Pose:
    """Up, forward and over, ending with a look down."""
    e = swell(t) * take.amount
    return Pose(y=0.62 * e, z=0.34 * e, pitch=-0.24 * e, roll=0.02 * e)


def crane_down(t: float, take: Take) -> Pose:
    """From a look down on the place, down in an arc to the people's height."""
    e = (1 - swell(t)) * take.amount
    return Pose(y=0.42 * e - 0.08, pitch=-0.17 * e, x=-0.3 * e, z=0.16 * (1 - e))


def dolly_zoom(t: float, take: Take) -> Pose:
    """Forward while the lens opens: the subject keeps its size and the background falls away."""
    z = min(0.5 * glide(t, 0.3) * take.amount, 0.62)
    near = float(pull(0.45))
    return Pose(z=z, zoom=(1 - z * near) / (1 - 0.5 * near) if take.amount else 1.0)


def whip_pan(t: float, take: Take) -> Pose:
    """Still, then a sudden blurred swing, then still again."""
    e = swell(part(t, 0.3, 0.62)) * 2 - 1
    fast = 0.3 < t < 0.62
    return Pose(yaw=0.24 * e * take.amount, look=Look(smear=0.95 if fast else 0.0))


def _sweep(t: float, ramp: float = 0.3) -> float:
    """From -1 to 1: half the way on either side of the middle, which leaves the most picture."""
    return glide(t, ramp) * 2 - 1
