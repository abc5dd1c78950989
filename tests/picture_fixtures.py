"""Pictures that the tests of the picture renderers start from, drawn so that the truth about them is known."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from callsheet.renderers.media import load_still
from callsheet.renderers.previz.painter import compose, contact, figures, light, scenes, sky, sprite
from callsheet.renderers.previz.painter.brief import read
from callsheet.renderers.previz.painter.flatten import flat, over
from callsheet.renderers.previz.painter.layers import STILL
from callsheet.renderers.previz.painter.spot import Spot
from callsheet.renderers.render import render
from callsheet.renderers.scene import Made, Scene
from render_fixtures import save

Rgb = NDArray[np.uint8]
Where = NDArray[np.bool_]


def disc(ground: str = "plain", width: int = 320, height: int = 200) -> tuple[Rgb, NDArray[np.bool_]]:
    """A red disc on a plain or a striped, noisy ground, and where it is."""
    dice = np.random.default_rng(4)
    picture = np.full((height, width, 3), (86, 118, 150), np.float32)
    if ground == "textured":
        stripes = (np.indices((height, width)).sum(axis=0) // 12 % 2) * 26.0
        picture += stripes[..., None] + dice.normal(0, 20, picture.shape)
    where = np.zeros((height, width), np.uint8)
    cv2.circle(where, (width * 9 // 16, height // 2), height // 4, (1,), -1)
    picture[where > 0] = np.array((206, 62, 48)) + dice.normal(0, 8, (int(where.sum()), 3))
    return np.clip(picture, 0, 255).astype(np.uint8), where > 0


def painted(prompt: str = "a red fox on a hill at sunset", width: int = 320, height: int = 180) -> Rgb:
    """A scene by the painter."""
    return compose.paint(prompt, width, height, 5)


def make(tmp: Path, capability: str, still: Rgb | None = None, **asked: Any) -> tuple[list[Rgb], list[Made]]:
    """What that capability makes of the picture, at its own size unless asked otherwise: pixels, and what was told."""
    if still is not None:
        asked["image"] = save(still, tmp / "still.png")
        asked = {"width": still.shape[1], "height": still.shape[0], **asked}
    out = tmp / f"out-{len(list(tmp.iterdir()))}"
    made = render(Scene(capability, **({"mark": False} | asked)), out, lambda _: None)
    return [load_still(one.path) for one in made], made


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((a & b).sum() / max((a | b).sum(), 1))


def slopes(rgb: Rgb) -> NDArray[np.float32]:
    """How steep brightness is at each place, a little smoothed."""
    light = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.2)
    return np.asarray(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)), np.float32)


def alike(a: Rgb, b: Rgb) -> float:
    """The correlation of two pictures' slopes: 1 where all their edges agree."""
    return float(np.corrcoef(slopes(a).ravel(), slopes(b).ravel())[0, 1])


def data_uri(rgb: Rgb) -> str:
    """The picture as a PNG in an address."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def posed(figure: str, place: str, width: int = 320, height: int = 200, share: float = 0.5) -> tuple[Rgb, Where, Where]:
    """One figure of the painter before a painted place, on its contact shadow: the picture, the figure, the shadow."""
    stage = compose.staged(read(place), width, height, 3)
    setting = scenes.TABLE[stage.brief.setting](stage)
    picture = flat(setting.back, (0, 0, width, height))
    drawing = figures.load()[figure]
    foot, high = min(0.9 * height, max(stage.horizon + 0.12 * height, 0.8 * height)), share * height
    spot = Spot(drawing, 0.47 * width, foot, high, 0.9, False, None, 0)
    pixels = sprite.draw(stage, drawing, high, 0.9, flip=False, colour=None)
    shadow = contact.shadow(stage, spot, STILL)
    if drawing.stands != "air":
        over(picture, shadow.pixels, shadow.x, shadow.y)
    left, top = round(spot.x - pixels.foot_x), round(foot - pixels.foot_y)
    over(picture, contact.to_bytes(pixels.pixels), left, top)
    truth, dark = (np.zeros((height, width, 3), np.uint8) for _ in range(2))
    for plane, alpha, x, y in (
        (truth, pixels.pixels[..., 3] * 255, left, top),
        (dark, shadow.pixels[..., 3], shadow.x, shadow.y),
    ):
        over(plane, np.repeat(alpha[..., None], 4, axis=2).astype(np.uint8), x, y)
    return light.finish(picture, vignette=0.24), truth[..., 0] > 127, dark[..., 0] > 40


def under_the_sky(prompt: str, seed: int, width: int = 480, height: int = 270) -> tuple[Rgb, Where]:
    """A scene by the painter, and where its sky, with sun and clouds, is hidden by nothing."""
    brief = read(prompt)
    painting = compose.compose(brief, width, height, seed)
    heaven = len(sky.paint(compose.staged(brief, width, height, seed)))
    before = np.zeros((height, width, 3), np.uint8)
    for layer in painting.layers[heaven:]:
        cover = np.repeat(layer.pixels[..., 3:], 4, axis=2)
        over(before, cover, layer.x, layer.y)
    return compose.show(painting), before[..., 0] < 128


def off(a: Where, b: Where) -> float:
    """How far the outlines of two shapes lie apart, in the mean and both ways, in pixels."""
    lines = [
        cv2.morphologyEx(one.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0 for one in (a, b)
    ]
    away = [cv2.distanceTransform((~line).astype(np.uint8), cv2.DIST_L2, 5) for line in lines]
    return float(np.concatenate([away[1][lines[0]], away[0][lines[1]]]).mean()) if a.any() and b.any() else float("inf")
