"""The moves that end in a named framing, and those in which time or the lens does the moving."""

from __future__ import annotations

import math

from callsheet.renderers.previz.pose import FOCAL, Look, Pose, glide, part, rush, settle, swell
from callsheet.renderers.previz.take import Take


def screen_transition(t: float, take: Take) -> Pose:
    """A spinning plunge into the picture, and out of it again on the other side: the join between two shots."""
    out, back = rush(part(t, 0.22, 0.5)), settle(part(t, 0.5, 0.8))
    if t < 0.5:
        return _plunge(out, 0.42 * take.amount, 0.30)
    return _plunge(1 - back, -0.42 * take.amount, -0.30)


def fisheye(t: float, take: Take) -> Pose:
    """The view swells into a ball and turns a little."""
    e = swell(part(t, 0.0, 0.55))
    return Pose(bulge=min(0.24 * take.amount, 0.34) * e, roll=0.09 * take.amount * glide(t), z=0.1 * e)


def timelapse_landscape(t: float, take: Take) -> Pose:
    """A day in seconds over a slow slider: clouds stream, the light goes from a cold dawn over noon to a warm dusk."""
    day = math.sin(math.pi * t) ** 0.8
    warm = 0.16 * (t - 0.35)
    light = (0.72 + 0.3 * day + warm, 0.72 + 0.3 * day, 0.78 + 0.24 * day - 1.1 * warm)
    return Pose(drift=0.85 * take.amount * (t - 0.5), x=0.16 * (glide(t) - 0.5), look=Look(light=light))


def time_lapse_shot(t: float, take: Take) -> Pose:
    """A locked camera that takes few pictures: everything that moves jumps, and the exposure flickers."""
    tick = math.floor(t * take.seconds * 8)
    share = tick / max(take.seconds * 8, 1)
    roll = math.sin(tick * 12.9898 + take.dice[3]) * 43758.5453
    flicker = 0.07 * (roll - math.floor(roll) - 0.5)
    dusk = 0.5 - 0.5 * math.cos(math.tau * 2 * share)
    light = (1 - 0.42 * dusk + flicker, 1 - 0.36 * dusk + flicker, 1 - 0.2 * dusk + flicker)
    return Pose(
        drift=1.1 * take.amount * (share - 0.5),
        shift_x=0.004 * flicker * 10,
        zoom=1 + 0.05 * share,
        look=Look(light=light),
    )


def full_shot_wide(t: float, take: Take) -> Pose:
    """An establishing shot: opens from the subject to the whole place and holds it."""
    near = take.amount * (1 - swell(part(t, 0.0, 0.72)) ** 0.8)
    zoom = 1 + 0.42 * near
    return Pose(zoom=zoom, z=0.2 * near).shifted(*take.aim(zoom))


def full_shot_figure(t: float, take: Take) -> Pose:
    """From the feet up to the head, then back until the whole figure stands in the frame."""
    rise, open_up = swell(part(t, 0.04, 0.56)), swell(part(t, 0.5, 0.92))
    zoom = 1 + 0.5 * take.amount * (1 - open_up)
    room = take.half_height * (1 - 1 / zoom)
    return Pose(zoom=zoom, shift_y=room * (1 - 2 * rise) * 0.95, shift_x=take.aim(zoom)[0])


def close_up(t: float, take: Take) -> Pose:
    """In to the subject, and there it holds, breathing."""
    zoom = 1 + 0.95 * take.amount * swell(part(t, 0.02, 0.68)) + 0.03 * part(t, 0.68, 1.0)
    return Pose(zoom=zoom, z=0.06 * swell(part(t, 0, 0.68))).shifted(*take.aim(zoom))


def extreme_close_up(t: float, take: Take) -> Pose:
    """In twice: to the subject, a beat, then until nothing else is seen."""
    first, second = swell(part(t, 0.02, 0.34)), swell(part(t, 0.48, 0.84))
    zoom = 1 + take.amount * (0.55 * first + 1.5 * second)
    return Pose(zoom=zoom).shifted(*take.aim(zoom))


def macro(t: float, take: Take) -> Pose:
    """So near that only one plane is sharp: it creeps sideways while the focus finds the detail."""
    e = glide(t)
    zoom = 1.9 + 0.35 * take.amount * e
    aim = take.aim(zoom)
    focus = 0.9 - 0.5 * swell(part(t, 0.12, 0.6)) + 0.08 * math.sin(math.tau * 1.2 * part(t, 0.6, 1.0))
    look = Look(focus=focus, aperture=1.0, vignette=0.3)
    return Pose(zoom=zoom, shift_x=aim[0] + 0.16 * (e - 0.5), shift_y=aim[1], z=0.05 * e, look=look)


