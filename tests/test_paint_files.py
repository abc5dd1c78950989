"""The files that text to image and text to video make, opened and measured; and the sound they carry."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers.previz import sound, text_to_image, text_to_video
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound import levels

STILL = Scene("text-to-image", prompt="雪山下的湖泊，两只鹿", seed=4, width=320, height=180, format="png")
CLIP = Scene(
    "text-to-video", prompt="a sailboat at sunset", seed=4, width=192, height=108, duration=1.0, fps=Fraction(12)
)


def paint(scene: Scene, out: Path) -> list[Made]:
    heard: list[float] = []
    made = text_to_image.render(scene, out, heard.append)
    assert heard[-1] == 1.0
    return made


@pytest.mark.parametrize(
    ("name", "kind", "format_"),
    [
        ("png", "image/png", "PNG"),
        ("jpeg", "image/jpeg", "JPEG"),
        ("webp", "image/webp", "WEBP"),
        ("mp4", "image/png", "PNG"),
    ],
)
def test_a_still_is_written_in_its_format_and_says_that_it_is_a_preview(
    tmp_path: Path, name: str, kind: str, format_: str
) -> None:
    [made] = paint(replace(STILL, format=name), tmp_path)
    assert made.content_type == kind
    with Image.open(made.path) as picture:
        assert picture.format == format_
        assert picture.size == (320, 180)
        said = " ".join(str(value) for value in [*picture.info.values(), *picture.getexif().values()])
    assert "preview" in said


def test_a_format_no_still_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="gif"):
        paint(replace(STILL, format="gif"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_each_piece_is_the_one_its_own_seed_gives(tmp_path: Path) -> None:
    first, second = paint(replace(STILL, count=2, mark=False), tmp_path / "two")
    [alone] = paint(replace(STILL, seed=5, mark=False), tmp_path / "one")
    a, b, c = (np.asarray(Image.open(made.path)) for made in (first, second, alone))
    assert not np.array_equal(a, b)
    assert np.array_equal(b, c)


def test_without_the_mark_neither_strip_nor_sign_is_left(tmp_path: Path) -> None:
    from_scene = [paint(replace(STILL, mark=flag), tmp_path / str(flag))[0] for flag in (True, False)]
    marked, bare = (np.asarray(Image.open(made.path)).astype(int) for made in from_scene)
    changed = (np.abs(marked - bare).max(axis=2) > 0).any(axis=1)
    assert changed[:20].any()
    assert changed[150:].any()
    assert not changed[40:90].any(), "the picture itself is the same"
    [again] = paint(replace(STILL, mark=False, prompt=STILL.prompt), tmp_path / "again")
    assert np.array_equal(bare, np.asarray(Image.open(again.path)))


def test_what_the_painter_read_is_told(tmp_path: Path) -> None:
    [made] = paint(STILL, tmp_path)
    assert made.extra["painted"] == {"setting": "lake", "time": "day", "weather": "clear", "subjects": {"deer": 2}}
    [made] = paint(replace(STILL, prompt="nothing in particular"), tmp_path)
    assert made.extra["painted"]["setting"] is None


def test_a_clip_is_exact_in_frames_size_length_and_sound(tmp_path: Path) -> None:
    heard: list[float] = []
    [made] = text_to_video.render(replace(CLIP, generate_audio=True), tmp_path, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    with av.open(str(made.path)) as container:
        assert "preview" in container.metadata["comment"]
        assert json.loads(container.metadata["description"])["seed"] == 4
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == (192, 108)
        assert sum(1 for _ in container.decode(video)) == 12
        assert audio.rate == 44_100
    assert made.duration == 1.0


def test_the_same_scene_gives_the_same_clip_and_another_seed_another(tmp_path: Path) -> None:
    one, two, other = (
        _frames(text_to_video.render(scene, tmp_path / str(i), lambda _: None)[0].path)
        for i, scene in enumerate((CLIP, CLIP, replace(CLIP, seed=5)))
    )
    assert np.array_equal(one, two)
    assert np.abs(one.astype(int) - other).mean() > 3


def test_a_camera_move_is_made_and_a_prompts_own_words_choose_one(tmp_path: Path) -> None:
    plain = replace(CLIP, mark=False)
    scenes = [
        replace(plain, camera_move=9),
        replace(plain, camera_move=4),
        replace(plain, prompt=CLIP.prompt + ", pan right"),
    ]
    still, pan, worded = (
        _frames(text_to_video.render(scene, tmp_path / str(i), lambda _: None)[0].path).astype(int)
        for i, scene in enumerate(scenes)
    )
    travelled = [np.abs(clip[-1] - clip[0]).mean() for clip in (still, pan, worded)]
    assert travelled[1] > 1.5 * travelled[0]
    assert travelled[2] > 1.5 * travelled[0]


def test_an_unknown_move_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="47"):
        text_to_video.render(replace(CLIP, camera_move=47), tmp_path, lambda _: None)
    assert list(tmp_path.iterdir()) == []


PLACES = [
    "sea at sunset",
    "雨夜的街道",
    "epic mountains",
    "sad forest",
    "space",
    "scary room",
    "happy field",
    "storm at sea",
]


@pytest.mark.parametrize("prompt", PLACES)
def test_the_score_is_exactly_as_long_as_the_clip_and_at_its_level(prompt: str) -> None:
    scene = Scene("text-to-video", prompt=prompt, duration=5.0, fps=Fraction(24), generate_audio=True)
    score = sound.score(scene)
    assert score is not None
    assert score.shape == (220_500, 2)
    assert score.dtype == np.float32
    assert np.abs(score).max() < 10 ** (-1 / 20)
    assert -21 < levels.loudness(score) < -19
    assert np.abs(score[:40]).max() < 0.01, "it fades in"
    assert np.abs(score[-40:]).max() < 0.01, "and out"
    assert not np.array_equal(score[:, 0], score[:, 1]), "it is stereo"


def test_loudness_agrees_with_the_standards_reference_tone() -> None:
    t = np.arange(44_100 * 2) / 44_100
    tone = np.sin(2 * np.pi * 997 * t).astype(np.float32)
    assert levels.loudness(np.stack([tone, np.zeros_like(tone)], axis=1)) == pytest.approx(-3.01, abs=0.15)


def test_the_score_is_the_same_again_and_another_seed_gives_another() -> None:
    scene = Scene("text-to-video", prompt="sea", duration=2.0, generate_audio=True)
    one, two, other = (sound.score(s) for s in (scene, scene, replace(scene, seed=1)))
    assert one is not None
    assert two is not None
    assert other is not None
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("seconds", "fps"), [(0.1, Fraction(24)), (3.5, Fraction(25)), (2.0, Fraction(30_000, 1001))])
def test_odd_lengths_are_exact_too(seconds: float, fps: Fraction) -> None:
    scene = Scene("text-to-video", prompt="", duration=seconds, fps=fps, generate_audio=True)
    score = sound.score(scene)
    assert score is not None
    assert len(score) == round(scene.exact_duration * 44_100)


def test_no_sound_is_made_unless_asked_for() -> None:
    assert sound.score(Scene("text-to-video", prompt="sea")) is None


def test_the_demos_still_is_the_projects_own_and_public_domain() -> None:
    folder = files("callsheet").joinpath("demo")
    data = folder.joinpath("still.jpg").read_bytes()
    assert len(data) < 500_000
    path = Path(str(folder.joinpath("still.jpg")))
    with Image.open(path) as picture:
        assert picture.size == (1920, 1080)
        assert "CC0" in str(picture.getexif()[0x8298])
    assert "CC0" in folder.joinpath("README.md").read_text(encoding="utf-8")


def _frames(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
