"""A sheet to paint one layer on: float32 premultiplied colour, filled through soft masks and anti-aliased polygons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from callsheet.renderers.previz.painter.layers import STILL, Layer, Motion
from callsheet.renderers.previz.painter.stage import Stage

Points = Sequence[tuple[float, float]] | np.ndarray


class Sheet:
    """One layer while it is painted. `rgb` is premultiplied 0..255, `alpha` 0..1; places are in frame pixels."""

    def __init__(self, stage: Stage, top: float | None = None, bottom: float | None = None) -> None:
        self.stage = stage
        self.y0 = stage.top if top is None else int(np.clip(np.floor(top), stage.top, stage.bottom - 1))
        self.y1 = stage.bottom if bottom is None else int(np.clip(np.ceil(bottom), self.y0 + 1, stage.bottom))
        self.x0 = stage.left
        self.height, self.width = self.y1 - self.y0, stage.right - stage.left
        self.rgb = np.zeros((self.height, self.width, 3), np.float32)
        self.alpha = np.zeros((self.height, self.width), np.float32)

    @property
    def x(self) -> np.ndarray:
        """The frame column of each canvas column's middle, shape (width,)."""
        return np.arange(self.width, dtype=np.float32) + (self.x0 + 0.5)

    @property
    def y(self) -> np.ndarray:
        """The frame row of each canvas row's middle, shape (height, 1)."""
        return np.arange(self.height, dtype=np.float32)[:, None] + (self.y0 + 0.5)

    def over(self, cover: np.ndarray, colour: np.ndarray, window: tuple[slice, slice] | None = None) -> None:
        """Paint `colour` (anything that broadcasts to rows x columns x 3) where `cover` (0..1) says."""
        rows, columns = window or (slice(None), slice(None))
        rgb, alpha = self.rgb[rows, columns], self.alpha[rows, columns]
        keep = 1 - cover
        for channel, shade in _channels(rgb, colour):
            channel *= keep
            channel += cover * shade
        alpha *= keep
        alpha += cover

    def flood(self, colour: np.ndarray) -> None:
        """Cover the whole sheet."""
        self.rgb[:] = colour
        self.alpha[:] = 1

    def light(self, amount: np.ndarray, colour: np.ndarray, window: tuple[slice, slice] | None = None) -> None:
        """Add light: it brightens what lies behind without covering it."""
        rows, columns = window or (slice(None), slice(None))
        for channel, shade in _channels(self.rgb[rows, columns], colour):
            channel += amount * shade

    def tint(self, cover: np.ndarray, colour: np.ndarray) -> None:
        """Colour what is already painted, and nothing beside it."""
        painted = self.alpha * cover
        for channel, shade in _channels(self.rgb, colour):
            channel += painted * shade - channel * cover

    def erase(self, cover: np.ndarray) -> None:
        """Take paint away where `cover` says."""
        keep = 1 - cover
        self.rgb *= keep[..., None]
        self.alpha *= keep

    def polygons(self, shapes: Iterable[Points], colour: np.ndarray, opacity: float = 1.0) -> None:
        """Fill polygons (frame pixels) in one colour, or one that runs over the rows of the sheet (height x 1 x 3)."""
        drawn = mask(shapes, (self.x0, self.y0), (self.height, self.width))
        if drawn is None:
            return
        cover, window = drawn
        field = colour[window[0]] if colour.ndim == 3 and colour.shape[0] == self.height else colour
        self.over(cover * opacity if opacity != 1 else cover, field, window)

    def layer(self, depth: float, motion: Motion = STILL, *, ground: bool = False) -> Layer:
        """Finish: trim what stayed empty, and round to bytes with a fine dither so that gradients show no bands."""
        bright = cv2.transform(self.rgb, np.ones((1, 3), np.float32))
        painted = (self.alpha > 0.002) | (bright > 0.8)
        rows, columns = np.flatnonzero(painted.any(axis=1)), np.flatnonzero(painted.any(axis=0))
        if not rows.size:
            return Layer(np.zeros((1, 1, 4), np.uint8), self.x0, self.y0, depth, motion, ground)
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        alpha = self.alpha[box]
        noise = dither(alpha.shape) * np.minimum(1, bright[box] * 0.25)
        pixels = np.empty((*alpha.shape, 4), np.uint8)
        for index in range(3):
            pixels[..., index] = np.clip(self.rgb[box][..., index] + noise, 0, 255)
        pixels[..., 3] = np.clip(alpha * 255 + 0.5, 0, 255)
        return Layer(pixels, self.x0 + int(columns[0]), self.y0 + int(rows[0]), depth, motion, ground)


def _channels(rgb: np.ndarray, colour: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Red, green and blue, each with its part of the colour: NumPy is twice as fast on them one after the other."""
    shades = np.broadcast_to(colour, rgb.shape)
    for index in range(3):
        yield rgb[..., index], shades[..., index]


def mask(
    shapes: Iterable[Points], origin: tuple[int, int], size: tuple[int, int]
) -> tuple[np.ndarray, tuple[slice, slice]] | None:
    """Coverage (float32 0..1) of the polygons within their own bounding box, and that box; None when none is inside."""
    arrays = [np.asarray(s, np.float64) - origin for s in shapes]
    if not arrays:
        return None
    every = np.concatenate(arrays)
    low = np.maximum(np.floor(every.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(every.max(axis=0)).astype(int) + 2, (size[1], size[0]))
    if (low >= high).any():
        return None
    drawn = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    for array in arrays:
        cv2.fillPoly(drawn, [np.rint((array - low - 0.5) * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    return drawn.astype(np.float32) / 255, (slice(low[1], high[1]), slice(low[0], high[0]))


def points(*numbers: float) -> np.ndarray:
    """A polygon from its numbers: x, y, x, y ..."""
    return np.array(numbers, np.float64).reshape(-1, 2)


def below(edge: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Coverage of everything under a line: `edge` gives its row per column, `y` the rows (height x 1)."""
    return np.clip(y - edge[None, :] + 0.5, 0, 1)


def smooth(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, and an S between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def ramp(stops: Sequence[tuple[float, np.ndarray]], at: np.ndarray) -> np.ndarray:
    """The colour of a gradient at each place: `stops` are (place, colour), shape at.shape + (3,)."""
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [float(colour[c]) for _, colour in stops]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def dither(shape: tuple[int, ...]) -> np.ndarray:
    """Even noise in 0..1, always the same."""
    rows, columns = shape
    tile = _TILE
    return np.tile(tile, (-(-rows // 256), -(-columns // 256)))[:rows, :columns]


_TILE = np.random.Generator(np.random.PCG64(7)).random((256, 256), dtype=np.float32)
