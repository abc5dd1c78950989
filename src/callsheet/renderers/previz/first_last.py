"""First and last frame: a morph along optical flow that begins exactly at one still and ends exactly at the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.flow import Bridge, bridge
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.previz.pose import glide, part, swell
from callsheet.renderers.previz.sampling import Padded, look_up, padded
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import Take, take
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """From `scene.image` to `scene.last_image`, both fitted whole into the frame without distortion."""
    first = fit(shoot.unmarked(scene.image, "image", scene), scene.width, scene.height)
    last = fit(shoot.unmarked(scene.last_image, "last_image", scene), scene.width, scene.height)
    way = bridge(first, last)
    return shoot.clips(scene, out, progress, lambda piece: morph(first, last, way, piece))


def morph(first: Rgb, last: Rgb, way: Bridge, scene: Scene, pace: tuple[float, float] = (0.0, 0.0)) -> Iterator[Rgb]:
    """Every frame of the morph: the first is `first` and the last is `last`, to the byte.

    `pace` is how fast it leaves the one and arrives at the other, 1 being the mean speed; it rests at both ends by 0.
    """
    this = take(scene.seed, None, float(scene.exact_duration), scene.width, scene.height)
    end = scene.frames - 1
    start, goal = padded(first), padded(last)
    for index in range(scene.frames):
        if index == 0:
            yield first.copy()
        elif index == end:
            yield last.copy()
        else:
            yield _between(start, goal, way, index / end, this, pace)


def _between(first: Padded, last: Padded, way: Bridge, t: float, this: Take, pace: tuple[float, float]) -> Rgb:
    """Both stills carried to where they meet at this moment, the one giving way to the other.

    Takes differ in their pace and in a slight arc that the whole picture swings through.
    """
    share = _paced(t, *pace) if any(pace) else glide(t, 0.3 + 0.1 * this.dice[10])
    fade = 0.01 + 0.98 * swell(part(t, 0.24, 0.76))
    swing = 0.03 * math.sin(math.pi * t) * min(first.shape[:2]) / 2
    arc = np.array([swing * this.dice[11], swing * this.dice[12]]).astype(np.float32)
    here, sure = way.from_first(share, arc)
    there, sure_too = way.from_last(share, arc)
    # What one picture never showed is taken from the other alone, whatever the moment.
    sure *= np.float32(1 - fade)
    sure_too *= np.float32(fade)
    return np.asarray(cv2.blendLinear(look_up(first, here), look_up(last, there), sure, sure_too), np.uint8)


def _paced(t: float, leave: float, arrive: float) -> float:
    """0 to 1 with these speeds at its ends: a cubic Hermite curve, never turning back for speeds up to 3."""
    return t * t * (3 - 2 * t) + leave * t * (1 - t) ** 2 - arrive * t * t * (1 - t)
