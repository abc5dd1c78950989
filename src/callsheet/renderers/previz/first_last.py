"""First and last frame: a morph along optical flow that begins exactly at one still and ends exactly at the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.flow import Flow, look_up, morph_flow, places
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.previz.pose import glide, part, swell
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import Take, take
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """From `scene.image` to `scene.last_image`, both fitted whole into the frame without distortion."""
    first = fit(shoot.still(scene.image, "image"), scene.width, scene.height)
    last = fit(shoot.still(scene.last_image, "last_image"), scene.width, scene.height)
    ahead, back = morph_flow(first, last)
    return shoot.clips(scene, out, progress, lambda piece: morph(first, last, ahead, back, piece))


def morph(first: Rgb, last: Rgb, ahead: Flow, back: Flow, scene: Scene) -> Iterator[Rgb]:
    """Every frame of the morph: the first is `first` and the last is `last`, to the byte."""
    this = take(scene.seed, None, float(scene.exact_duration), scene.width, scene.height)
    here = places(scene.width, scene.height)
    end = scene.frames - 1
    for index in range(scene.frames):
        if index == 0:
            yield first.copy()
        elif index == end:
            yield last.copy()
        else:
            yield _between(first, last, ahead, back, here, index / end, this)


def _between(first: Rgb, last: Rgb, ahead: Flow, back: Flow, here: Flow, t: float, this: Take) -> Rgb:
    """Both stills carried to where they meet at this moment, the one giving way to the other."""
    way = glide(t, 0.3 + 0.1 * this.dice[10])
    fade = np.float32(swell(part(t, 0.16, 0.84)))
    arc = np.float32(
        0.02 * min(this.half_width, this.half_height) * this.dice[11] * np.sin(np.pi * t) * first.shape[0] / 2
    )
    bend = np.array([arc, arc * np.float32(this.dice[12])], np.float32)
    # The flow is known at its start; at a place on the way the start's own flow is near enough, since both are smooth.
    one = look_up(first, here - ahead * np.float32(way) - bend)
    two = look_up(last, here - back * np.float32(1 - way) - bend)
    return np.asarray(cv2.addWeighted(one, 1 - float(fade), two, float(fade), 0, dst=one), np.uint8)
