"""Stills and loops of a clip: the frame that was asked for, sheets of exact size, loops that keep their time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers.edit.animation import delays, turned
from callsheet.renderers.edit.contact_sheet import clock
from callsheet.renderers.edit.origin import is_preview
from callsheet.renderers.encode import PREVIEW
from edit_fixtures import Fraction, Rgb, a_clip, coded, edited, number_of


def picture(path: Path) -> Rgb:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("at", "number"), [("first", 0), ("last", 29), (0.5, 12), (0.49, 11), (0, 0), (1.2499, 29), (1 / 24, 1)]
)
def test_the_frame_is_the_one_asked_for(tmp_path: Path, at: float | str, number: int) -> None:
    clip = a_clip(tmp_path / "1.mp4", 30)
    made = edited("thumbnail", tmp_path / "out", video=clip, at=at)
    rgb = picture(made.path)
    assert (number_of(rgb), rgb.shape, made.extra["frame"]) == (number, (64, 96, 3), number)


def test_the_last_frame_is_what_a_player_shows_last(tmp_path: Path) -> None:
    """Every pixel: a continuation begins on it."""
    clip = a_clip(tmp_path / "1.mp4", 30)
    made = edited("thumbnail", tmp_path / "out", video=clip, at="last")
    last = edited("trim", tmp_path / "t", video=clip, start=29 / 24)
    assert np.abs(picture(made.path).astype(int) - coded(29)).mean() < 6
    assert last.extra["frames"] == 1
    with pytest.raises(RenderError, match=r"no frame at 1\.25 s") as caught:
        edited("thumbnail", tmp_path / "out", video=clip, at=1.25)
    assert caught.value.param == "at"


def test_the_sharpest_and_the_most_usual_frame_are_found(tmp_path: Path) -> None:
    dice = np.random.Generator(np.random.PCG64(3))
    detail = dice.integers(0, 255, (64, 96, 3), np.uint8)

    def draw(number: int) -> Rgb:
        if number == 17:
            return detail
        if number > 24:
            return np.zeros((64, 96, 3), np.uint8)
        return np.asarray(cv2.GaussianBlur(coded(number), (0, 0), 2.0), np.uint8)

    clip = a_clip(tmp_path / "1.mp4", 30, draw=draw)
    assert edited("thumbnail", tmp_path / "s", video=clip, at="sharpest").extra["frame"] == 17
    usual = edited("thumbnail", tmp_path / "t", video=clip).extra["frame"]
    assert usual in {*range(25)} - {17}, "neither black nor the one that looks like no other"


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_a_still_has_the_width_asked_for_and_says_what_it_is(tmp_path: Path, format: str) -> None:
    clip = a_clip(tmp_path / "1.mp4", 4, comment=PREVIEW)
    made = edited("thumbnail", tmp_path / "out", video=clip, at=0, width=48, format=format)
    assert picture(made.path).shape == (32, 48, 3)
    assert is_preview(made.path)
    real = edited("thumbnail", tmp_path / "r", video=a_clip(tmp_path / "2.mp4", 4), at=0, format=format)
    assert not is_preview(real.path)


def test_a_sheet_is_as_wide_as_asked_and_shows_the_first_and_the_last(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 25)
    made = edited("contact-sheet", tmp_path / "out", video=clip, columns=3, rows=2, width=620)
    sheet = picture(made.path)
    assert (sheet.shape[1], made.width, made.height) == (620, 620, sheet.shape[0])
    gap = 6
    wide = (620 - 2 * gap - 2 * gap) // 3
    tall = round(wide * 64 / 96)
    step = (sheet.shape[0] - 2 * gap + gap) // 2
    left = (620 - 3 * wide - 2 * gap) // 2
    found = []
    for row in range(2):
        for column in range(3):
            y, x = gap + row * step, left + column * (wide + gap)
            found.append(number_of(sheet[y : y + tall, x : x + wide]))
            label = sheet[y + tall + 1 : y + step - gap, x : x + wide]
            assert label.max() > 150, "its time stands under it"
    assert found == [0, 5, 10, 14, 19, 24]


def test_a_sheet_of_few_frames_repeats_none(tmp_path: Path) -> None:
    made = edited("contact-sheet", tmp_path / "out", video=a_clip(tmp_path / "1.mp4", 3), columns=4, rows=3, width=600)
    assert made.extra["frames"] == 3
    with pytest.raises(RenderError, match="side by side"):
        edited("contact-sheet", tmp_path / "o", video=a_clip(tmp_path / "2.mp4", 20), columns=20, rows=1, width=400)


def test_a_time_reads_as_editors_write_it() -> None:
    assert [clock(Fraction(n)) for n in ("2.5", "62.049", "3723.04")] == ["0:02.50", "1:02.05", "1:02:03.04"]


@pytest.mark.parametrize("format", ["gif", "webp"])
def test_a_loop_has_the_exact_size_rate_and_time(tmp_path: Path, format: str) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24, comment=PREVIEW)
    made = edited("animation", tmp_path / "out", video=clip, width=120, fps=12, format=format)
    with Image.open(made.path) as loop:
        assert (loop.size, loop.n_frames, loop.info["loop"]) == ((120, 80), 12, 0)
        times, numbers = [], []
        for place in range(loop.n_frames):
            loop.seek(place)
            numbers.append(number_of(np.asarray(loop.convert("RGB"))))
            times.append(loop.info["duration"])
    assert numbers == [*range(0, 24, 2)]
    assert sum(times) == 1000
    assert max(times) - min(times) <= 10
    assert is_preview(made.path)


def test_a_palette_is_chosen_over_all_frames_and_true_to_them(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 12)
    made = edited("animation", tmp_path / "out", video=clip, width=96, fps=24)
    with Image.open(made.path) as loop:
        for place in range(12):
            loop.seek(place)
            assert np.abs(np.asarray(loop.convert("RGB")).astype(int) - coded(place)).mean() < 8


def test_loops_go_back_or_dissolve_into_their_beginning() -> None:
    frames = [np.full((4, 4, 3), shade, np.uint8) for shade in range(0, 240, 10)]
    assert [int(f[0, 0, 0]) for f in turned(frames[:4], "boomerang", Fraction(12))] == [0, 10, 20, 30, 20, 10]
    met = turned(frames, "crossfade", Fraction(8))
    assert len(met) == 24 - 4
    assert [int(f[0, 0, 0]) for f in met[:16]] == [*range(40, 200, 10)]
    last = [int(f[0, 0, 0]) for f in met[16:]]
    assert last == sorted(last, reverse=True), "the way back to the beginning"
    assert abs(last[-1] - 30) < 45


def test_a_rate_that_hundredths_cannot_hold_is_kept_over_the_whole() -> None:
    assert sum(delays(24, Fraction(24), 100)) == 100
    assert set(delays(24, Fraction(24), 100)) == {4, 5}


def test_a_loop_that_is_too_much_is_refused(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 48)
    with pytest.raises(RenderError, match="too much for one loop"):
        edited("animation", tmp_path / "out", video=clip, width=1920, fps=50)
