"""Several shots in one clip: cuts on exact frames, key pictures on exact frames, and sound that follows the shots."""

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers import media, render
from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import multi_shot, shots, shots_sound
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.scene import Made, Scene
from render_fixtures import Measured, Rgb, difference, landscape, measure, save


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


def pictures(folder: Path, count: int) -> list[Path]:
    """Views of one place, each a little further on, in other light."""
    whole = landscape(800, 360, seed=11)
    seen = [np.clip(whole[:, 60 * i : 60 * i + 480] * (1 - 0.12 * i), 0, 255).astype(np.uint8) for i in range(count)]
    return [save(one, folder / f"key-{index}.png") for index, one in enumerate(seen)]


def shot_scene(capability: str = "multi-shot", **said: Any) -> Scene:
    return Scene(capability, **{"width": 192, "height": 108, "mark": False, **said})


def made(scene: Scene, folder: Path) -> tuple[Made, Measured]:
    [one] = render.render(scene, folder / "out", quiet)
    return one, measure(one.path)


def cuts(frames: list[Rgb]) -> list[int]:
    """Frames that differ from the one before by far more than is usual in the clip."""
    steps = np.array([difference(one, two) for one, two in itertools.pairwise(frames)])
    return [int(index) + 1 for index in np.flatnonzero(steps > max(4 * float(np.median(steps)), 6))]


def test_every_key_picture_stands_on_the_frame_of_its_time(tmp_path: Path) -> None:
    keys = pictures(tmp_path, 4)
    asked = [
        {"image": str(path), "duration": seconds} for path, seconds in zip(keys[1:], (0.5, 1.0, 0.75), strict=True)
    ]
    one, found = made(shot_scene(image=keys[0], extra={"shots": asked}), tmp_path)
    places = [0, 12, 36, 53]
    assert len(found.frames) == 54
    assert found.video_seconds == Fraction(54, 24)
    assert [shot["key_frame"] for shot in one.extra["shots"]] == places[1:]
    assert [(shot["start"], shot["end"]) for shot in one.extra["shots"]] == [(0, 0.5), (0.5, 1.5), (1.5, 2.25)]
    wanted = [fit(media.load_still(path), 192, 108) for path in keys]
    for place, key in zip(places, wanted, strict=True):
        assert difference(found.frames[place], key) < 4
        others = [difference(frame, key) for at, frame in enumerate(found.frames) if abs(at - place) > 4]
        assert difference(found.frames[place], key) < min(others)
    assert cuts(found.frames) == []


def test_the_drawn_key_frames_are_the_pictures_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = pictures(tmp_path, 3)
    drawn: list[Rgb] = []

    def noted(scene: Scene, _out: Path, _progress: object, draw: Any, **_: object) -> list[Made]:
        drawn.extend(frame.copy() for frame in draw(scene))
        return []

    monkeypatch.setattr(multi_shot.shoot, "clips", noted)
    asked = [{"image": str(path), "duration": 0.5} for path in keys[1:]]
    multi_shot.render(shot_scene(image=keys[0], extra={"shots": asked}), tmp_path, quiet)
    assert len(drawn) == 24
    for place, path in zip((0, 12, 23), keys, strict=True):
        assert np.array_equal(drawn[place], fit(media.load_still(path), 192, 108))


def test_given_shots_are_cut_on_exact_frames_from_pictures_and_from_words(tmp_path: Path) -> None:
    [one_key] = pictures(tmp_path, 1)
    asked = [
        {"prompt": "the sea at night", "duration": 0.5},
        {"image": str(one_key), "duration": 0.4},
        {"prompt": "a desert at noon", "duration": 0.6},
    ]
    one, found = made(shot_scene(extra={"shots": asked}), tmp_path)
    assert len(found.frames) == 36
    assert cuts(found.frames) == [12, 22]
    assert [shot["frame"] for shot in one.extra["shots"]] == [0, 12, 22]


def test_transition_decides_against_the_usual(tmp_path: Path) -> None:
    keys = pictures(tmp_path, 3)
    asked = [{"image": str(path), "duration": 0.5} for path in keys[1:]]
    _, found = made(shot_scene(image=keys[0], extra={"shots": asked, "transition": "cut"}), tmp_path)
    assert cuts(found.frames) == [12]
    with pytest.raises(RenderError, match="morph needs a picture"):
        made(shot_scene(extra={"shots": [{"prompt": "the sea"}], "transition": "morph"}), tmp_path)


@pytest.mark.parametrize(("seconds", "count"), [(1.5, 2), (5, 2), (5.1, 3), (10, 3), (15, 4)])
def test_the_length_says_how_many_shots_a_clip_is_cut_into(seconds: float, count: int) -> None:
    listed = shots.asked(shot_scene("image-to-video", duration=seconds, fps=Fraction(30000, 1001)))
    assert [shot.size for shot in listed] == list(shots.COVERAGE[:count])
    assert sum(shot.frames for shot in listed) == shot_scene(duration=seconds, fps=Fraction(30000, 1001)).frames
    assert [shot.first for shot in listed] == [sum(s.frames for s in listed[:at]) for at in range(count)]


