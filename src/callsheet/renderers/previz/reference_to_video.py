"""Reference to video: the subjects of given pictures, cut out and put into the painted scene of the prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.previz import casting, footage, shoot, slate, text_to_video, unstamped
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.painter.flatten import flat
from callsheet.renderers.previz.painter.layers import Layer, Motion, Painting
from callsheet.renderers.previz.picture import cutout
from callsheet.renderers.previz.shoot import Extras, Rgb
from callsheet.renderers.previz.text_to_image import painted
from callsheet.renderers.scene import Made, Progress, Scene

_NAMED = re.compile(r"@([^\s@,，.。;；:：!！?？()（）\[\]]+)")
_USED = ("id", "images", "videos")
_NEAR = 0.86
_HIGH = (0.66, 0.60, 0.54, 0.48, 0.44, 0.40, 0.38)
"""How high the subjects stand, as a share of the frame, by how many they are."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One subject: its name, its picture cut to its box, how much of each pixel it covers, and whether that is sure.

    `unused` names what was given of it that nothing here can use.
    """

    name: str
    rgb: Rgb
    alpha: NDArray[np.float32]
    sure: bool
    unused: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """What the file says of it."""
        said: dict[str, Any] = {"name": self.name, "cut": "subject" if self.sure else "middle of the picture"}
        return said | ({"unused": list(self.unused)} if self.unused else {})


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Film `count` clips of the prompt's painted scene with the subjects of `images`, or of `extra["subjects"]`, in it.

    A subject is `{id, images, videos}`; of its pictures the one with the clearest subject is used. Where the prompt
    says `@id`, only those that it names appear, in its order. `Made.extra["subjects"]` says what was used of each, and
    what was not: a `voice`, and a `server_id` that only the vendor knows.
    """
    pictures = _chosen(casting.subjects(scene), scene.prompt)
    unused = _unused(scene)
    cast = [replace(_reference(name, paths, scene), unused=unused.get(name, ())) for name, paths in pictures]
    words = re.sub(r"\s{2,}", " ", _NAMED.sub("", scene.prompt)).strip()
    brief = read(words, scene.negative_prompt)
    # The first that the prompt speaks of are those that were given: they are not painted a second time.
    brief = replace(brief, subjects=brief.subjects[len(cast) :])

    def composed(brief: Brief, seed: int, margin: int, seconds: float) -> Painting:
        bare = compose.compose(brief, scene.width, scene.height, seed, margin=margin, duration=seconds)
        return with_cast(bare, cast)

    made = shoot.clips(
        scene, out, progress, lambda piece: text_to_video.frames(piece, brief, composed), extras=Extras(foot=slate.rows)
    )
    told = [one.told() for one in cast]
    return [replace(one, extra={**one.extra, "painted": painted(brief), "subjects": told}) for one in made]


def with_cast(painting: Painting, cast: Sequence[Reference]) -> Painting:
    """The painting with the subjects standing side by side in it, in its light, behind its foreground."""
    light = _light(painting)
    layers = list(painting.layers)
    place = 1 + max((i for i, one in enumerate(layers) if not _in_front(one)), default=0)
    centres = [(index + 1) / (len(cast) + 1) for index in range(len(cast))]
    subject = painting.subject
    added: list[Layer] = []
    for index, (one, centre) in enumerate(zip(cast, centres, strict=True)):
        depth = _NEAR - 0.05 * (index % 2)
        figure, (x, y) = _figure(one, painting, centre, len(cast), index)
        bob = 0.004 * painting.height
        sway = Motion(bob=(0.4 * bob, bob), roll=0.5, pivot=(x, y), period=3.6, phase=(0.31 * index) % 1)
        lit = _lit(figure, light)
        added.append(_shadow(lit.shape[1], x, y, depth))
        added.append(Layer(lit, round(x - lit.shape[1] / 2), round(y - lit.shape[0]), depth, sway))
        if index == 0:
            subject = (x, y - lit.shape[0] / 2, depth, 0.0)
    layers[place:place] = added
    return replace(painting, layers=tuple(layers), subject=subject)


def _unused(scene: Scene) -> dict[str, tuple[str, ...]]:
    """By subject, what was given of it beside its name and pictures."""
    rows: Sequence[Mapping[str, Any]] = scene.extra.get("subjects") or ()
    return {
        str(row.get("id") or index + 1): tuple(sorted(name for name in row if row[name] and name not in _USED))
        for index, row in enumerate(rows)
    }


def _chosen(pictures: list[tuple[str, list[Path]]], prompt: str) -> list[tuple[str, list[Path]]]:
    known = {name.casefold(): (name, paths) for name, paths in pictures}
    named: list[tuple[str, list[Path]]] = []
    for word in _NAMED.findall(prompt):
        # Chinese writes on without a blank after a name: the longest name that the word begins with is meant.
        fits = [name for name in known if word.casefold().startswith(name)]
        if fits and known[max(fits, key=len)] not in named:
            named.append(known[max(fits, key=len)])
    return named or pictures


