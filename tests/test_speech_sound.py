"""What is heard: words where their times say, pauses to the sample, and every param as a measurable change."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.previz.speech.reading import MOODS
from callsheet.renderers.previz.speech.talker import Line, Talker
from callsheet.renderers.sound.levels import loudness
from callsheet.renderers.sound.limiter import true_peak
from callsheet.renderers.sound.read import read_sound
from speech_fixtures import RATE, SENTENCE, heard, height, level, spoken

ZH = "你好，世界。今天是星期六，我们一起去公园散步吧。"
YUE = "你好，世界。今日天氣好好，我哋一齊去公園散步啦。"


@pytest.mark.parametrize(("text", "language"), [(SENTENCE, "en-us"), (ZH, "cmn"), (YUE, "yue")])
def test_there_is_sound_where_words_are_and_quiet_where_none_is(tmp_path: Path, text: str, language: str) -> None:
    made = spoken(tmp_path, f"{text} <#1.2#> {text}", language=language)
    sound, words = heard(made), made.extra["words"]
    assert made.extra["language"] == language
    assert len(words) >= 18
    for word in words:
        assert level(sound, word["start"], word["end"]) > -45, word
    times = [moment for word in words for moment in (word["start"], word["end"])]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= made.duration
    gaps = [(a["end"], b["start"]) for a, b in itertools.pairwise(words) if b["start"] - a["end"] > 1]
    assert len(gaps) == 1
    assert level(sound, gaps[0][0] + 0.05, gaps[0][1] - 0.05) < -60


def test_the_words_are_those_of_the_text_in_order(tmp_path: Path) -> None:
    made = spoken(tmp_path, "It's 1,234 dollars — for a naïve <b>café</b> & more. Next one!")
    said = [word["text"] for word in made.extra["words"]]
    assert said == ["It's", "1,234", "dollars", "for a", "naïve", "<b>café</b>", "&", "more", "Next", "one"]
    sentences = made.extra["sentences"]
    assert [one["text"] for one in sentences][-1] == "Next one!"
    assert sentences[-1]["start"] == made.extra["words"][-2]["start"]
    assert sentences[-1]["end"] == made.extra["words"][-1]["end"]


def test_the_file_is_level_whole_and_says_what_it_is(tmp_path: Path) -> None:
    made = spoken(tmp_path, SENTENCE, format="mp3", voice="en-US-GuyNeural")
    assert made.content_type == "audio/mpeg"
    stereo = read_sound(made.path)
    with av.open(str(made.path)) as container:
        assert container.streams.audio[0].codec_context.channels == 1, "a voice is one channel"
    assert stereo.shape == (round(made.duration * RATE), 2)
    assert loudness(stereo) == pytest.approx(-16, abs=0.1)
    assert 20 * np.log10(true_peak(stereo)) < -0.5
    assert level(stereo.mean(axis=1), made.duration - 0.1, made.duration) < -60
    assert made.duration - made.extra["words"][-1]["end"] < 0.3
    with av.open(str(made.path)) as container:
        tags = {key.lower(): value for key, value in container.metadata.items()}
    assert "preview" in tags["comment"]
    assert tags["title"] == SENTENCE
    assert json.loads(tags["description"])["voice"] == "en-US-GuyNeural"


def test_the_same_gives_the_same_bytes_and_another_seed_another_melody(tmp_path: Path) -> None:
    one, two = (spoken(tmp_path / name, SENTENCE).path.read_bytes() for name in "ab")
    assert one == two
    other = spoken(tmp_path / "c", SENTENCE, seed=6)
    assert other.path.read_bytes() != one
    assert other.duration == pytest.approx(spoken(tmp_path / "a", SENTENCE).duration, rel=0.03)


def test_the_same_line_sounds_the_same_in_every_second_of_the_day() -> None:
    heard_in: dict[int, bytes] = {}
    while len(heard_in) < 2:  # the synthesiser would seed its noise with the second that it starts in
        second = int(time.time())
        with Talker() as talker:
            heard_in.setdefault(second, talker.say(Line("She sells sea shells.", ("en-us+f2",))).samples.tobytes())
    assert len(set(heard_in.values())) == 1


def test_faster_is_shorter_all_along_the_range(tmp_path: Path) -> None:
    lengths = [spoken(tmp_path, SENTENCE, speed=speed).duration for speed in (0.5, 0.75, 1, 1.5, 2)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] / lengths[2] == pytest.approx(2, rel=0.2)
    assert lengths[2] / lengths[4] == pytest.approx(2, rel=0.25)


def test_pitch_moves_the_voice_by_its_semitones(tmp_path: Path) -> None:
    low, plain, high = (height(heard(spoken(tmp_path, SENTENCE, voice="f2", pitch=pitch))) for pitch in (-12, 0, 12))
    assert 12 * np.log2(high / plain) == pytest.approx(12, abs=1.5)
    assert 12 * np.log2(plain / low) == pytest.approx(12, abs=1.5)
    near = height(heard(spoken(tmp_path, SENTENCE, voice="f2", pitch=5)))
    assert 12 * np.log2(near / height(heard(spoken(tmp_path, SENTENCE, voice="f2")))) == pytest.approx(5, abs=0.8)
    bent, plain_length = (spoken(tmp_path, SENTENCE, voice="f2", pitch=pitch) for pitch in (12, 0))
    assert bent.duration == pytest.approx(plain_length.duration, rel=0.08)


def test_louder_is_louder_and_never_clips(tmp_path: Path) -> None:
    soft, loud = (read_sound(spoken(tmp_path, SENTENCE, volume=volume).path) for volume in (0, 8))
    assert loudness(loud) - loudness(soft) == pytest.approx(8 * 0.6, abs=0.4)
    assert 20 * np.log10(true_peak(loud)) <= -0.9


def test_every_emotion_is_heard_and_told(tmp_path: Path) -> None:
    made = {mood: spoken(tmp_path / mood, SENTENCE, emotion=mood) for mood in MOODS}
    assert len({one.path.read_bytes() for one in made.values()}) == len(MOODS)
    assert made["sad"].duration > made["neutral"].duration > made["angry"].duration
    assert made["sad"].extra["emotion"] == {"asked": "sad", "heard_as": {"rate": 0.86, "pitch": -1.5, "range": 28}}


def test_one_text_in_three_languages_is_three_sounds(tmp_path: Path) -> None:
    made = {tag: spoken(tmp_path / tag, "你好世界。", language=tag) for tag in ("zh-CN", "zh-HK", "ja")}
    assert [one.extra["voices"] for one in made.values()] == [["cmn+f2"], ["yue+f2"], ["ja+f2"]]
    sounds = [heard(one) for one in made.values()]
    assert all(len(sound) > RATE // 2 and np.abs(sound).max() > 0.05 for sound in sounds)
    assert len({sound.tobytes() for sound in sounds}) == 3


def test_mixed_text_is_spoken_by_a_voice_for_each_language(tmp_path: Path) -> None:
    made = spoken(tmp_path, "我在用 Python 写代码，很 happy。", voice="zh-CN-YunxiNeural")
    assert made.extra["voices"] == ["cmn+m3", "en-us+m3"]
    assert "Python" in [word["text"] for word in made.extra["words"]]
    assert len(made.extra["sentences"]) == 1


def test_a_break_lasts_its_time_to_a_millisecond(tmp_path: Path) -> None:
    def lasting(pause: str) -> float:
        return spoken(tmp_path, f"<speak>One <break time='{pause}'/> two.</speak>").duration

    assert lasting("1500ms") - lasting("500ms") == pytest.approx(1.0, abs=0.001)
    marked = [spoken(tmp_path, f"One <#{pause}#> two.").duration for pause in (0.25, 2)]
    assert marked[1] - marked[0] == pytest.approx(1.75, abs=0.001)


def test_words_are_said_as_the_dictionary_has_them_and_shown_as_they_stand(tmp_path: Path) -> None:
    plain = spoken(tmp_path / "a", "Well, omg there.")
    taught = spoken(tmp_path / "b", "Well, omg there.", pronunciations=["OMG/oh my goodness gracious me"])
    assert taught.duration > plain.duration + 0.5
    assert [word["text"] for word in taught.extra["words"]] == ["Well", "omg", "there"]
    pinyin = spoken(tmp_path / "c", "你好处理。", pronunciations=["处理/(chu3)(li3)"])
    assert pinyin.extra["voices"] == ["cmn+f2", "cmn-latn-pinyin+f2"]
    assert pinyin.extra["words"][-1]["text"] == "处理"


@pytest.mark.parametrize("voice", ["en-US-JennyNeural", None])
def test_five_thousand_characters_take_seconds(tmp_path: Path, voice: str | None) -> None:
    text = (SENTENCE + " ") * 112 if voice else (SENTENCE + "\n\n") * 109
    began = time.process_time()
    made = spoken(tmp_path, text[:5000], voice=voice)
    assert time.process_time() - began < 40, "two, where nothing else is computed"
    assert made.duration > 250
    assert len(made.extra["words"]) > 800
    assert made.extra["words"][-1]["end"] <= made.duration


def test_a_crash_is_told_and_the_next_text_is_spoken(tmp_path: Path) -> None:
    with Talker() as talker:
        assert len(talker.say(Line("Hello.", ("en-us",))).samples) > 5000
        os.kill(talker.process.pid, signal.SIGSEGV)
        with pytest.raises(RenderError, match="stopped by SIGSEGV"):
            talker.say(Line("Hello again.", ("en-us",)))
    assert spoken(tmp_path, "Hello again.").duration > 0.3


def test_a_line_that_takes_too_long_is_given_up() -> None:
    with Talker(patience=0.2) as talker:
        os.kill(talker.process.pid, signal.SIGSTOP)
        with pytest.raises(RenderError, match=r"took more than 0\.2 s"):
            talker.say(Line("Hello.", ("en-us",)))


def test_the_process_ends_with_its_parent() -> None:
    program = (
        "import time\nfrom callsheet.renderers.previz.speech.talker import Line, Talker\n"
        "with Talker() as talker:\n talker.say(Line('Hi.', ('en-us',)))\n"
        " print(talker.process.pid, flush=True)\n time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
        parent.wait()
    end = time.monotonic() + 60
    while _alive(child):
        assert time.monotonic() < end, "the speech process outlived its parent"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    """A process that has ended, and that nobody has asked for yet, is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_without_the_extra_the_way_to_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(RenderError, match=r"pip install 'callsheet\[speech\]'"):
        spoken(tmp_path, "Hello.")
    assert not list(tmp_path.rglob("*"))


def test_the_library_is_never_loaded_in_this_process(tmp_path: Path) -> None:
    spoken(tmp_path, "Hello.")
    assert "espeakng_loader" not in sys.modules
    assert "espeak" not in Path("/proc/self/maps").read_text()
