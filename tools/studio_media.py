"""Renders the thumbnails of the studio's camera moves on previz: one strip of frames for each, which the page moves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from callsheet import catalog
from callsheet.renderers.previz.image_to_video import over_still
from callsheet.renderers.scene import Scene

ROOT = Path(__file__).parents[1]
STILL = ROOT / "src" / "callsheet" / "demo" / "still.jpg"
OUT = ROOT / "src" / "callsheet" / "server" / "studio" / "static" / "media" / "moves"

SIZE = (128, 72)
FRAMES = 12
SECONDS = 2.4
QUALITY = 42
LARGER = 3
"""A small render would jitter by whole pixels: it is rendered larger and averaged."""


def main() -> None:
    """Write every strip anew."""
    OUT.mkdir(parents=True, exist_ok=True)
    with Image.open(STILL) as still:
        rgb = np.asarray(still.convert("RGB").resize((SIZE[0] * LARGER * 2, SIZE[1] * LARGER * 2)))
    moves = catalog.load().model("previz/image-to-video").params["camera_move"].values
    total = sum(_strip(index, str(name), rgb) for index, name in enumerate(moves, 1))
    print(f"{OUT.relative_to(ROOT)}: {total:,} bytes")


def _strip(index: int, name: str, still: np.ndarray) -> int:
    """One move as its frames below each other; gives the bytes written."""
    width, height = SIZE
    scene = Scene(
        capability="image-to-video",
        width=width * LARGER,
        height=height * LARGER,
        fps=Fraction(FRAMES) / Fraction(SECONDS).limit_denominator(100),
        duration=SECONDS,
        camera_move=index,
        motion="large",
        mark=False,
    )
    frames = [Image.fromarray(one).resize(SIZE, Image.Resampling.BOX) for one in over_still(still, scene)]
    strip = Image.new("RGB", (width, height * len(frames)))
    for at, frame in enumerate(frames):
        strip.paste(frame, (0, at * height))
    path = OUT / f"{name}.webp"
    strip.save(path, "WEBP", quality=QUALITY, method=6)
    return path.stat().st_size


if __name__ == "__main__":
    main()