def _reference(name: str, paths: Sequence[Path], scene: Scene) -> Reference:
    best: Reference | None = None
    for path in paths:
        rgb, alpha, sure = _cut(_picture(path, scene))
        best = best or Reference(name, rgb, alpha, sure)
        if sure:
            return Reference(name, rgb, alpha, sure)
    assert best is not None
    return best


def _picture(path: Path, scene: Scene) -> NDArray[np.uint8]:
    """A still with its own transparency, or the first frame of a clip, as RGBA; without a preview's mark and slate."""
    try:
        if media.probe(path).kind == "image":
            rgba = media.load_cutout(path)
            return np.dstack([unstamped.clean(rgba[..., :3], path, scene), rgba[..., 3]])
    except (media.NotMedia, media.TooManyPixels, OSError) as error:
        raise RenderError(f"A reference cannot be used: {error}", param="images").because(
            "media_unusable", param="images", quoted=str(error)
        ) from error
    rgb = unstamped.clean(footage.rgb(next(footage.frames(path))), path, scene)
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _cut(rgba: NDArray[np.uint8]) -> tuple[Rgb, NDArray[np.float32], bool]:
    rgb = np.ascontiguousarray(rgba[..., :3])
    if rgba[..., 3].min() < 128:  # it came cut out
        found = cutout.Cutout(rgba[..., 3].astype(np.float32) / np.float32(255), 1.0)
    else:
        found = cutout.cut(rgb)
    x0, y0, x1, y1 = found.box
    return rgb[y0:y1, x0:x1], found.alpha[y0:y1, x0:x1], found.sure


def _figure(
    one: Reference, painting: Painting, centre: float, count: int, index: int
) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """The subject at its size, premultiplied float RGBA 0..255, and where its foot stands (column, row)."""
    rows, columns = one.alpha.shape
    width, height = painting.width, painting.height
    high = _HIGH[count - 1] * height * (1.0 if index % 2 == 0 else 0.93)
    wide = columns / rows * high
    scale = min(1.0, width * 0.84 / count / wide, high / (0.2 * height))
    size = (max(2, round(wide * scale)), max(2, round(high * scale)))
    how = cv2.INTER_AREA if size[1] < rows else cv2.INTER_CUBIC
    rgba = np.dstack([one.rgb.astype(np.float32) * one.alpha[..., None], one.alpha * np.float32(255)])
    figure = np.clip(np.asarray(cv2.resize(rgba, size, interpolation=how), np.float32), 0, 255)
    figure[..., :3] = np.minimum(figure[..., :3], figure[..., 3:])
    if not one.sure:
        figure *= _feather(size)[..., None]
    return figure, (centre * width, height * (0.9 if index % 2 == 0 else 0.875))


def _feather(size: tuple[int, int]) -> NDArray[np.float32]:
    """Soft borders all around, for a picture whose subject could not be told from what is behind it."""
    x, y = (np.minimum(np.arange(n), np.arange(n)[::-1]).astype(np.float32) / (0.18 * n) for n in size)
    edge = np.clip(np.minimum(x[None, :], y[:, None]), 0, 1)
    return edge * edge * (3 - 2 * edge)


def _in_front(layer: Layer) -> bool:
    return layer.motion.flow != (0.0, 0.0) or (layer.depth > _NEAR and not layer.ground)


def _light(painting: Painting) -> NDArray[np.float32]:
    """What the scene's light does to colours: its tint and its brightness, each in part."""
    seen = flat(painting.layers, (0, painting.height // 3, painting.width, painting.height)).astype(np.float32)
    tone = np.maximum(seen.reshape(-1, 3).mean(axis=0), 4)
    mean = float(tone.mean())
    return np.clip((tone / mean) ** 0.4 * (mean / 118) ** 0.45, 0.4, 1.15).astype(np.float32)


def _lit(figure: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.uint8]:
    rows = np.linspace(0, 1, figure.shape[0], dtype=np.float32)[:, None, None]
    lit = figure.copy()
    lit[..., :3] *= light * (1 - 0.14 * rows**2)
    lit[..., :3] = np.minimum(lit[..., :3], lit[..., 3:])
    return np.rint(lit).astype(np.uint8)


def _shadow(wide: int, x: float, y: float, depth: float) -> Layer:
    """The soft dark place on which it stands."""
    rows, columns = max(5, round(wide * 0.09)) * 2 + 1, round(wide * 0.56) * 2 + 1
    down, across = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    soft = np.clip(1 - np.sqrt(across**2 + down**2), 0, 1) ** 1.2 * 0.6
    pixels = np.zeros((rows, columns, 4), np.uint8)
    pixels[..., 3] = np.rint(soft * 255)
    return Layer(pixels, round(x - columns / 2), round(y - rows / 2 - 1), depth)