def test_multi_shot_cuts_a_still_and_a_painted_scene_where_it_says(tmp_path: Path) -> None:
    still = pictures(tmp_path, 1)[0]
    for scene in (
        shot_scene("image-to-video", image=still, duration=1.5, extra={"multi_shot": True}),
        shot_scene("text-to-video", prompt="a castle in the mountains", duration=1.5, extra={"multi_shot": True}),
    ):
        one, found = made(scene, tmp_path)
        assert [shot["size"] for shot in one.extra["shots"]] == ["wide", "medium"]
        assert len(found.frames) == 36
        assert cuts(found.frames) == [18]


def test_without_multi_shot_nothing_is_cut(tmp_path: Path) -> None:
    still = pictures(tmp_path, 1)[0]
    one, found = made(shot_scene("image-to-video", image=still, duration=0.5, extra={"multi_shot": False}), tmp_path)
    assert cuts(found.frames) == []
    assert "shots" not in one.extra


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Shot 1: a red door. Shot 2: a hand, close. Shot 3: the sea", ["a red door.", "a hand, close.", "the sea"]),
        ("镜头1：红门 镜头2：大海", ["红门", "大海"]),
        ("镜头一：红门；镜头二：大海", ["红门", "大海"]),
        ("Noir. [Shot 1] (3s) a street [Shot 2] (2s) a car", ["a street, Noir.", "a car, Noir."]),
        ("第一个镜头，猫；第二个镜头，狗", ["猫", "狗"]),
        ("a wide shot of 2 dogs", []),
        ("one shot 1: alone", []),
    ],
)
def test_a_prompt_that_numbers_its_shots_is_read(prompt: str, found: list[str]) -> None:
    assert [text for text, _ in shots.read(prompt)] == found


def test_seconds_named_in_the_prompt_share_the_clip() -> None:
    scene = shot_scene("text-to-video", prompt="Shot 1: (3s) a street Shot 2: (1s) a car", duration=4)
    assert [shot.frames for shot in shots.asked(scene)] == [72, 24]


def test_sound_follows_the_shots_and_is_as_long_as_the_clip(tmp_path: Path) -> None:
    asked = [{"prompt": "the sea in a storm", "duration": 1.0}, {"prompt": "a quiet room", "duration": 1.0}]
    scene = shot_scene(extra={"shots": asked}, generate_audio=True)
    one, found = made(scene, tmp_path)
    assert found.audio_seconds == Fraction(2)
    assert one.extra["sound"]["music"]
    assert one.extra["sound"]["effects"], "the sounds of every shot's own words"
    whole = shots_sound.score(replace(scene, duration=2.0), shots.given(scene))
    assert whole is not None
    assert whole.shape == (2 * SAMPLE_RATE, 2)
    loud = [float(np.abs(whole[at : at + SAMPLE_RATE // 4]).mean()) for at in (SAMPLE_RATE - 16000, SAMPLE_RATE + 4000)]
    assert min(loud) > 0.2 * max(loud), "no hole at the cut"


def test_one_piece_of_music_goes_on_over_the_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"prompt": text, "duration": 1.0} for text in ("a calm harp", "a red door", "an empty room")]
    scene = shot_scene(extra={"shots": rows, "background_music": True}, duration=3.0)
    asked: list[Scene] = []
    tone = np.sin(np.arange(3 * SAMPLE_RATE) * 440 * 2 * np.pi / SAMPLE_RATE).astype(np.float32) * np.float32(0.1)

    def composed(scene: Scene, count: int, level: float) -> np.ndarray:
        asked.append(scene)
        return np.stack([tone[:count]] * 2, axis=1)

    monkeypatch.setattr(shots_sound.sound, "music", composed)
    heard = shots_sound.score(scene, shots.given(scene))
    assert heard is not None
    [one] = asked
    assert all(row["prompt"] in one.prompt for row in rows), "in the mood of all its shots"
    assert one.duration == 3.0
    inside = slice(SAMPLE_RATE // 2, 5 * SAMPLE_RATE // 2)
    share = np.dot(heard[inside, 0], tone[inside]) / np.linalg.norm(heard[inside, 0]) / np.linalg.norm(tone[inside])
    assert share > 0.99999, "the tone neither stops nor wavers where the picture is cut"


def test_a_shot_without_music_in_its_words_refuses_it_for_all() -> None:
    rows = [{"prompt": text, "duration": 0.5} for text in ("rain, no music", "a red door")]
    scene = shot_scene(extra={"shots": rows}, generate_audio=True, duration=1.0)
    heard = shots_sound.parts(scene, shots.given(scene))
    assert not heard.music
    assert {cue.recipe.name for cue in heard.cues} >= {"rain-heavy"}


@pytest.mark.parametrize("listed", [[], [{"prompt": "x"}] * 25])
def test_no_shots_or_too_many_are_named(tmp_path: Path, listed: list[dict[str, str]]) -> None:
    with pytest.raises(RenderError) as caught:
        made(shot_scene(extra={"shots": listed}), tmp_path)
    assert caught.value.param == "shots"


def test_a_broken_key_picture_is_named_by_its_place(tmp_path: Path) -> None:
    keys = pictures(tmp_path, 2)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    asked = [{"image": str(keys[1]), "duration": 0.2}, {"image": str(tmp_path / "broken.png"), "duration": 0.2}]
    with pytest.raises(RenderError) as caught:
        made(shot_scene(image=keys[0], extra={"shots": asked}), tmp_path)
    assert caught.value.param == "shots[1].image"
