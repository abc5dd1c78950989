"""Sound effects as files: exact, whole, in their windows, and through the catalogue from a vendor's model."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import InvalidInput, RenderError
from callsheet.renderers import render
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.pool import Pool
from callsheet.renderers.previz import dialogue, sound
from callsheet.renderers.previz.effects import score
from callsheet.renderers.previz.effects.measure import onsets
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound.levels import loudness
from callsheet.renderers.sound.limiter import true_peak
from callsheet.renderers.sound.read import read_sound
from callsheet.vendors.previz.driver import PrevizDriver

MODEL = catalog.load().model("previz/sound-effect")


def made(tmp_path: Path, prompt: str = "three knocks", duration: float = 1.5, **more: object) -> list[Made]:
    scene = Scene("sound-effect", prompt=prompt, duration=duration, **more)  # type: ignore[arg-type]
    return render.render(scene, tmp_path, lambda _: None)


@pytest.mark.parametrize(
    ("ending", "kind", "codec"),
    [
        ("mp3", "audio/mpeg", "mp3"),
        ("wav", "audio/wav", "pcm"),
        ("flac", "audio/flac", "flac"),
        ("m4a", "audio/mp4", "aac"),
    ],
)
def test_every_format_is_exactly_as_long_as_asked(tmp_path: Path, ending: str, kind: str, codec: str) -> None:
    (one,) = made(tmp_path, format=ending, duration=2.345)
    assert (one.content_type, one.path.suffix) == (kind, f".{ending}")
    assert one.duration == pytest.approx(2.345, abs=1 / 44_100)
    with av.open(str(one.path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name.startswith(codec)
        assert (stream.rate, stream.channels) == (44_100, 2)
    stereo = read_sound(one.path)
    assert len(stereo) == round(2.345 * 44_100)
    assert true_peak(stereo) < 10 ** (-0.7 / 20), "an encoder may add a little to -1 dBTP"


def test_the_file_says_what_it_is_and_what_was_understood(tmp_path: Path) -> None:
    (one,) = made(tmp_path, "two dog barks, no wind", format="m4a")
    assert [found["recipe"] for found in one.extra["recognised"]] == ["dog-bark"]
    assert one.extra["refused"] == ["wind"]
    with av.open(str(one.path)) as container:
        tags = {name.lower(): value for name, value in container.metadata.items()}
    assert tags["comment"] == PREVIEW
    said = json.loads(tags["description"])
    assert said["prompt"] == "two dog barks, no wind"
    assert said["recognised"][0]["times"] == one.extra["recognised"][0]["times"]


def test_pieces_differ_and_are_the_same_again(tmp_path: Path) -> None:
    pieces = [read_sound(one.path) for one in made(tmp_path / "a", "dog barks", count=3, seed=5, format="wav")]
    again = [read_sound(one.path) for one in made(tmp_path / "b", "dog barks", count=1, seed=6, format="wav")]
    assert len(pieces) == 3
    assert np.array_equal(pieces[1], again[0]), "piece i comes from seed + i"
    assert not np.array_equal(pieces[0], pieces[1])
    assert not np.array_equal(pieces[1], pieces[2])


def test_each_window_sounds_from_its_beginning_to_its_end_and_nowhere_else(tmp_path: Path) -> None:
    shots = [
        {"from": 0.5, "to": 1.25, "prompt": "heavy rain"},
        {"from": 2.0, "to": 2.6, "prompt": "a church bell"},
        {"from": 3.0, "to": 4.0, "prompt": "quantum flurble"},
    ]
    (one,) = made(tmp_path, "", 4.5, format="wav", extra={"shots": shots})
    stereo = read_sound(one.path)
    heard = np.abs(stereo).max(axis=1)
    for start, end in ((0, 0.5), (1.25, 2.0), (2.6, 3.0), (4.0, 4.5)):
        assert heard[round(start * 44_100) : round(end * 44_100)].max() == 0.0
    for shot in shots[:2]:
        start = round(float(shot["from"]) * 44_100)
        assert heard[start : start + 441].max() > 0.005, "it begins on time"
        assert heard[round(float(shot["to"]) * 44_100) - 4410 :][:2000].max() > 0.002, "and lasts to its end"
    assert [found["recipe"] for found in one.extra["recognised"]] == ["rain-heavy", "church-bell"]
    assert one.extra["recognised"][1]["from"] == 2.0
    assert one.extra["nearest"]


@pytest.mark.parametrize(("start", "end"), [(1.0, 1.0), (2.0, 1.0), (0.0, 9.0)])
def test_a_window_outside_the_sound_is_refused(tmp_path: Path, start: float, end: float) -> None:
    with pytest.raises(RenderError, match="window"):
        made(tmp_path, "", 3.0, extra={"shots": [{"from": start, "to": end, "prompt": "rain"}]})
    assert not tmp_path.exists() or list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="ogg"):
        made(tmp_path, format="ogg")


def test_a_whisper_is_no_explosion() -> None:
    quiet, loud = (loudness(score.perform(p, 3 * 44_100, 1).stereo) for p in ("gentle breathing", "an explosion"))
    assert quiet < -32
    assert loud > -22


def test_a_long_bed_goes_on_without_a_gap() -> None:
    stereo = score.perform("waterfall", 24 * 44_100, 1).stereo
    level = np.sqrt((stereo.reshape(240, -1) ** 2).mean(axis=1))
    assert level.min() > 0.6 * level.max()
    assert len(onsets(stereo[44_100:], rise=9)) == 0


def test_vidus_timed_sounds_run_on_previz(tmp_path: Path) -> None:
    vidu = catalog.load().model("vidu/audio1.0/timing2audio")
    wire = {
        "duration": 4,
        "timing_prompts": [{"from": 0, "to": 1.5, "prompt": "鸟鸣"}, {"from": 2, "to": 4, "prompt": "雷声"}],
    }
    asked = vidu.check(vidu.from_wire({"model": "audio1.0", **wire}))
    known = {name: value for name, value in asked.items() if name in MODEL.params}
    assert set(asked) - set(known) == set(), "nothing that Vidu offers is lost"
    checked = MODEL.check(known)
    (one,) = render.render(scene_of("sound-effect", checked, tmp_path), tmp_path / "out", lambda _: None)
    assert [found["recipe"] for found in one.extra["recognised"]] == ["birds", "thunder"]
    assert len(read_sound(one.path)) == 4 * 44_100


def scene_of(capability: str, given: dict[str, object], folder: Path) -> Scene:
    """The scene as the driver makes it of an input to the previz model."""
    model = catalog.load().model(f"previz/{capability}")
    driver = PrevizDriver(Pool(1), folder / "renders", {}, slots=1)
    return driver.scene(Order("task_1", model, model.check(given), {}))


def test_a_clips_params_reach_its_sound(tmp_path: Path) -> None:
    given = {"prompt": "the sea", "duration": 1, "width": 64, "height": 36, "background_music": True}
    assert sound.parts(scene_of("text-to-video", given, tmp_path)).told()["effects"] == [], "music was asked, no more"
    more = {**given, "generate_audio": True, "audio_type": "sound_effect_only", "background_music": False}
    (clip,) = render.render(scene_of("text-to-video", more, tmp_path), tmp_path / "out", lambda _: None)
    assert clip.extra["sound"] == {"effects": ["ocean-waves"], "speech": [], "music": False}
    assert len(read_sound(clip.path)) == 44_100


def test_the_model_wants_words_once() -> None:
    with pytest.raises(InvalidInput):
        MODEL.check({"duration": 3})
    with pytest.raises(InvalidInput):
        MODEL.check({"prompt": "rain", "shots": [{"from": 0, "to": 1, "prompt": "rain"}]})
    with pytest.raises(InvalidInput):
        MODEL.check({"prompt": "rain", "duration": 181})


CLIP = Scene("text-to-video", prompt="a dog barks in a forest, then thunder", duration=2.0, generate_audio=True, seed=1)


@pytest.mark.parametrize(
    ("prompt", "given", "effects", "music"),
    [
        ("a dog barks in a forest", {}, ["birds", "wind", "dog-bark"], True),
        ("a forest at night", {}, ["crickets", "wind"], True),
        ("a dog barks, no music", {}, ["dog-bark"], False),
        ("a forest, without birds", {"background_music": False}, ["wind"], False),
        ("the sea", {"audio_type": "sound_effect_only"}, ["ocean-waves"], False),
        ("the sea", {"audio_type": "speech_only"}, [], False),
        ("the sea", {"audio_type": "sound_effect_only", "background_music": True}, ["ocean-waves"], True),
        ("a grey studio", {"background_music": False}, ["fan"], False),
    ],
)
def test_a_clip_is_heard_as_it_was_asked(
    prompt: str, given: dict[str, object], effects: list[str], music: bool
) -> None:
    told = sound.parts(Scene("text-to-video", prompt=prompt, generate_audio=True, extra=given)).told()
    assert told["effects"] == effects
    assert told["music"] is music


def test_music_alone_is_music_alone() -> None:
    scene = Scene("text-to-video", prompt="the sea", duration=1.0, extra={"background_music": True})
    assert sound.parts(scene).told() == {"effects": [], "speech": [], "music": True}
    score = sound.score(scene)
    assert score is not None
    assert len(score) == 44_100


def test_effects_stand_out_from_the_music() -> None:
    """Knocks under which music plays are still three knocks, at the times they have without it."""
    scene = Scene("text-to-video", prompt="three knocks", duration=3.0, generate_audio=True, seed=2)
    stereo = sound.score(scene)
    assert stereo is not None
    assert len([at for at in onsets(stereo, gap=0.2, rise=8) if at < 0.9]) == 3


def test_only_what_someone_says_is_dialogue() -> None:
    assert dialogue.lines('a man says "hello there" beside a sign "OPEN"') == ("hello there",)
    assert dialogue.lines("女孩说：“你好，世界”，然后微笑") == ("你好，世界",)
    assert dialogue.lines('a neon sign reading "OPEN"') == ()


@pytest.mark.skipif(not dialogue.able(), reason="espeak-ng is not installed")
def test_what_is_said_is_heard_and_the_rest_gives_way() -> None:
    prompt = 'rain on a street, a woman says "good morning to all of you"'
    speaking, silent = (
        sound.score(
            Scene("text-to-video", prompt=prompt, duration=4.0, generate_audio=True, extra={"audio_type": kind})
        )
        for kind in ("speech_only", "sound_effect_only")
    )
    assert speaking is not None
    assert silent is not None
    assert len(onsets(speaking, rise=8)) >= 3
    assert np.abs(speaking[-44_100:]).max() < 0.01, "she has finished"
    assert np.abs(silent[44_100:-44_100]).max() > 0.01


def test_without_a_voice_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "able", lambda: False)
    assert sound.parts(Scene("text-to-video", prompt='she says "hi"', generate_audio=True)).lines == ()
