"""The audio desk: loudness by the standard, ceilings that hold, files exact to the sample."""

from __future__ import annotations

import json
import math
from pathlib import Path

import av
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.encode import PREVIEW, SAMPLE_RATE
from callsheet.renderers.sound import levels, limiter, read, room, waves, write


def both(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono], axis=1).astype(np.float32)


def bursts(seconds: float, seed: int = 0) -> np.ndarray:
    """Noise that swells, with clicks far above it."""
    count = int(seconds * SAMPLE_RATE)
    throw = np.random.default_rng(seed)
    made = np.stack([waves.noise(throw, count), waves.noise(throw, count)], axis=1) * np.float32(0.2)
    made *= np.linspace(0.05, 1, count, dtype=np.float32)[:, None]
    made[::9001] *= 8
    return made


def test_a_sine_of_full_scale_on_one_side_is_the_standards_3_01_below_zero() -> None:
    mono = waves.tone(997.0, 3 * SAMPLE_RATE)
    left = np.stack([mono, np.zeros_like(mono)], axis=1)
    assert levels.loudness(left) == pytest.approx(-3.01, abs=0.05)
    assert levels.loudness(both(mono)) == pytest.approx(0.0, abs=0.05)


def test_silence_between_sounds_is_gated_away() -> None:
    loud = both(waves.tone(440.0, 4 * SAMPLE_RATE)) * np.float32(0.1)
    pause = np.zeros_like(loud)
    assert levels.loudness(np.concatenate([loud, pause])) == pytest.approx(levels.loudness(loud), abs=0.3)
    assert levels.loudness(pause) == -math.inf


