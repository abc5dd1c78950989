"""Edits of clips: every frame in its place, every transition as long as asked, whatever shape the clips come in."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.encode import PREVIEW, samples
from edit_fixtures import (
    RATE,
    a_clip,
    a_sound,
    coded,
    edited,
    frames_of,
    level,
    number_of,
    samples_of,
    seconds_of,
    tags_of,
    tint_of,
    tone,
)


def numbers(path: Path) -> list[int]:
    return [number_of(rgb) for rgb in frames_of(path)]


def test_clips_of_one_kind_join_to_the_exact_sum_of_their_frames(tmp_path: Path) -> None:
    one = a_clip(tmp_path / "1.mp4", 17, tint=0, sound=tone(17 / 24))
    two = a_clip(tmp_path / "2.mp4", 9, tint=1, sound=tone(9 / 24, 880))
    made = edited("concat", tmp_path / "out", videos=[one, two, one])
    assert numbers(made.path) == [*range(17), *range(9), *range(17)]
    assert [tint_of(rgb) for rgb in frames_of(made.path)] == [0] * 17 + [1] * 9 + [0] * 17
    assert seconds_of(made.path) == (Fraction(43, 24), Fraction(samples(43, Fraction(24)), RATE))
    assert (made.duration, made.fps, made.extra["frames"]) == (43 / 24, 24.0, 43)
    with av.open(str(made.path)) as clip:
        times = [frame.pts * frame.time_base for frame in clip.decode(video=0)]  # type: ignore[operator]
    assert times == [Fraction(n, 24) for n in range(43)]


def test_sound_stays_in_step_over_many_cuts(tmp_path: Path) -> None:
    """A click at the head of each of twelve clips at 29.97: none has drifted by a sample more than rounding."""
    rate = Fraction(30_000, 1001)
    click = np.zeros((samples(10, rate), 2), np.float32)
    click[2000:2065] = (0.9 * np.hanning(65))[:, None]
    clip = a_clip(tmp_path / "1.mov", 10, fps=rate, sound=click)
    made = edited("concat", tmp_path / "out", videos=[clip] * 12)
    heard = np.abs(samples_of(made.path)[:, 0])
    places = [int(heard[(start := samples(10 * n, rate)) : start + 4000].argmax()) for n in range(12)]
    assert len(heard) == samples(120, rate)
    assert max(places) - min(places) <= 2
    assert abs(places[0] - 2032) <= 2


def test_clips_of_other_size_rate_and_sound_become_like_the_first(tmp_path: Path) -> None:
    first = a_clip(tmp_path / "1.mp4", 24, tint=0)
    other = a_clip(tmp_path / "2.mp4", 30, fps=30, size=(64, 96), tint=1, sound=tone(1, rate=48_000), rate=48_000)
    made = edited("concat", tmp_path / "out", videos=[first, other])
    frames = frames_of(made.path)
    assert len(frames) == 48, "one second each, at the rate of the first"
    assert {rgb.shape for rgb in frames} == {(64, 96, 3)}
    assert frames[30][:, :20].max() < 24, "a portrait clip has bars"
    assert frames[30][:, -20:].max() < 24
    heard = samples_of(made.path)
    assert len(heard) == 2 * RATE
    assert level(heard[: RATE - 4000]) < -60, "the silent clip is silent"
    assert level(heard[RATE + 4000 : -4000]) == pytest.approx(level(tone(1)), abs=0.5)


@pytest.mark.parametrize(("fit", "left"), [("crop", False), ("stretch", False), ("blur", True)])
def test_another_shape_is_fitted_as_asked(tmp_path: Path, fit: str, *, left: bool) -> None:
    clip = a_clip(tmp_path / "1.mp4", 3, size=(64, 96))
    made = edited("reframe", tmp_path / "out", video=clip, width=128, height=72, fit=fit)
    frame = frames_of(made.path)[1]
    assert frame.shape == (72, 128, 3)
    assert frame[:, :6].mean() > 20, "no bars"
    inside = number_of(frame[:, 40:88]) if fit == "blur" else number_of(frame)
    assert left or inside == 1


def test_a_ratio_alone_keeps_the_shorter_side(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 3, size=(96, 64))
    made = edited("reframe", tmp_path / "out", video=clip, aspect_ratio="9:16", fit="crop")
    assert frames_of(made.path)[0].shape == (114, 64, 3)
    assert (made.width, made.height) == (64, 114)


def test_what_a_crop_keeps_is_asked_by_focus(tmp_path: Path) -> None:
    def halves(number: int) -> np.ndarray:
        rgb = coded(number)
        rgb[:, :48] = (250, 0, 0)
        rgb[:, 48:] = (0, 0, 250)
        return rgb

    clip = a_clip(tmp_path / "1.mp4", 2, draw=halves)
    for focus, tint in ((0, 0), (1, 2)):
        made = edited("reframe", tmp_path / f"{focus}", video=clip, width=32, height=64, fit="crop", focus=focus)
        assert frames_of(made.path)[0].reshape(-1, 3).mean(axis=0).argmax() == tint


def test_a_dissolve_shares_its_frames_and_a_fade_costs_none(tmp_path: Path) -> None:
    def flat(shade: int) -> Any:
        return lambda _: np.full((64, 96, 3), shade, np.uint8)

    dark = a_clip(tmp_path / "1.mp4", 24, draw=flat(40), sound=tone(1, 300))
    light = a_clip(tmp_path / "2.mp4", 24, draw=flat(220), sound=tone(1, 300))
    given = {"videos": [dark, light], "transition_duration": 0.25}
    made = edited("concat", tmp_path / "d", **given, transition="dissolve")
    shades = [float(rgb.mean()) for rgb in frames_of(made.path)]
    assert len(shades) == 48 - 6
    assert shades[17] == pytest.approx(40, abs=3)
    assert shades[24] == pytest.approx(220, abs=3)
    steps = np.diff(shades[17:25])
    assert steps.min() > 15, "always on the way"
    assert steps.max() - steps.min() < 8, "in even steps"
    assert len(samples_of(made.path)) == samples(42, Fraction(24))
    made = edited("concat", tmp_path / "f", **given, transition="fade-black")
    shades = [float(rgb.mean()) for rgb in frames_of(made.path)]
    assert len(shades) == 48
    assert shades[23] < 3, "the last frame before the cut is black"
    assert shades[20] == pytest.approx(40, abs=3)
    assert shades[27] == pytest.approx(220, abs=3)
    heard = samples_of(made.path)
    assert level(heard[RATE - 300 : RATE + 300]) < level(heard[RATE // 2 : RATE // 2 + 600]) - 20


def test_fades_of_the_whole_begin_and_end_in_black_and_silence(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24, sound=tone(1))
    made = edited("trim", tmp_path / "out", video=clip, fade_in=0.25, fade_out=0.25)
    frames, heard = frames_of(made.path), samples_of(made.path)
    assert len(frames) == 24
    assert frames[0].mean() < 3 > frames[-1].mean()
    assert number_of(frames[12]) == 12
    assert level(heard[:200]) < -50 > level(heard[-200:])
    assert level(heard[15_000:25_000]) == pytest.approx(level(tone(1)), abs=0.5)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"start": 0.5, "end": 0.75}, range(12, 18)),
        ({"start": 0.25, "duration": 0.5}, range(6, 18)),
        ({"end": 1 / 24}, range(1)),
        ({"start": 23 / 24}, range(23, 24)),
        ({}, range(24)),
    ],
)
def test_a_part_is_cut_to_the_frame(tmp_path: Path, given: dict[str, float], wanted: range) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24, sound=tone(1))
    made = edited("trim", tmp_path / "out", video=clip, **given)
    assert numbers(made.path) == [*wanted]
    picture, sound = seconds_of(made.path)
    assert (picture, sound) == (Fraction(len(wanted), 24), Fraction(samples(len(wanted), Fraction(24)), RATE))


def test_nothing_where_a_part_should_be_is_an_error_that_names_it(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24)
    with pytest.raises(RenderError, match="between 1 s and 1 s") as caught:
        edited("trim", tmp_path / "out", video=clip, start=1)
    assert (caught.value.param, caught.value.hint) == ("start", "It lasts 1.000 s.")
    with pytest.raises(RenderError) as caught:
        edited("concat", tmp_path / "out", clips=[{"video": clip}, {"video": clip, "start": 0.5, "end": 0.4}])
    assert caught.value.param == "clips[1].end"
    with pytest.raises(RenderError, match="too short for its transitions"):
        edited("concat", tmp_path / "out", videos=[clip, clip], transition="dissolve", transition_duration=2)


def test_clips_may_say_each_their_part_and_transition(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24)
    rows = [
        {"video": clip, "start": 0.5},
        {"video": clip, "end": 0.5, "transition": "dissolve", "transition_duration": 0.125},
        {"video": clip, "start": 0.25, "end": 0.5},
    ]
    made = edited("concat", tmp_path / "out", clips=rows)
    assert [*numbers(made.path)[:9], *numbers(made.path)[12:]] == [*range(12, 21), *range(3, 12), *range(6, 12)]


def test_uneven_frames_keep_their_times(tmp_path: Path) -> None:
    """Frames at 0, 40, 200, 220, 500, 520 ms: at 50 a second each shows from its own time until the next."""
    times = [0, 40, 200, 220, 500, 520]
    clip = a_clip(tmp_path / "1.mkv", 6, fps=50, times=times)
    made = edited("reframe", tmp_path / "out", video=clip, fps=50)
    shown = numbers(made.path)
    assert [shown.index(n) * 20 for n in range(6)] == times


@pytest.mark.parametrize("ending", ["mkv", "avi", "flv", "ts", "mov"])
def test_every_container_is_cut_to_the_frame(tmp_path: Path, ending: str) -> None:
    """Clocks of a frame (AVI), a millisecond (MKV, FLV) and 1/90,000 s (TS, which seeks but roughly)."""
    clip = a_clip(tmp_path / f"1.{ending}", 40, sound=tone(40 / 24))
    made = edited("trim", tmp_path / "out", video=clip, start=1, end=1.5)
    assert numbers(made.path) == [*range(24, 36)]
    last = edited("thumbnail", tmp_path / "last", video=clip, at="last")
    assert last.extra["frame"] == 39


def test_frames_out_of_order_are_cut_in_the_order_they_are_shown(tmp_path: Path) -> None:
    """B-frames are stored after what they show before: a cut in their midst and a copy of all keep the order."""
    clip = tmp_path / "1.mp4"
    with av.open(str(clip), "w") as container:
        video: Any = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.options = {"bf": "3", "g": "12", "crf": "10", "preset": "medium"}
        for number in range(50):
            frame: Any = av.VideoFrame.from_ndarray(coded(number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    made = edited("trim", tmp_path / "out", video=clip, start=0.8, end=1.6)
    assert numbers(made.path) == [*range(20, 40)]
    copied = edited("mux", tmp_path / "m", video=clip, audio=a_sound(tmp_path / "s.wav", tone(2)))
    assert copied.extra["pictures"] == "copied"
    assert numbers(copied.path) == [*range(50)]
    assert seconds_of(copied.path) == (2, 2)


def test_a_turned_clip_is_upright(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 4, size=(96, 64))
    turned = tmp_path / "turned.mov"
    with av.open(str(clip)) as source, av.open(str(turned), "w") as made:
        stream = made.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    patch_matrix(turned)
    found = edited("trim", tmp_path / "out", video=turned)
    assert (found.width, found.height) == (64, 96)
    first = frames_of(found.path)[0]
    one, other = np.rot90(coded(0), 1), np.rot90(coded(0), 3)
    assert min(np.abs(first.astype(int) - side).mean() for side in (one, other)) < 8
    still = edited("thumbnail", tmp_path / "still", video=turned, at="first")
    assert (still.width, still.height) == (64, 96)


def patch_matrix(path: Path) -> None:
    """Turn the track by 90 degrees in its header, as phones do."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 4 + 8 + 4 + 4 + 4 + 8 + 2 + 2 + 2 + 2
    one, minus = (0x10000).to_bytes(4, "big"), (-0x10000).to_bytes(4, "big", signed=True)
    data[at : at + 20] = bytes(4) + one + bytes(4) + minus + bytes(4)
    path.write_bytes(data)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mkv", 4, size=(97, 65), pix_fmt="yuv444p")
    made = edited("concat", tmp_path / "out", videos=[clip, clip])
    assert (made.width, made.height, len(frames_of(made.path))) == (98, 66, 8)
    assert numbers(made.path) == [0, 1, 2, 3] * 2


