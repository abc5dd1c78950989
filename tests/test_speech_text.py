"""How a text is read before it is spoken: languages by letters, voices by name, pauses, SSML, and what is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet import catalog
from callsheet.errors import RenderError
from callsheet.renderers.previz.speech import reading, tongues, voices
from callsheet.renderers.previz.speech.reading import MOODS, Spell
from callsheet.renderers.previz.speech.script import Pause
from speech_fixtures import spoken


def read(text: str, **more: Any) -> list[Spell | Pause]:
    return list(reading.read({"text": text, **more}).spells(1))


def lines(text: str, **more: Any) -> list[tuple[str, str]]:
    return [
        (one.line.voices[0].partition("+")[0], one.line.text) for one in read(text, **more) if isinstance(one, Spell)
    ]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Hello, world 5.", [("en-us", "Hello, world 5.")]),
        ("我用 Python 3 写代码。", [("cmn", "我用 "), ("en-us", "Python 3 "), ("cmn", "写代码。")]),
        ("これは漢字です。", [("ja", "これは漢字です。")]),
        ("Привет, world!", [("ru", "Привет, "), ("en-us", "world!")]),
        ("안녕하세요", [("ko", "안녕하세요")]),
        ("สวัสดี", [("th", "สวัสดี")]),
        ("Γειά σου", [("el", "Γειά σου")]),
        ("مرحبا", [("ar", "مرحبا")]),
    ],
)
def test_each_script_is_spoken_in_its_language(text: str, runs: list[tuple[str, str]]) -> None:
    assert lines(text) == runs


def test_a_language_that_was_asked_for_speaks_all_that_its_script_writes() -> None:
    assert lines("今日天氣好好", language="zh-HK") == [("yue", "今日天氣好好")]
    assert lines("Guten Tag 你好", language="de") == [("de", "Guten Tag "), ("cmn", "你好")]
    assert lines("Привіт", language="uk") == [("uk", "Привіт")]
    assert lines("hello", voice="en-GB-RyanNeural") == [("en-gb", "hello")]


@given(st.text(max_size=60))
def test_runs_join_to_the_whole_text(text: str) -> None:
    assert "".join(part for _, part in tongues.runs(text, None)) == text


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("zh", ("cmn",)), ("zh-CN", ("cmn",)), ("zh_TW", ("cmn",)), ("zh-Hant-HK", ("yue",)), ("yue", ("yue",)),
        ("en", ("en-us", "en")), ("en-AU", ("en-au", "en")), ("pt-BR", ("pt-br", "pt")), ("iw", ("he",)),
    ],
)  # fmt: skip
def test_language_tags_become_the_names_of_the_synthesiser(tag: str, names: tuple[str, ...]) -> None:
    assert tongues.voices(tag) == names


def test_every_voice_that_a_vendor_lists_is_known_here() -> None:
    listed = catalog.load().model("wondershare/tm_text2speech").params["voice"]
    names = [*listed.examples, "Wise_Woman", "Deep_Voice_Man", "Exuberant_Girl"]
    assert len(listed.examples) == 8
    assert all(voices.find(name).known for name in names)
    assert {voices.find(name).language for name in listed.examples} == {"cmn", "en-us", "en-gb"}


def test_a_voice_of_no_list_is_always_the_same_and_of_its_locale_and_sex() -> None:
    found = voices.find("zh-HK-HiuMaanNeural")
    assert (found.known, found.language) == (False, "yue")
    assert voices.find("zh-HK-HiuMaanNeural") == found
    assert voices.find("English_Graceful_Lady").language == "en-us"
    assert voices.find("English_Graceful_Lady").variant in ("f1", "f2", "f3", "f4", "f5", "Annie", "linda", "steph")
    assert voices.find("Cantonese_GentleMan").language == "yue"
    assert voices.find("male-qn-qingse").variant[0] not in "f"
    assert len({voices.find(f"voice-{number}").variant for number in range(60)}) > 8
    assert voices.find("cmn+m4").language == "cmn"


def test_plain_text_with_angles_and_ampersands_is_no_markup() -> None:
    assert lines("a < b & c > d <break time='5s'/> &lt;") == [("en-us", "a < b & c > d <break time='5s'/> &lt;")]


def test_pause_marks_and_blank_lines_are_pauses() -> None:
    found = read("One<#1.5#>two.\n\nThree")
    assert [one.seconds for one in found if isinstance(one, Pause)] == [1.5, 0.45]
    with pytest.raises(RenderError, match="too long"):
        read("One<#100#>two")


def test_ssml_is_followed_where_it_is_known() -> None:
    found = read(
        "<?xml version='1.0'?><speak xml:lang='en-US'>One &amp; <break time='1.5s'/><prosody rate='slow' pitch='+2st'>"
        "two</prosody> <say-as interpret-as='characters'>AB</say-as> <sub alias='aluminium'>Al</sub>"
        "<lang xml:lang='de'>drei</lang><p>four</p><mark name='x'/></speak>"
    )
    said = [one for one in found if isinstance(one, Spell)]
    assert [one.line.text.strip() for one in said] == ["One &", "two", "A B", "aluminium", "drei", "four"]
    assert [one.shown for one in said] == [None, None, "AB", "Al", None, None]
    assert said[1].line.rate < 0.8 * said[0].line.rate
    assert said[1].line.pitch > said[0].line.pitch + 5
    assert said[4].line.voices == ("de+f2",)
    assert [one.seconds for one in found if isinstance(one, Pause)] == [1.5, 0.45]


def test_what_ssml_cannot_have_is_noted_and_nothing_is_fetched() -> None:
    made = reading.read(
        {"text": "<speak><audio src='file:///etc/passwd'>a bell</audio><prosody rate='ludicrous'>x</prosody></speak>"}
    )
    assert [piece.text for piece in made.pieces] == ["a bell", "x"]
    assert made.told()["notes"] == [
        "<audio> is not followed: what stands in it is read.",
        "<prosody rate='ludicrous'> is not followed.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<speak>One",
        "<speak>a & b</speak>",
        "<speak>&nbsp;</speak>",
        "<speak></speak><speak></speak>",
    ],
)
def test_broken_ssml_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(RenderError, match="well-formed") as refused:
        read(text)
    assert refused.value.param == "text"


def test_entities_are_not_taken_in() -> None:
    with pytest.raises(RenderError, match="not well-formed"):
        read("<speak><!DOCTYPE l [<!ENTITY a 'b'>]>&a;</speak>")
    with pytest.raises(RenderError, match="document type"):
        read("<?xml version='1.0'?><!DOCTYPE speak [<!ENTITY a 'aaaa'>]><speak>&a;</speak>")


@settings(max_examples=150)
@given(st.text(alphabet="<>/&;speakbr time='\"=-!?[]#1 abc", max_size=60))
def test_no_text_crashes_the_reading(text: str) -> None:
    for whole in (text, f"<speak>{text}</speak>", f"<speak {text}"):
        with contextlib.suppress(RenderError):
            assert read(whole)


@pytest.mark.parametrize("entry", ["omg", "/x", "omg/", ""])
def test_an_entry_that_says_nothing_is_refused(entry: str) -> None:
    with pytest.raises(RenderError) as refused:
        read("omg", pronunciations=[entry])
    assert refused.value.param == "pronunciations"


@pytest.mark.parametrize("text", ["", "   ", "…!?", "<speak><break time='1s'/></speak>", "\0"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(RenderError, match="nothing to say"):
        read(text)


def test_a_language_nobody_speaks_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no voice called tlh") as refused:
        spoken(tmp_path, "nuqneH", language="tlh")
    assert refused.value.param == "language"
    assert refused.value.hint is not None
    assert {"cmn", "yue", "de", "en-us"} <= set(refused.value.hint.rstrip(".").replace(",", "").split())


def test_the_moods_of_the_catalogue_are_those_that_are_spoken() -> None:
    assert list(catalog.load().model("previz/speech").params["emotion"].values) == list(MOODS)


def test_the_synthesisers_limits_are_told() -> None:
    assert "14 semitones" in reading.read({"text": "x", "pitch": 12, "emotion": "surprised"}).told()["notes"][0]
    assert "notes" not in reading.read({"text": "x", "pitch": 12}).told()