def test_loudness_agrees_with_ffmpegs_meter(tmp_path: Path) -> None:
    sound = bursts(6)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout="stereo")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    heard = ""
    for start in range(0, len(sound), 4410):
        frame = av.AudioFrame.from_ndarray(sound[start : start + 4410].reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        graph.push(frame)
        while True:
            try:
                heard = graph.pull().metadata["lavfi.r128.I"]
            except (av.error.BlockingIOError, KeyError):
                break
    assert levels.loudness(sound) == pytest.approx(float(heard), abs=0.15)


def test_blocks_are_measured_and_limited_as_the_whole_is() -> None:
    sound = bursts(3)
    meter, gate = levels.Meter(), limiter.Limiter(-6)
    parts = []
    for start in range(0, len(sound), 3333):
        meter.feed(sound[start : start + 3333])
        parts.append(gate.feed(sound[start : start + 3333]))
    assert meter.value() == pytest.approx(levels.loudness(sound), abs=1e-6)
    assert np.array_equal(np.concatenate([*parts, gate.flush()]), limiter.limited(sound, -6))


def test_one_channel_is_metered_limited_and_written_as_the_same_on_both_sides(tmp_path: Path) -> None:
    mono = bursts(3)[:, :1]
    assert levels.loudness(mono) == pytest.approx(levels.loudness(both(mono[:, 0])), abs=1e-6)
    assert levels.loudness(mono[:9000]) == pytest.approx(levels.loudness(both(mono[:9000, 0])), abs=1e-6)
    held = limiter.limited(mono, -6)
    assert np.array_equal(both(held[:, 0]), limiter.limited(both(mono[:, 0]), -6))
    for ending in write.FORMATS:
        path = tmp_path / f"one.{ending}"
        tone = waves.tone(330.0, 60_000)[:, None] * np.float32(0.4)
        write.write_sound(path, (tone[start : start + 5000] for start in range(0, 60_000, 5000)), frames=60_000)
        with av.open(str(path)) as container:
            assert container.streams.audio[0].codec_context.channels == 1
        told = levels.loudness(tone) - write.FORMATS[ending].taken
        assert levels.loudness(read.read_sound(path)) == pytest.approx(told, abs=0.05)


@pytest.mark.parametrize("lufs", [-30.0, -16.0, -10.0])
def test_a_sound_comes_to_the_loudness_asked_under_its_ceiling(lufs: float) -> None:
    made = levels.normalised(bursts(4), lufs, -1.0)
    assert levels.loudness(made) == pytest.approx(lufs, abs=0.1)
    assert 20 * math.log10(limiter.true_peak(made)) <= -0.95


def test_a_wave_that_peaks_between_samples_is_seen_and_held() -> None:
    """A quarter of the rate, an eighth of a turn off: each sample is 0.707 of the wave."""
    sly = both(waves.tone(SAMPLE_RATE / 4, SAMPLE_RATE, 0.125))
    assert np.abs(sly).max() < 0.71
    assert limiter.true_peak(sly[1000:-1000]) == pytest.approx(1.0, abs=0.02)
    assert np.abs(limiter.limited(sly, -1.0)[4000:-4000]).max() == pytest.approx(0.707 * 10 ** (-1 / 20), abs=0.02)


def test_what_is_under_the_ceiling_is_left_alone() -> None:
    sound = bursts(1) * np.float32(0.1)
    assert np.array_equal(limiter.limited(sound), sound)
    assert len(limiter.limited(sound[:5])) == 5


@pytest.mark.parametrize("ending", sorted(write.FORMATS))
@pytest.mark.parametrize("count", [441, 3000, 2 * SAMPLE_RATE + 17])
def test_every_format_gives_back_the_very_number_of_samples(tmp_path: Path, ending: str, count: int) -> None:
    path = tmp_path / f"sound.{ending}"
    tone = both(waves.tone(330.0, count)) * np.float32(0.4)
    blocks = (tone[start : start + 777] for start in range(0, count, 777))
    kind = write.write_sound(path, blocks, {"title": "海 Sea", "prompt": "calm 钢琴"}, frames=count)
    back = read.read_sound(path)
    assert kind == write.FORMATS[ending].content_type
    assert back.shape == (count, 2)
    if count > SAMPLE_RATE:
        limit = 5e-5 if ending in ("wav", "flac") else 0.02
        assert np.abs(back - tone)[2000:-2000].max() < limit


@pytest.mark.parametrize("ending", sorted(write.FORMATS))
def test_every_file_says_that_it_is_a_preview_and_of_what(tmp_path: Path, ending: str) -> None:
    write.write_sound(tmp_path / f"a.{ending}", both(waves.tone(330.0, 5000)), {"title": "海", "prompt": "calm 钢琴"})
    with av.open(str(tmp_path / f"a.{ending}")) as container:
        said = container.metadata
    assert (said["title"], said["comment"]) == ("海", PREVIEW)
    words = said.get("description") or said.get("synopsis") or said["ISBJ"]
    assert json.loads(words) == {"prompt": "calm 钢琴"}


def test_a_sound_that_breaks_its_promise_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="promised"):
        write.write_sound(tmp_path / "a.wav", iter([both(waves.tone(330.0, 500))]), frames=600)
    with pytest.raises(RenderError, match="mp3"):
        write.write_sound(tmp_path / "a.ogg", both(waves.tone(330.0, 500)))
    assert list(tmp_path.iterdir()) == []


def test_reading_what_holds_no_sound_names_the_param(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_text("words")
    with pytest.raises(RenderError) as told:
        read.read_sound(tmp_path / "a.mp3", name="voice_over")
    assert told.value.param == "voice_over"


def test_a_room_rings_as_long_as_asked_whatever_the_blocks() -> None:
    response = room.hall(np.random.default_rng(1), 0.8)
    click = np.zeros((SAMPLE_RATE, 2), np.float32)
    click[0] = 1
    whole = room.reverb(click, response, 1.0)
    convolver = room.Convolver(response)
    parts = [convolver.feed(click[start : start + 1234]) for start in range(0, len(click), 1234)]
    assert np.allclose(np.concatenate([*parts, convolver.flush()])[100:], whole[100:], atol=1e-5)
    energy = (whole[100:] ** 2).sum(axis=1)
    left = np.flatnonzero(np.cumsum(energy[::-1])[::-1] / energy.sum() > 1e-5)[-1] / SAMPLE_RATE
    assert 0.35 < left < 0.85
    sides = np.corrcoef(response[1000:20000].T)[0, 1]
    assert abs(sides) < 0.2


def test_an_equaliser_lifts_what_it_is_told_to() -> None:
    taps = room.equaliser([(200, 0.0), (2000, 6.0)])
    for pitch, gain in ((100.0, 1.0), (4000.0, 2.0)):
        heard = np.convolve(waves.tone(pitch, 20_000), taps, "valid")
        assert np.abs(heard).max() == pytest.approx(gain, rel=0.06)
