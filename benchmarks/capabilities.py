"""Every capability of previz and edit beside its floor: writing the same result, or reading the same input."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.inputs import Desk, cases, deaf, desk
from benchmarks.table import interleaved, median, show, spread
from callsheet import catalog
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.render import render
from callsheet.renderers.scene import Made
from callsheet.renderers.sound.read import read_sound
from callsheet.renderers.sound.write import write_sound
from callsheet.renderers.stills import write_still

ROUNDS = 3
LONG_MUSIC = 900
_MEMORY = """
import sys, tempfile
from pathlib import Path
from callsheet.renderers.render import render
from callsheet.renderers.scene import Scene
with tempfile.TemporaryDirectory() as folder:
    made = render(Scene("music", prompt="calm piano", duration=float(sys.argv[1]), format="mp3"), Path(folder), print)
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak) // 1024)
"""


def main() -> None:
    """One table, a row per capability; then the memory of the longest piece of music."""
    with tempfile.TemporaryDirectory() as folder:
        made = desk(Path(folder))
        rows = [_row(made, name) for name in cases()]
    heads = ["capability", "whole, s", "floor", "floor, s", "ratio"]
    show(f"Every capability beside its floor: median of {ROUNDS} rounds", heads, rows)
    _memory()


def _row(desk: Desk, name: str) -> list[str]:
    model = name.partition(" ")[0]
    scene = desk.scene(model, cases()[name])
    out = desk.folder / "out"
    first = render(scene, out, deaf)
    kind, floor = _floor(desk, catalog.load().model(model).capability, first, desk.folder / "floor")
    taken = interleaved({"whole": lambda: render(scene, out, deaf), "floor": floor}, ROUNDS)
    ratio = median(taken["whole"]) / max(median(taken["floor"]), 1e-6)
    return [name, spread(taken["whole"], 2, 1), kind, spread(taken["floor"], 3, 1), f"{ratio:.1f}"]


def _floor(desk: Desk, capability: str, made: list[Made], out: Path) -> tuple[str, Callable[[], object]]:
    """What cannot be saved: the result's own encoding, or for words about a clip the reading of it."""
    out.mkdir(exist_ok=True)
    if capability == "caption":
        return "decode the clip", lambda: _decoded(desk.media["file_clip"])
    path, kind = made[0].path, made[0].content_type
    if kind.startswith("video/"):
        frames = _decoded(path)
        return "encode the frames", lambda: _encoded(frames, Fraction(made[0].fps or 24), out / "alone.mp4")
    if kind.startswith("audio/"):
        samples, ending = read_sound(path), path.suffix.lstrip(".")
        return f"encode the {ending}", lambda: write_sound(out / f"alone.{ending}", samples, {}, format=ending)
    if kind == "image/gif":
        return "decode the clip", lambda: _decoded(desk.media["file_clip"])
    rgb = np.asarray(cv2.cvtColor(np.asarray(cv2.imread(str(path))), cv2.COLOR_BGR2RGB), np.uint8)
    return f"write the {path.suffix.lstrip('.')}", lambda: write_still(out / f"alone{path.suffix}", rgb)


def _decoded(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as clip:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in clip.decode(video=0)]


def _encoded(frames: list[NDArray[np.uint8]], fps: Fraction, path: Path) -> None:
    height, width, _ = frames[0].shape
    with ClipWriter(path, width, height, fps.limit_denominator(1001), len(frames)) as clip:
        for frame in frames:
            clip.write(frame)


def _memory() -> None:
    """In a process of its own, as a render has one: the most memory it ever held, imports included."""
    peaks = [_peak(seconds) for seconds in (1, LONG_MUSIC)]
    rows = [[f"music of {seconds} s", f"{peak} MB"] for seconds, peak in zip((1, LONG_MUSIC), peaks, strict=True)]
    show("Memory, the whole process", ["piece", "peak"], rows)


def _peak(seconds: int) -> int:
    answer = subprocess.run([sys.executable, "-c", _MEMORY, str(seconds)], capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[-1])
