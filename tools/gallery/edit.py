"""The sheets of the editor: subtitles in two languages, transitions as strips, fits, a contact sheet, a loop."""

from __future__ import annotations

import shutil
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from callsheet import catalog
from callsheet.renderers.edit.frames import pictures
from callsheet.renderers.edit.reel import reel
from callsheet.renderers.previz import lettering
from callsheet.renderers.render import render
from callsheet.renderers.scene import Made, Scene

Rgb = NDArray[np.uint8]

_SIZE = (640, 360)
_PAPER, _FAINT = (24, 25, 28), (170, 170, 176)
_WORDS = [
    "The",
    "first",
    "snow",
    "fell",
    "before",
    "anyone",
    "had",
    "thought",
    "of",
    "salt.",
    "By",
    "nine",
    "the",
    "pass",
    "was",
    "closed.",
]
_CUES = {
    "en": "The first snow fell before anyone\nhad thought of salt.",
    "zh": "初雪落下时，没有人想起要撒盐。九点钟，山口已经关闭。",
    "mixed": "Snow on the pass 山口积雪：closed until nine 九点前不通车",
}


def draw(out: Path) -> None:
    """Write every sheet of this area into the folder."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        clips = [_shot(here, prompt, seed) for seed, prompt in enumerate(_SHOTS)]
        _subtitles(here, clips[0], out / "subtitles.png")
        _transitions(here, clips, out / "transitions.png")
        joined = _edit("concat", here / "all", videos=clips, transition="dissolve")
        sheet = _edit("contact-sheet", here / "sheet", video=joined.path, columns=4, rows=3, width=960)
        with Image.open(sheet.path) as board:
            _write(out / "contact-sheet.png", np.asarray(board))
        loop = {"video": clips[1], "width": 320, "fps": 12, "duration": 1.5}
        shutil.copy(_edit("animation", here / "loop", **loop, repeat="crossfade").path, out / "loop.gif")
        _fits(here, clips[2], out / "reframe.png")


_SHOTS = (
    "a lighthouse on a cliff at dusk, waves, slow push in",
    "a hot air balloon over autumn mountains, golden hour, pan left",
    "a lantern street in snow at night, pull out",
)


def _shot(folder: Path, prompt: str, seed: int) -> Path:
    width, height = _SIZE
    scene = Scene("text-to-video", prompt, seed=seed, width=width, height=height, duration=2.0, mark=False)
    return render(scene, folder / f"shot{seed}", _unheard)[0].path


def _edit(capability: str, out: Path, **given: Any) -> Made:
    """One edit with its defaults. The catalogue takes no paths, and so names are lent to the files."""
    model = catalog.load().model(f"edit/{capability}")
    names: dict[str, str] = {}

    def lent(path: Path) -> str:
        names[id := f"file_{len(names):026d}"] = str(path)
        return id

    named = {name: _lent(value, lent) for name, value in given.items()}
    extra = model.with_media(model.check(named), lambda _, id: names[id])
    return render(Scene(capability, extra=extra), out, _unheard)[0]


def _lent(value: Any, lent: Any) -> Any:
    if isinstance(value, list):
        return [_lent(one, lent) for one in value]
    return lent(value) if isinstance(value, Path) else value


def _subtitles(folder: Path, clip: Path, out: Path) -> None:
    cells: list[tuple[str, Rgb]] = []
    for look in ("box", "outline"):
        for name, text in _CUES.items():
            given = {"cues": [{"text": text, "start": 0, "end": 2}], "look": look, "size": 0.062}
            made = _edit("burn-subtitles", folder / f"{look}-{name}", video=clip, **given)
            cells.append((f"{look} · {name}", _frame(made.path, 1.0)))
    rows = [{"text": word, "start": n * 0.12, "end": n * 0.12 + 0.11} for n, word in enumerate(_WORDS)]
    lit = _edit("burn-subtitles", folder / "lit", video=clip, words=rows, highlight=True, size=0.062)
    chinese = [
        {"text": one, "start": n * 0.1, "end": n * 0.1 + 0.1} for n, one in enumerate("初雪落下时，没有人想起要撒盐。")
    ]
    sung = _edit(
        "burn-subtitles", folder / "sung", video=clip, words=chinese, highlight=True, look="outline", size=0.062
    )
    cells += [("highlight · words", _frame(lit.path, 0.5)), ("highlight · 逐字", _frame(sung.path, 0.65))]
    given = {"cues": [{"text": "At the top, smaller", "start": 0, "end": 2}], "position": "top", "size": 0.045}
    cells.append(("top", _frame(_edit("burn-subtitles", folder / "top", video=clip, **given).path, 1.0)))
    _write(out, _board(cells, 3, 360))


def _transitions(folder: Path, clips: list[Path], out: Path) -> None:
    cells: list[tuple[str, Rgb]] = []
    for kind in ("cut", "dissolve", "fade-black", "fade-white"):
        made = _edit("concat", folder / kind, videos=clips[:2], transition=kind, transition_duration=0.5)
        middle = 2.0 - (0.25 if kind == "dissolve" else 0)
        for step in range(-3, 4):
            at = middle + step * (1 / 12)
            cells.append((f"{kind}  {at:.2f} s", _frame(made.path, at)))
    _write(out, _board(cells, 7, 176))


def _fits(folder: Path, clip: Path, out: Path) -> None:
    cells: list[tuple[str, Rgb]] = []
    for fit in ("letterbox", "crop", "blur", "stretch"):
        given = {"width": 360, "height": 450, "fit": fit}
        cells.append((f"4:5 · {fit}", _frame(_edit("reframe", folder / f"r-{fit}", video=clip, **given).path, 1.0)))
    _write(out, _board(cells, 4, 260))


def _frame(path: Path, at: float) -> Rgb:
    clip = reel(path)
    return next(pictures(clip, clip.shown(Fraction(at).limit_denominator(1000), 1, clip.fps))).copy()


def _board(cells: list[tuple[str, Rgb]], columns: int, wide: int) -> Rgb:
    """Pictures in rows, each with its name under it."""
    tall = round(cells[0][1].shape[0] * wide / cells[0][1].shape[1])
    gap, line = 12, 26
    rows = -(-len(cells) // columns)
    shape = (rows * (tall + line + gap) + gap, columns * (wide + gap) + gap, 3)
    board = np.full(shape, _PAPER, np.uint8)
    for place, (name, rgb) in enumerate(cells):
        x, y = gap + place % columns * (wide + gap), gap + place // columns * (tall + line + gap)
        board[y : y + tall, x : x + wide] = cv2.resize(rgb, (wide, tall), interpolation=cv2.INTER_AREA)
        lettering.draw(board, name, (x, y + tall + 19), 14, _FAINT)
    return board


def _write(out: Path, board: Rgb) -> None:
    """In 256 colours, so that a sheet stays small."""
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(board).quantize(256, Image.Quantize.MEDIANCUT).save(out, optimize=True)


def _unheard(_: float) -> None:
    """Nobody watches."""
