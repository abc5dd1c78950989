"""The moves of bodies and vehicles: handheld, first person, drones, cars, and the camera strapped to a person."""

from __future__ import annotations

import math

from callsheet.renderers.previz.pose import FOCAL, Look, Pose, glide, part, swell
from callsheet.renderers.previz.take import Take


def others(t: float, take: Take) -> Pose:
    """No named move: the camera floats in a slow loop."""
    k, turn = take.amount, math.tau * t + take.dice[0]
    return Pose(
        x=0.2 * k * math.sin(turn),
        y=0.09 * k * math.sin(2 * turn),
        zoom=1 + 0.07 * k * math.sin(math.pi * t) ** 2,
        roll=0.012 * k * math.sin(turn),
    )


def object_pov(t: float, take: Take) -> Pose:
    """What a thing on the ground would see: low, through a wide eye, glancing left, then right, then ahead."""
    left, right, ahead = swell(part(t, 0.08, 0.3)), swell(part(t, 0.42, 0.66)), swell(part(t, 0.78, 0.97))
    look = -left + 2 * right - ahead
    return Pose(
        yaw=0.15 * take.amount * look,
        y=-0.3 * take.amount + 0.012 * take.wander(t, 0, 0.7),
        pitch=0.07,
        z=0.12 * glide(t),
        roll=-0.025 * take.amount * look,
        bulge=0.09,
        look=Look(vignette=0.75),
    )


def snorricam(t: float, take: Take) -> Pose:
    """The camera is strapped to the subject: it stays put while the world swings and leans behind it."""
    k = take.amount
    swing = math.sin(math.tau * t + 0.5 * take.dice[1]) * min(1.0, 5 * t, 5 * (1 - t) + 0.2)
    yaw = 0.16 * k * swing
    lurch = 0.035 * k * math.sin(math.tau * 2.3 * t + take.dice[2])
    return Pose(
        yaw=yaw,
        x=-FOCAL * math.tan(yaw),
        roll=0.17 * k * math.sin(math.tau * t + 0.9 + 0.5 * take.dice[1]),
        y=lurch,
        pitch=lurch / FOCAL,
        look=Look(vignette=0.35),
    )


def head_tracking(t: float, take: Take) -> Pose:
    """The frame follows a head: it drifts off with each turn, and the camera catches up and settles on it again."""
    zoom = 1.42
    aim = take.aim(zoom)
    x = sum(side * _catch_up(t, start) for start, side in ((0.04, 1.0), (0.36, -1.2), (0.68, 0.9)))
    y = sum(side * _catch_up(t, start) for start, side in ((0.04, -0.5), (0.36, 0.3), (0.68, -0.6)))
    k = 0.2 * take.amount
    return Pose(zoom=zoom, shift_x=aim[0] + k * x, shift_y=aim[1] + k * y, x=-0.5 * k * x, y=0.4 * k * y)


def car_grip(t: float, take: Take) -> Pose:
    """On the car: the bonnet stays where it is, the world beyond grows and swings with the road."""
    k = take.amount
    closer = 0.42 * k * glide(t, 0.12)
    bend = 0.12 * k * math.sin(math.tau * (0.9 * t) + take.dice[0])
    shake = 0.007 * take.wander(t, 1, 1.9)
    return Pose(
        zoom=1 + closer,
        z=-closer,
        yaw=bend,
        x=-FOCAL * bend * 0.9,
        roll=-0.22 * bend + 0.003 * take.wander(t, 2, 1.6),
        y=shake,
        shift_y=0.3 * shake,
    )


def car_chasing(t: float, take: Take) -> Pose:
    """After the car in front: fast forward, weaving from lane to lane and leaning into it, every bump felt."""
    k = take.amount
    turn = math.tau * 1.5 * t + 0.6 * take.dice[0]
    return Pose(
        z=min(0.6 * k, 0.78) * glide(t, 0.1),
        x=0.3 * k * math.sin(turn),
        yaw=0.05 * k * math.cos(turn),
        roll=0.055 * k * math.cos(turn),
        y=-0.12 + 0.015 * k * take.wander(t, 1, 1.2),
    )


def fpv_drone(t: float, take: Take) -> Pose:
    """A racing drone: dives in, banks through an S, levels out."""
    k = take.amount
    turn = math.tau * 1.15 * t
    bank = math.sin(turn) * min(1.0, 6 * t)
    return Pose(
        z=min(0.68 * k, 0.8) * glide(t, 0.25) ** 1.3,
        roll=0.3 * k * bank,
        yaw=0.09 * k * bank,
        x=0.22 * k * math.sin(turn - 0.9) * min(1.0, 5 * t),
        y=0.3 * k * (1 - swell(t)) - 0.05,
        pitch=-0.1 * k * (1 - swell(part(t, 0.15, 0.85))),
        bulge=0.04,
        look=Look(smear=0.35),
    )


def handheld(t: float, take: Take) -> Pose:
    """On a shoulder: it breathes, drifts and corrects itself, never twice the same."""
    k = take.amount
    return Pose(
        yaw=k * (0.022 * take.wander(t, 0, 0.37) + 0.005 * take.wander(t, 3, 1.1)),
        pitch=k * (0.019 * take.wander(t, 1, 0.43) + 0.0055 * take.wander(t, 2, 1.2)),
        roll=k * 0.02 * take.wander(t, 2, 0.31),
        x=k * 0.03 * take.wander(t, 3, 0.29),
        zoom=1 + 0.012 * k * take.wander(t, 1, 0.21),
    )


def fpv_shot(t: float, take: Take) -> Pose:
    """Someone's own eyes, walking: each step bobs and sways, the gaze strays and comes back."""
    k = take.amount
    step = math.tau * 1.7 * take.seconds * t + take.dice[0]
    return Pose(
        z=0.34 * k * glide(t, 0.15),
        y=0.05 * k * abs(math.sin(step / 2)) - 0.03,
        x=0.035 * k * math.sin(step / 2),
        roll=0.011 * k * math.sin(step / 2),
        yaw=0.07 * k * (swell(part(t, 0.3, 0.48)) - swell(part(t, 0.6, 0.8))),
        pitch=0.006 * k * math.sin(step),
        bulge=0.03,
    )


def aerial(t: float, take: Take) -> Pose:
    """From a great height, looking down a little, gliding forward over the land in a long lean."""
    k, e = take.amount, glide(t, 0.12)
    return Pose(
        y=0.16 + 0.26 * k * e,
        pitch=-0.15,
        z=0.34 * k * e - 0.06,
        x=0.22 * k * (e - 0.5),
        roll=0.05 * k * math.sin(math.pi * e),
    )


def _catch_up(t: float, start: float) -> float:
    """0, off by 1 in a moment, and slowly back to 0."""
    return swell(part(t, start, start + 0.09)) * (1 - swell(part(t, start + 0.11, start + 0.31)))
