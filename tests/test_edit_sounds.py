"""Edits of sound: mixes exact to the sample, music that goes down under speech, and a clip's new sound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.edit.tracks import ATTACK, HOLD, RELEASE, Track, mixed
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.sound.levels import loudness
from callsheet.renderers.sound.limiter import true_peak
from edit_fixtures import (
    RATE,
    Stereo,
    a_clip,
    a_sound,
    edited,
    frames_of,
    level,
    number_of,
    samples_of,
    seconds_of,
    tags_of,
    tone,
)


def test_tracks_lie_at_their_sample_with_their_level_and_side(tmp_path: Path) -> None:
    one, two = a_sound(tmp_path / "1.wav", tone(1, 441)), a_sound(tmp_path / "2.wav", tone(0.5, 882))
    rows = [{"audio": one}, {"audio": two, "offset": 0.75, "gain": -6.0206, "pan": 1}]
    made = edited("mix", tmp_path / "out", tracks=rows, format="wav")
    heard = samples_of(made.path)
    assert len(heard) == round(1.25 * RATE) == made.extra["samples"]
    wanted = np.zeros((len(heard), 2), np.float32)
    wanted[:RATE] += tone(1, 441)
    wanted[round(0.75 * RATE) :, 1] += tone(0.5, 882)[:, 0] * 0.5 * np.sqrt(2)
    assert np.abs(heard - wanted).max() < 3 / 32_768, "sample for sample, to the rounding of 16 bits"


def test_sounds_at_other_rates_and_one_channel_mix_in_time(tmp_path: Path) -> None:
    one = a_sound(tmp_path / "1.flac", tone(1, 440, rate=48_000), rate=48_000, layout="mono")
    made = edited("mix", tmp_path / "out", audios=[one], format="wav")
    heard = samples_of(made.path)
    assert len(heard) == RATE
    assert np.abs(heard[2000:-2000] - tone(1, 440)[2000:-2000]).max() < 0.01


@pytest.mark.parametrize("format", ["mp3", "m4a", "flac", "wav"])
def test_every_format_has_the_exact_length_and_says_what_it_is(tmp_path: Path, format: str) -> None:
    one = a_sound(tmp_path / "1.wav", tone(0.7))
    preview = a_sound(tmp_path / "2.wav", tone(0.7), comment=PREVIEW)
    made = edited("mix", tmp_path / "out", audios=[one], duration=0.65, format=format)
    assert len(samples_of(made.path)) == round(0.65 * RATE)
    said = {name.lower(): text for name, text in tags_of(made.path).items()}
    assert said["comment"] == "callsheet edit"
    again = edited("mix", tmp_path / "p", audios=[one, preview], format=format)
    third = edited("mix", tmp_path / "q", audios=[again.path], format="wav")
    for path in (again.path, third.path):
        assert PREVIEW in {name.lower(): text for name, text in tags_of(path).items()}["comment"]


def test_a_mix_is_brought_to_the_loudness_asked_for_without_clipping(tmp_path: Path) -> None:
    dice = np.random.Generator(np.random.PCG64(1))
    noise = (dice.standard_normal((RATE * 3, 2)) * 0.02).astype(np.float32)
    noise[::4410] *= 12
    made = edited("mix", tmp_path / "out", audios=[a_sound(tmp_path / "1.wav", noise)], loudness=-14, format="wav")
    heard = samples_of(made.path)
    assert loudness(heard) == pytest.approx(-14, abs=0.1)
    assert true_peak(heard) < 10 ** (-0.9 / 20)


def test_music_goes_down_by_what_is_asked_while_speech_sounds_and_smoothly_back(tmp_path: Path) -> None:
    speech = np.zeros((RATE * 6, 2), np.float32)
    speech[2 * RATE : 3 * RATE] = tone(1, 3000, 0.1)
    music, voice = a_sound(tmp_path / "m.wav", tone(6, 200, 0.4)), a_sound(tmp_path / "v.wav", speech)
    rows = [{"audio": voice}, {"audio": music, "duck": 12}]
    heard = samples_of(edited("mix", tmp_path / "out", tracks=rows, format="wav").path)[:, 0]
    curve = _depth(heard)
    before, under = curve[: round((2 - ATTACK) * 100) - 2], curve[201:299]
    after = curve[round((3 + HOLD + RELEASE) * 100) + 2 : -2]
    assert before == pytest.approx(0, abs=0.05)
    assert under == pytest.approx(-12, abs=0.1)
    assert after == pytest.approx(0, abs=0.05)
    assert np.abs(np.diff(curve)).max() < 2, "no step of the music is heard"
    assert (np.diff(curve[300:400]) > -0.05).all(), "it only comes back"


def _depth(heard: np.ndarray) -> np.ndarray:
    """The level of the 200 Hz in it by 10 ms, against what it was given at."""
    at = np.arange(len(heard)) / RATE
    turned = heard * np.exp(-2j * np.pi * 200 * at)
    smooth = np.abs(turned.reshape(-1, 441).mean(axis=1))
    # 10 ms are two whole turns of 200 Hz and thirty of the speech's 3,000: neither leaks into the other.
    return 20 * np.log10(2 * smooth / 0.4)


def test_a_named_lead_alone_decides_what_ducks(tmp_path: Path) -> None:
    steady, noise = a_sound(tmp_path / "m.wav", tone(2, 200, 0.3)), a_sound(tmp_path / "n.wav", tone(2, 900, 0.1))
    quiet = a_sound(tmp_path / "q.wav", np.zeros((RATE * 2, 2), np.float32))
    rows = [{"audio": steady, "duck": 20}, {"audio": noise}, {"audio": quiet, "lead": True}]
    heard = samples_of(edited("mix", tmp_path / "out", tracks=rows, format="wav").path)[:, 0]
    assert np.abs(heard - tone(2, 200, 0.3)[:, 0] - tone(2, 900, 0.1)[:, 0]).max() < 3 / 32_768


def test_a_loop_fills_the_mix_and_needs_to_know_how_long(tmp_path: Path) -> None:
    one = a_sound(tmp_path / "1.wav", tone(0.3, 500))
    rows = [{"audio": one, "loop": True}]
    heard = samples_of(edited("mix", tmp_path / "out", tracks=rows, duration=2, format="wav").path)
    assert len(heard) == 2 * RATE
    for start in (0.1, 0.7, 1.6):
        assert level(heard[round(start * RATE) : round((start + 0.1) * RATE)]) == pytest.approx(level(tone(1)), abs=0.3)
    with pytest.raises(RenderError, match="All tracks loop"):
        edited("mix", tmp_path / "out", tracks=rows)
    with pytest.raises(RenderError) as caught:
        edited("mix", tmp_path / "out", tracks=[{"audio": one}, {"audio": one, "offset": 3}], duration=1)
    assert caught.value.param == "tracks[1].offset"


def test_a_mix_is_made_in_pieces_however_long_it_is() -> None:
    """Ten minutes of two tracks are never all in memory: what is asked for at once stays small."""
    given: list[int] = []

    def endless() -> Iterator[Stereo]:
        while True:
            given.append(1)
            yield np.zeros((4096, 2), np.float32)

    total = 600 * RATE
    stream = mixed([Track(endless, total), Track(endless, total, at=RATE)], total)
    first = next(block for block in stream if len(block))
    assert len(first) <= 65_536
    assert len(given) < 60


def test_a_new_sound_leaves_the_pictures_bit_for_bit(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 24, sound=tone(1, 300))
    made = edited("mux", tmp_path / "out", video=clip, audio=a_sound(tmp_path / "s.wav", tone(2, 800)))
    assert made.extra["pictures"] == "copied"
    assert _packets(made.path) == _packets(clip)
    assert seconds_of(made.path) == (1, 1)
    heard = samples_of(made.path)
    assert np.abs(np.fft.rfft(heard[4000:40_000, 0])).argmax() == pytest.approx(800 * 36_000 / RATE, abs=1)
    assert level(heard[-100:]) < level(heard[-5000:-3000]) - 10, "what is cut does not click"


def _packets(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as clip:
        tick = clip.streams.video[0].time_base
        return [(round(1000 * p.pts * tick), bytes(p)) for p in clip.demux(video=0) if p.pts is not None and tick]


def test_a_short_sound_ends_in_silence_or_loops(tmp_path: Path) -> None:
    clip, short = a_clip(tmp_path / "1.mp4", 48), a_sound(tmp_path / "s.wav", tone(0.5))
    quiet = samples_of(edited("mux", tmp_path / "a", video=clip, audio=short).path)
    assert len(quiet) == 2 * RATE
    assert level(quiet[RATE:]) < -70
    looped = samples_of(edited("mux", tmp_path / "b", video=clip, audio=short, when_shorter="loop").path)
    assert level(looped[RATE : RATE + 10_000]) == pytest.approx(level(tone(1)), abs=0.5)


def test_a_long_sound_holds_the_last_frame(tmp_path: Path) -> None:
    clip, long = a_clip(tmp_path / "1.mp4", 12), a_sound(tmp_path / "s.wav", tone(1.25))
    made = edited("mux", tmp_path / "out", video=clip, audio=long, when_longer="hold")
    assert [number_of(rgb) for rgb in frames_of(made.path)] == [*range(12), *[11] * 18]
    assert seconds_of(made.path) == (Fraction(5, 4), Fraction(5, 4))
    assert made.extra["pictures"] == "encoded"


def test_the_old_sound_stays_under_the_new_where_it_is_kept(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "1.mp4", 48, sound=tone(2, 200, 0.4))
    voice = a_sound(tmp_path / "s.wav", tone(0.5, 3000, 0.1))
    given = {"video": clip, "audio": voice, "keep": True, "offset": 0.75, "duck": 12}
    heard = samples_of(edited("mux", tmp_path / "out", **given).path)[:, 0]
    curve = _depth(heard)
    assert curve[80:120] == pytest.approx(-12, abs=0.6)
    assert curve[5:55] == pytest.approx(0, abs=0.6)


def test_the_sound_of_a_part_is_in_step_with_its_picture(tmp_path: Path) -> None:
    ramp = tone(2, 300)
    ramp[RATE:] = tone(1, 900)
    clip = a_clip(tmp_path / "1.mov", 48, sound=ramp)
    made = edited("extract-audio", tmp_path / "out", video=clip, start=0.9, end=1.4, format="wav")
    heard = samples_of(made.path)
    assert len(heard) == RATE // 2
    wanted = ramp[round(0.9 * RATE) : round(1.4 * RATE)]
    assert np.abs(heard[500:3500] - wanted[500:3500]).max() < 0.03
    with pytest.raises(RenderError, match="no sound"):
        edited("extract-audio", tmp_path / "out", video=a_clip(tmp_path / "2.mp4", 4))
