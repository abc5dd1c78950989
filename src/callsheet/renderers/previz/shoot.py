"""Shoots a scene's pieces: each drawn frame by frame, marked, scored, encoded, and counted as real progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import headers, media
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.previz import mark, sound, unstamped
from callsheet.renderers.previz.watermark import Watermark
from callsheet.renderers.scene import Made, Progress, Scene

Rgb = NDArray[np.uint8]

Draw = Callable[[Scene], Iterator[Rgb]]
"""Yields every frame of one piece in order, uint8 RGB (height, width, 3); each may be drawn on and reused."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What a clip gets beside its frames, where a capability has its own.

    `score` gives the sound of a piece: stereo float32, exactly as long as its clip, or None for a silent one; `heard`
    says what that sound is made of. `foot` is how many rows at the foot of its frames are taken, above which a
    watermark stands. `label` is the mark on a frame.
    """

    score: Callable[[Scene], NDArray[np.float32] | None] = sound.score
    heard: Callable[[Scene], sound.Parts] = sound.parts
    foot: Callable[[Scene], int] = lambda _: 0
    label: Callable[[int], str] = lambda _: mark.WORD


def clips(scene: Scene, out: Path, progress: Progress, draw: Draw, *, extras: Extras | None = None) -> list[Made]:
    """Make `scene.count` clips `out/clip-1.mp4`, `clip-2.mp4` ...; piece i is drawn from the scene with seed + i.

    Lays the mark on each frame when the scene wants one, and the watermark; adds the score when it wants sound, and
    tells progress from frames encoded. Raises RenderError when a piece has more or fewer frames than the scene says.
    """
    made: list[Made] = []
    for index, piece in enumerate(pieces(scene)):
        share = _Share(progress, index, scene.count)
        made.append(_clip(piece, out / f"clip-{index + 1}.mp4", share, draw, extras or Extras()))
    return made


def pieces(scene: Scene) -> list[Scene]:
    """The scene once for each of its pieces, with its own seed."""
    return [replace(scene, seed=scene.seed + index, count=1) for index in range(scene.count)]


def still(path: Path | None, name: str) -> Rgb:
    """Load a still that a scene names. Raises RenderError, with `name` as the param, where it is missing or broken."""
    if path is None:
        raise RenderError(f"This render needs {name}.", param=name).because("param_missing", param=name)
    with headers.readable(name):
        return media.load_still(path)


def unmarked(path: Path | None, name: str, scene: Scene) -> Rgb:
    """A still as `still` loads it; of a preview that bears a mark and a slate, the picture under them.

    For pictures that the scene marks anew: nothing is marked or lettered twice.
    """
    loaded = still(path, name)
    return loaded if path is None else np.asarray(unstamped.clean(loaded, path, scene), np.uint8)


def see_through(scene: Scene) -> NDArray[np.uint8] | None:
    """The scene's picture as RGBA, where some of it is transparent and the result may be."""
    if scene.image is None or scene.format.lower() in ("jpeg", "jpg"):
        return None
    rgba = media.load_cutout(scene.image)
    return None if (rgba[..., 3] == 255).all() else rgba


def facts(scene: Scene) -> dict[str, Any]:
    """What the file's metadata says of the scene it was made from."""
    said: dict[str, Any] = {
        "generator": f"callsheet {version('callsheet')} previz",
        "capability": scene.capability,
        "prompt": scene.prompt,
        "seed": scene.seed,
        "camera_move": scene.camera_move,
        "motion": scene.motion,
        "meta_data": scene.extra.get("meta_data"),
    }
    title = scene.prompt.strip() or scene.capability
    return {"title": title[:120]} | {name: value for name, value in said.items() if value not in (None, "")}


def _clip(scene: Scene, path: Path, progress: Progress, draw: Draw, extras: Extras) -> Made:
    audio = extras.score(scene)
    watermark = Watermark.of(scene, extras.foot(scene))
    said = facts(scene) | ({"marked": True} if scene.mark else {})
    with ClipWriter(path, scene.width, scene.height, scene.fps, scene.frames, audio, said, progress=progress) as clip:
        for index, frame in enumerate(draw(scene)):
            if scene.mark:
                mark.stamp(frame, extras.label(index))
            if watermark is not None:
                watermark.lay(frame)
            clip.write(frame)
    length, rate = float(scene.exact_duration), float(scene.fps)
    told = {} if audio is None or not sound.wanted(scene) else {"sound": extras.heard(scene).told()}
    return Made(path, "video/mp4", scene.width, scene.height, duration=length, fps=rate, extra=told)


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of the whole progress that one piece's own progress is."""

    whole: Progress
    index: int
    count: int

    def __call__(self, done: float) -> None:
        self.whole((self.index + done) / self.count)