def birds_eye(t: float, take: Take) -> Pose:
    """Rises and tips over until it looks down, then turns slowly above the place."""
    tip, turn = swell(part(t, 0.0, 0.55)), glide(part(t, 0.3, 1.0), 0.3)
    pitch = -0.42 * tip
    return Pose(pitch=pitch, shift_y=0.9 * FOCAL * math.tan(pitch), roll=0.24 * take.amount * turn, y=0.25 * tip)


def rule_of_thirds(t: float, take: Take) -> Pose:
    """The subject glides from the middle to where the lines of thirds cross, and rests there."""
    e = swell(part(t, 0.1, 0.75))
    zoom = 1 + 0.3 * min(take.amount, 1.2) * swell(part(t, 0.0, 0.4))
    side = -1 if take.subject[0] <= 0 else 1
    third = (side * take.half_width / 3 / zoom, take.half_height / 3 / zoom)
    aim = take.aim(zoom)
    room_x, room_y = take.half_width * (1 - 1 / zoom), take.half_height * (1 - 1 / zoom)
    to_x, to_y = _within(take.subject[0] - third[0], room_x), _within(take.subject[1] - third[1], room_y)
    return Pose(zoom=zoom, shift_x=aim[0] * (1 - e) + to_x * e, shift_y=aim[1] * (1 - e) + to_y * e)


def symmetrical(t: float, take: Take) -> Pose:
    """Comes in askew, squares up on the axis, and goes straight down it."""
    askew, ahead = 1 - swell(part(t, 0.0, 0.5)), glide(part(t, 0.42, 1.0), 0.4)
    k = take.amount
    return Pose(roll=0.07 * k * askew, x=0.4 * k * askew, yaw=0.05 * k * askew, z=0.26 * k * ahead)


def low_angle(t: float, take: Take) -> Pose:
    """Sinks to the ground and looks up: what stands there towers."""
    e = swell(part(t, 0.0, 0.8)) * take.amount
    return Pose(y=-0.36 * e, pitch=0.2 * e, z=0.1 * e)


def eye_level(t: float, take: Take) -> Pose:
    """Comes down from above to the eyes' height, levels out, and stays, with a small step closer."""
    down, closer = swell(part(t, 0.0, 0.5)), glide(part(t, 0.5, 1.0), 0.4)
    high = (1 - down) * take.amount
    return Pose(y=0.42 * high, pitch=-0.15 * high, z=0.09 * closer * take.amount)


def diagonal(t: float, take: Take) -> Pose:
    """Leans over into a Dutch angle and slides along the slope."""
    lean, slide = swell(part(t, 0.0, 0.6)), glide(t, 0.3) - 0.5
    k = take.amount
    return Pose(roll=0.22 * k * lean, shift_x=0.3 * k * slide, shift_y=0.12 * k * slide)


def over_shoulder(t: float, take: Take) -> Pose:
    """Slides in behind somebody: a dark shoulder comes into the frame and what they look at lies beyond."""
    come, e = swell(part(t, 0.0, 0.5)), glide(t, 0.3)
    k = take.amount
    look = Look(shoulder=0.25 + 0.75 * come - 0.06 * part(t, 0.5, 1.0), focus=0.45, aperture=0.0, vignette=0.25)
    return Pose(x=0.34 * k * (0.5 - e), yaw=0.03 * k * (e - 0.5), z=0.14 * k * e, look=look)


def rack_focus(t: float, take: Take) -> Pose:
    """The camera rests while the focus walks from what is near to what is far."""
    walk = swell(part(t, 0.25, 0.75))
    return Pose(zoom=1.06 - 0.03 * walk, z=0.03 * glide(t), look=Look(focus=1.0 - 0.75 * walk, aperture=1.0))


def _plunge(depth: float, lean: float, aside: float) -> Pose:
    zoom = 1 + 2.1 * depth
    room = 1 - 1 / zoom
    return Pose(zoom=zoom, roll=lean * depth, shift_x=aside * room, look=Look(smear=0.95 if depth > 0.02 else 0.0))


def _within(value: float, room: float) -> float:
    return max(-room, min(room, value))
