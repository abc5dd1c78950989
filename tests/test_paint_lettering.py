"""Letters, marks and slates: legible in Chinese and English, within their width, and absent when not wanted."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from callsheet.renderers.previz import lettering, mark
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.scene import Scene

CHINESE = "黄昏的港口，一座灯塔和三艘帆船，海面上有温暖的金色反光。"
ENGLISH = "A harbour at golden hour with a lighthouse and three sailboats, warm light on the water."


def test_chinese_glyphs_are_really_drawn_and_not_the_sign_for_a_missing_one() -> None:
    missing, _ = lettering.coverage("?", 40)
    box, _ = lettering.coverage("\u0e01", 40)  # Thai: not in the fonts
    drawn = [lettering.coverage(glyph, 40)[0] for glyph in "港口灯塔帆船龍門"]
    for glyph in drawn:
        assert glyph.sum() > 1.5 * missing.sum()
        assert not (glyph.shape == box.shape and np.array_equal(glyph, box))
    for a, b in itertools.pairwise(drawn):
        assert not np.array_equal(a, b)


def test_an_open_cv_font_lies_in_the_wheel() -> None:
    assert cv2.FontFace("uni") is not None


@pytest.mark.parametrize("text", [CHINESE, ENGLISH, CHINESE + ENGLISH])
@pytest.mark.parametrize("width", [120, 260, 500])
def test_every_line_fits_its_width_and_nothing_is_lost(text: str, width: int) -> None:
    lines = lettering.wrap(text, 20, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    # Closing punctuation may hang over by one character, as typesetters let it.
    assert all(lettering.measure(line, 20) <= width + 22 for line in lines)
    assert not any(line[0] in "，。、,." for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = lettering.wrap(CHINESE, 20, 200, lines=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert lettering.measure(lines[1], 20) <= 200
    assert lettering.fit("short", 20, 200) == "short"
    assert lettering.measure(lettering.fit(ENGLISH, 20, 90), 20) <= 90


def test_a_word_wider_than_the_line_is_broken() -> None:
    lines = lettering.wrap("x" * 80, 20, 150)
    assert len(lines) > 1
    assert "".join(lines) == "x" * 80


def test_line_breaks_and_control_characters_become_blanks() -> None:
    assert lettering.plain("one\n\ttwo\x00 three ") == "one two three"


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_letters_stand_where_they_are_aligned(align: lettering.Align) -> None:
    rgb = np.zeros((60, 400, 3), np.uint8)
    lettering.draw(rgb, "Harbour 港口", (200, 40), 24, align=align)
    columns = np.flatnonzero(rgb.any(axis=(0, 2)))
    middle = {"left": columns[0], "center": (columns[0] + columns[-1]) / 2, "right": columns[-1]}[align]
    assert abs(middle - 200) < 8


def test_lettering_outside_the_picture_is_cut_and_not_an_error() -> None:
    rgb = np.zeros((20, 20, 3), np.uint8)
    lettering.draw(rgb, "far away", (500, 500), 24)
    lettering.draw(rgb, "half", (-12, 12), 24)
    assert rgb.any()


@pytest.mark.parametrize("level", [0, 90, 128, 255])
def test_the_mark_reads_on_every_background_and_stays_in_its_corner(level: int) -> None:
    rgb = np.full((360, 640, 3), level, np.uint8)
    mark.stamp(rgb)
    changed = np.argwhere((rgb != level).any(axis=2))
    assert len(changed) > 200
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert top < 20
    assert right > 620
    assert (bottom - top) * (right - left) < 0.01 * 640 * 360
    part = rgb[top : bottom + 1, left : right + 1].astype(int)
    assert part.max() - part.min() > 90, "light letters against a dark plate"


def test_a_tiny_picture_gets_no_mark() -> None:
    rgb = np.full((32, 32, 3), 50, np.uint8)
    mark.stamp(rgb)
    assert (rgb == 50).all()


def test_the_slate_letters_the_prompt_at_the_foot_only() -> None:
    scene = Scene("text-to-video", prompt=CHINESE, width=640, height=360)
    rgb = np.full((360, 640, 3), 180, np.uint8)
    Slate(scene, shot_facts(scene, 3, "pan left")).lay(rgb)
    assert (rgb[:250] == 180).all()
    assert (rgb[300:].max(axis=2) > 220).sum() > 200, "letters"
    other = np.full((360, 640, 3), 180, np.uint8)
    Slate(Scene("text-to-video", prompt=ENGLISH, width=640, height=360), shot_facts(scene, 3, "pan left")).lay(other)
    assert not np.array_equal(rgb, other)


def test_the_slate_says_what_the_shot_is() -> None:
    scene = Scene("text-to-video", prompt="x", width=1280, height=720)
    assert shot_facts(scene, 9, "orbit") == ("1280×720", "24 fps", "5 s", "orbit", "seed 9")
    assert shot_facts(scene, 9, None) == ("1280×720", "seed 9")
