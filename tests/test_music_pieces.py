"""Music that is what was asked: length, loudness, tempo, key, form, players, and another with another seed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers import render
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.previz.music import brief, form, harmony, score
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound import levels, limiter, read
from sound_fixtures import RATE, key, octaves, tempo


def made(folder: Path, prompt: str, seconds: float, *, form: str = "wav", seed: int = 3, count: int = 1) -> list[Made]:
    scene = Scene("music", prompt=prompt, seed=seed, count=count, duration=seconds, format=form)
    return render.render(scene, folder, lambda _: None)


def heard(folder: Path, prompt: str, seconds: float, seed: int = 3) -> np.ndarray:
    return read.read_sound(made(folder, prompt, seconds, seed=seed)[0].path)


@pytest.mark.parametrize(("ending", "seconds"), [("mp3", 7.337), ("wav", 1.0), ("flac", 1.0), ("m4a", 1.0)])
def test_a_piece_lasts_to_the_sample_what_was_asked_and_is_as_loud(tmp_path: Path, ending: str, seconds: float) -> None:
    piece = made(tmp_path, "gentle piano", seconds, form=ending)[0]
    sound = read.read_sound(piece.path)
    assert sound.shape == (round(seconds * RATE), 2)
    assert piece.duration == pytest.approx(round(seconds * RATE) / RATE)
    assert levels.loudness(sound) == pytest.approx(-14, abs=0.5)
    assert limiter.true_peak(sound) < 10 ** (-0.5 / 20)
    assert np.abs(sound[-200:]).max() < 0.01, "it has died away at its end"


def test_the_file_and_the_answer_say_what_was_understood(tmp_path: Path) -> None:
    piece = made(tmp_path, "欢快的古筝 D大调 无鼓 90 bpm", 12)[0]
    said = piece.extra["music"]
    assert (said["genre"], said["mood"], said["key"], said["tempo"]) == ("chinese", "happy", "D major", 90.0)
    assert "guzheng" in said["instruments"]
    assert "drums" not in said["instruments"]
    assert said["sections"][-1]["name"] == "last chord"
    assert said["sections"][-1]["end"] == 12
    with av.open(str(piece.path)) as container:
        assert container.metadata["comment"] == PREVIEW
        assert json.loads(container.metadata["ISBJ"])["music"]["key"] == "D major"


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [("pop song at 104 bpm", 104), ("house, tempo 126", 126), ("jazz trio 138 bpm", 138), ("民谣 每分钟 92", 92)],
)
def test_the_tempo_heard_is_the_tempo_asked(tmp_path: Path, prompt: str, bpm: float) -> None:
    assert tempo(heard(tmp_path, prompt, 16), bpm / 1.4, bpm * 1.4) == pytest.approx(bpm, abs=1)


@pytest.mark.parametrize(
    ("prompt", "tonic", "mode"),
    [
        ("waltz in D major", 2, "major"),
        ("epic trailer in F# minor", 6, "minor"),
        ("降E大调 钢琴曲", 3, "major"),
        ("lo-fi in A minor", 9, "minor"),
    ],
)
def test_the_key_heard_is_the_key_asked(tmp_path: Path, prompt: str, tonic: int, mode: str) -> None:
    assert key(heard(tmp_path, prompt, 24)) == (tonic, mode)


def test_every_seed_and_piece_is_its_own_and_the_same_again(tmp_path: Path) -> None:
    pieces = made(tmp_path / "a", "calm music", 8, count=3)
    sounds = [read.read_sound(piece.path) for piece in pieces]
    keys = {(piece.extra["music"]["key"], piece.extra["music"]["progression"]) for piece in pieces}
    assert len(keys) == 3
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(sounds[one][:, 0], sounds[other][:, 0])[0, 1]) < 0.3
    again = made(tmp_path / "b", "calm music", 8, seed=4)[0]
    assert again.path.read_bytes() == pieces[1].path.read_bytes()


@pytest.mark.parametrize(
    "prompt", ["ambient", "epic orchestra", "rock", "中国风", "happy corporate", "classical piano"]
)
def test_a_mix_is_wide_balanced_and_breathes(tmp_path: Path, prompt: str) -> None:
    sound = heard(tmp_path, prompt, 9)
    bands = octaves(sound)
    assert bands[0] < -2, "not all bass"
    assert -26 < bands[5] < -7, "neither dull nor harsh at 2 kHz"
    assert -34 < bands[7] < -12, "some air at 8 kHz, no hiss"
    middle, side = sound.mean(axis=1), (sound[:, 0] - sound[:, 1]) / 2
    assert 0.1 < side.std() / middle.std() < 1.0
    crest = np.abs(middle).max() / middle.std()
    assert 2.5 < crest < 9


def test_a_piece_has_a_form_that_grows_and_comes_home(tmp_path: Path) -> None:
    piece = made(tmp_path, "epic trailer in D minor, 100 bpm", 60)[0]
    sound = read.read_sound(piece.path)
    parts = {part["name"]: part for part in piece.extra["music"]["sections"]}
    assert [*parts] == ["intro", "theme", "build", "climax", "ending", "last chord"]

    def level(name: str) -> float:
        part = parts[name]
        return levels.loudness(sound[round(part["start"] * RATE) : round(part["end"] * RATE)])

    assert level("climax") > level("theme") > level("intro")
    last = sound[round(parts["last chord"]["start"] * RATE) :]
    classes = _classes(last[: RATE * 3 // 2])
    assert {2, 5, 9} == set(np.argsort(classes)[-3:].tolist()), "the last chord is D minor"


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 3.5, 10, 47, 95, 300, 900])
@pytest.mark.parametrize("words", ["waltz", "house 128 bpm", "慢板 钢琴", "lo-fi 6/8"])
def test_a_form_fills_any_length_with_whole_bars(seconds: float, words: str) -> None:
    asked = brief.read(words)
    plan = form.plan(asked, seconds)
    firsts = [part.first for part in plan.sections]
    assert firsts == [sum(part.bars for part in plan.sections[:at]) for at in range(len(firsts))]
    assert plan.last == pytest.approx(plan.bars * plan.bar)
    assert 0 < seconds - plan.last <= max(0.5, 2.1 * plan.bar + 1.8)
    if "tempo" in asked.said:
        assert plan.tempo == asked.tempo
    assert plan.tempo == pytest.approx(asked.tempo, rel=0.051)


@pytest.mark.parametrize("mode", sorted(harmony.SCALES))
def test_chords_fit_their_mode_and_lead_their_voices_gently(mode: str) -> None:
    for seed in range(6):
        asked = brief.read(f"pop in C {mode}" if mode not in ("gong", "yu") else f"C {mode} mode", seed=seed)
        written = score.write(asked, form.plan(asked, 90), seed)
        moves = [
            np.mean(np.abs(np.subtract(sorted(a)[:3], sorted(b)[:3])))
            for a, b in zip(written.voicings, written.voicings[1:], strict=False)
        ]
        assert np.mean(moves) < 4, "voices move by steps"
        assert written.tonic.root == asked.tonic
        scale = {(asked.tonic + step) % 12 for step in harmony.SCALES[asked.mode]}
        strange = [c for c in written.chords if len(set(c.classes) - scale) > 2]
        assert strange == []


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("epic orchestral trailer", {"genre": "cinematic", "mood": "epic"}),
        ("悬疑 恐怖 配乐", {"genre": "suspense", "mood": "tense"}),
        ("儿歌", {"genre": "children"}),
        ("solo piano nocturne", {"genre": "classical"}),
        ("电子舞曲 128 bpm", {"genre": "electronic", "tempo": 128.0}),
        ("a waltz in B flat major", {"genre": "waltz", "tonic": 10, "mode": "major", "metre": 3}),
        ("欢快的爵士乐，120拍", {"genre": "jazz", "tempo": 120.0}),
        ("升F小调 爵士", {"genre": "jazz", "tonic": 6, "mode": "minor"}),
        ("rock without drums", {"genre": "rock", "drums": False}),
        ("something in a minor key, slow", {"mode": "minor", "tempo": 72.0}),
        ("dorian folk in E", {"genre": "folk", "mode": "dorian"}),
    ],
)
def test_prompts_in_both_languages_are_understood(prompt: str, wanted: dict[str, object]) -> None:
    asked = brief.read(prompt)
    assert {name: getattr(asked, name) for name in wanted} == wanted


def test_instruments_named_play_and_those_refused_do_not() -> None:
    assert "erhu" in brief.read("sad erhu over strings").players.values()
    assert "piano" not in brief.read("pop without piano").players.values()
    assert "bass" not in brief.read("rock, no bass").players
    assert brief.read("ambient with drums").drums
    assert not brief.read("rock", "drums, distortion").drums


def test_without_strings_no_kind_of_them_plays() -> None:
    band = brief.read("epic orchestral trailer, without strings").players.values()
    assert not {"strings", "spiccato", "pizzicato", "contrabass", "violin"} & set(band)
    assert {"brass", "choir"} <= set(band)
    solo = brief.read("epic orchestral trailer, no strings, solo violin").players.values()
    assert "violin" in solo


def test_an_instrument_that_nobody_plays_here_is_stood_in_for_and_that_is_told(tmp_path: Path) -> None:
    asked = brief.read("欢快的爵士乐，钢琴和萨克斯，没有手风琴")
    assert asked.stand_ins == {"saxophone": "brass"}
    assert {"piano", "brass"} <= set(asked.players.values())
    (made,) = render.render(
        Scene("music", prompt="calm jazz, clarinet", duration=0.5, format="wav"), tmp_path, lambda _: None
    )
    assert made.extra["music"]["stand_ins"] == {"clarinet": "flute"}
    assert brief.read("calm piano").stand_ins == {}


def test_a_length_of_nothing_is_a_whole_piece() -> None:
    asked = brief.read("pop song at 120 bpm")
    assert 50 < form.natural(asked) < 70
    names = [part.name for part in form.plan(asked, form.natural(asked)).sections]
    assert names == ["intro", "theme", "build", "climax", "ending"]


def test_what_cannot_be_made_says_why(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="900"):
        made(tmp_path, "pop", 901)
    with pytest.raises(RenderError, match="ogg"):
        made(tmp_path, "pop", 5, form="ogg")
    assert not list(tmp_path.iterdir())


def test_a_long_piece_stays_small_in_memory_and_leaves_no_spool(tmp_path: Path) -> None:
    """In a child of its own: beyond what a short one needs, 8 MB; all of this sound held at once would be 53."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom callsheet.renderers import render\n"
        "from callsheet.renderers.scene import Scene\n"
        "for seconds in (20, 150):\n"
        "    scene = Scene('music', prompt='epic strings', seed=1, duration=seconds, format='flac')\n"
        "    render.render(scene, Path(sys.argv[1]), lambda _: None)\n"
        "    print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    child = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    short, long = (int(line) // 1024 for line in child.stdout.split())
    assert long - short < 30
    assert [path.name for path in tmp_path.iterdir()] == ["music-1.flac"]


def _classes(stereo: np.ndarray) -> np.ndarray:
    mono = stereo.mean(axis=1)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    hertz = np.fft.rfftfreq(len(mono), 1 / RATE)
    inside = (hertz > 100) & (hertz < 900)
    classes = np.zeros(12)
    np.add.at(classes, np.round(12 * np.log2(hertz[inside] / 440) + 69).astype(int) % 12, power[inside])
    return classes
