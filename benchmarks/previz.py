"""A 5 s 1280x720 24 fps camera move on a still: the whole render beside encoding the same finished frames alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import interleaved, median, show, spread
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.render import render
from callsheet.renderers.scene import Scene

ROUNDS = 5
MOVES = {"orbit": 1, "handheld": 35, "zoom in": 26, "static": 9}
Frames = list[NDArray[np.uint8]]


def main() -> None:
    """One table: a row per move, from a still that previz itself painted."""
    with tempfile.TemporaryDirectory() as folder:
        still = render(Scene("text-to-image", prompt="a lighthouse at dusk", format="png"), Path(folder), _deaf)[0].path
        rows = [_row(name, _scene(still, index), Path(folder)) for name, index in MOVES.items()]
    heads = ["camera move", "render, s", "encode alone, s", "ratio", "times real time"]
    show(f"Previz, 5 s of 1280x720 at 24 fps from a still: median of {ROUNDS} rounds", heads, rows)


def _scene(still: Path, move: int) -> Scene:
    return Scene("image-to-video", prompt="slow", image=still, camera_move=move, duration=5.0, seed=7)


def _row(name: str, scene: Scene, folder: Path) -> list[str]:
    frames = _finished(scene, folder)
    acts: dict[str, Callable[[], object]] = {
        "render": lambda: render(scene, folder, _deaf),
        "encode": lambda: _encode(scene, frames, folder / "alone.mp4"),
    }
    taken = interleaved(acts, ROUNDS)
    whole, alone = median(taken["render"]), median(taken["encode"])
    ratio, speed = f"{whole / alone:.2f}", f"{float(scene.exact_duration) / whole:.1f}"
    return [name, spread(taken["render"], 2, 1), spread(taken["encode"], 2, 1), ratio, speed]


def _finished(scene: Scene, folder: Path) -> Frames:
    """The frames of one render, as they went into the encoder."""
    frames: Frames = []
    write = ClipWriter.write

    def keep(clip: ClipWriter, rgb: NDArray[np.uint8]) -> None:
        frames.append(rgb.copy())
        write(clip, rgb)

    with patch.object(ClipWriter, "write", keep):
        render(scene, folder, _deaf)
    assert len(frames) == scene.frames
    return frames


def _encode(scene: Scene, frames: Frames, path: Path) -> None:
    with ClipWriter(path, scene.width, scene.height, scene.fps, scene.frames) as clip:
        for frame in frames:
            clip.write(frame)


def _deaf(progress: float) -> None:
    """Nobody listens to the progress."""
