"""Subtitles: read from every form they come in, and lettered into exactly their frames, inside the safe area."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.edit.cues import COLUMNS, Cue, Word, columns, cues, parsed
from callsheet.renderers.edit.subtitles import SAFE, Style, draw
from edit_fixtures import RATE, Rgb, a_clip, edited, frames_of, samples_of, tone

SRT = """1
00:00:00,500 --> 00:00:01,000
<i>Snow</i> &amp; ice
fell {\\an8}early

2
00:00:01,250 --> 00:00:01,500
雪落
""".replace("\n", "\r\n")
VTT = """\ufeffWEBVTT

NOTE nothing

intro
00:01.000 --> 00:02.000 line:90%
One <00:01.250>two <c.x><00:01.500>three</c>
"""


def grey(_: int) -> Rgb:
    return np.full((180, 320, 3), 128, np.uint8)


def changed(rgb: Rgb) -> np.ndarray:
    """Where a frame of the grey clip has been drawn on."""
    return np.abs(rgb.astype(int) - 128).max(axis=2) > 24


def test_srt_and_webvtt_are_read() -> None:
    assert [(float(cue.start), float(cue.end), cue.text) for cue in parsed(SRT)] == [
        (0.5, 1.0, "Snow & ice\nfell early"),
        (1.25, 1.5, "雪落"),
    ]
    (cue,) = parsed(VTT)
    assert cue.text == "One two three"
    assert [(cue.text[w.begin : w.end], float(w.start)) for w in cue.words] == [
        ("One", 1),
        ("two", 1.25),
        ("three", 1.5),
    ]
    assert cue.spoken(Fraction(13, 10)) == cue.words[1]
    assert cue.spoken(Fraction(9, 10)) is None


def spoken(text: str, step: float = 0.3) -> list[dict[str, Any]]:
    return [{"text": word, "start": i * step, "end": (i + 1) * step - 0.05} for i, word in enumerate(text.split())]


def test_words_are_gathered_into_lines_by_sentence_pause_and_length() -> None:
    rows = spoken("The snow came early. Nobody had salt , or sand")
    found = cues({"words": rows})
    assert [cue.text for cue in found] == ["The snow came early.", "Nobody had salt, or sand"]
    assert found[0].end <= found[1].start
    rows[6]["start"] += 2
    rows[6]["end"] += 2
    assert [cue.text for cue in cues({"words": rows[:7]})] == ["The snow came early.", "Nobody had", "salt"]
    chinese = [{"text": one, "start": n * 0.2, "end": n * 0.2 + 0.2} for n, one in enumerate("雪落在山上，没有人。")]
    assert [cue.text for cue in cues({"words": chinese})] == ["雪落在山上，没有人。"]
    long = cues({"words": spoken(" ".join(["incomprehensible"] * 40), 0.1)})
    assert len(long) > 5
    assert all(columns(cue.text) <= 2 * COLUMNS for cue in long)
    assert sum(cue.text.count("incomprehensible") for cue in long) == 40


def test_what_is_no_subtitle_is_refused() -> None:
    with pytest.raises(RenderError, match="holds no subtitle"):
        cues({"subtitles": "only text"})
    with pytest.raises(RenderError, match="before it begins"):
        cues({"cues": [{"text": "x", "start": 2, "end": 1}]})


def test_each_stands_in_exactly_its_frames(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 48, size=(320, 180), draw=grey, sound=tone(2))
    made = edited("burn-subtitles", tmp_path / "out", video=clip, subtitles=SRT)
    lettered = [bool(changed(rgb).any()) for rgb in frames_of(made.path)]
    assert lettered == [12 <= n < 24 or 30 <= n < 36 for n in range(48)]
    assert len(samples_of(made.path)) == 2 * RATE
    later = edited(
        "burn-subtitles", tmp_path / "l", video=clip, cues=[{"text": "x", "start": 0, "end": 0.25}], offset=1
    )
    assert [n for n, rgb in enumerate(frames_of(later.path)) if changed(rgb).any()] == [*range(24, 30)]


@pytest.mark.parametrize("look", ["box", "outline"])
@pytest.mark.parametrize("position", ["bottom", "middle", "top"])
def test_letters_stay_in_the_safe_area_and_where_they_are_asked(look: str, position: str) -> None:
    words = "A line that is far too long for one row of this small picture, 雪落在山上没有人，and goes on."
    rgb = grey(0)
    draw(rgb, [(Cue(Fraction(0), Fraction(1), words), None)], Style(position, look, 14))
    rows, across = np.nonzero(changed(rgb))
    assert across.min() >= 320 * SAFE - 1
    assert across.max() <= 320 * (1 - SAFE) + 1
    assert rows.min() >= 180 * SAFE - 2
    assert rows.max() <= 180 * (1 - SAFE) + 2
    middle = (rows.min() + rows.max()) / 2
    assert {"top": middle < 70, "middle": 80 < middle < 100, "bottom": middle > 110}[position]
    assert rgb.max() > 245, "the letters are white"
    assert rgb.min() < 60, "on dark"


def test_lines_are_about_equally_long() -> None:
    rgb = grey(0)
    draw(rgb, [(Cue(Fraction(0), Fraction(1), "one two three four five six seven eight nine ten eleven"), None)],
         Style("bottom", "box", 14))  # fmt: skip
    rows = np.nonzero(changed(rgb).any(axis=1))[0]
    half = (rows.min() + rows.max()) // 2
    widths = [np.ptp(np.nonzero(changed(part).any(axis=0))[0]) for part in (rgb[:half], rgb[half:])]
    assert min(widths) > 0.6 * max(widths)


def test_a_text_too_long_for_the_picture_shrinks_and_still_fits() -> None:
    rgb = grey(0)
    draw(rgb, [(Cue(Fraction(0), Fraction(1), "雪落在山上没有人" * 16), None)], Style("bottom", "box", 26))
    rows, _ = np.nonzero(changed(rgb))
    assert rows.min() >= 180 * SAFE - 2


def test_the_spoken_word_lights_up(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24, size=(320, 180), draw=grey)
    rows = [{"text": "left", "start": 0, "end": 0.5}, {"text": "right", "start": 0.5, "end": 1}]
    made = edited("burn-subtitles", tmp_path / "out", video=clip, words=rows, highlight=True, size=0.1)
    places = []
    for rgb in (frames_of(made.path)[n] for n in (6, 18)):
        lit = (rgb[..., 0].astype(int) - rgb[..., 2]) > 60
        assert lit.sum() > 20
        places.append(float(np.nonzero(lit)[1].mean()))
    assert places[0] < 160 < places[1]
    with pytest.raises(RenderError, match="no times of words"):
        edited("burn-subtitles", tmp_path / "o", video=clip, subtitles=SRT, highlight=True)


def test_two_at_once_stand_under_each_other() -> None:
    one = Cue(Fraction(0), Fraction(1), "first line", (Word(0, 5, Fraction(0)),))
    other = Cue(Fraction(0), Fraction(1), "second line", (Word(0, 6, Fraction(0)),))
    single, double = grey(0), grey(0)
    draw(single, [(one, None)], Style("bottom", "box", 14))
    draw(double, [(one, one.words[0]), (other, other.words[0])], Style("bottom", "box", 14, highlight=True))
    heights = [np.ptp(np.nonzero(changed(rgb))[0]) for rgb in (single, double)]
    assert heights[1] > 1.7 * heights[0]
    lit = (double[..., 0].astype(int) - double[..., 2]) > 60
    assert len(np.unique(np.nonzero(lit)[0])) > heights[0] * 0.6, "a word of each is lit"