@pytest.mark.parametrize("layout", ["mono", "5.1"])
def test_mono_and_surround_are_heard_on_both_sides(tmp_path: Path, layout: str) -> None:
    clip = a_clip(tmp_path / "1.mov", 24, sound=tone(1, rate=48_000), rate=48_000, layout=layout)
    made = edited("trim", tmp_path / "out", video=clip)
    heard = samples_of(made.path)
    assert len(heard) == RATE
    assert np.abs(heard[:, 0]).max() > 0.1 < np.abs(heard[:, 1]).max()


def test_an_edit_says_what_it_was_made_of_and_stays_a_preview(tmp_path: Path) -> None:
    real = a_clip(tmp_path / "1.mp4", 4)
    preview = a_clip(tmp_path / "2.mp4", 4, tint=1, comment=PREVIEW)
    said = tags_of(edited("concat", tmp_path / "a", videos=[real, real]).path)
    told = json.loads(said["description"])
    assert (said["comment"], told["preview"], told["capability"]) == ("callsheet edit", False, "concat")
    assert [one.partition(":")[0] for one in told["inputs"]] == ["sha256"]
    assert str(tmp_path) not in said["description"]
    mixed = edited("concat", tmp_path / "b", videos=[real, preview])
    assert PREVIEW in tags_of(mixed.path)["comment"]
    again = edited("trim", tmp_path / "c", video=mixed.path)
    assert PREVIEW in tags_of(again.path)["comment"], "an edit of an edit of a preview is one"


def test_the_same_edit_gives_the_same_bytes(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 6, sound=tone(0.25))
    one, two = (edited("trim", tmp_path / name, video=clip, start=0.1).path.read_bytes() for name in "ab")
    assert one == two
