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
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.render import render
from callsheet.renderers.scene import Made, Scene
from render_fixtures import save

Rgb = NDArray[np.uint8]


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
