"""References in a painted scene, templates as arrangements, watermarks in their corners, and a given last frame."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers import media, render
from callsheet.renderers.previz import continuation, template_to_video
from callsheet.renderers.previz.flow import Drift, camera_drift
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.scene import Made, Scene
from render_fixtures import Measured, Rgb, difference, grey, landscape, measure, save

PURPLE = (170, 20, 200)
ORANGE = (250, 120, 10)


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


def made(capability: str, folder: Path, **said: Any) -> tuple[Made, Measured]:
    asked = {"width": 256, "height": 144, "duration": 0.5, "mark": False, **said}
    [one] = render.render(Scene(capability, **asked), folder / "out", quiet)
    return one, measure(one.path)


def thing(path: Path, colour: tuple[int, int, int]) -> Path:
    """A disc of one strong colour before a plain wall."""
    picture = np.full((200, 240, 3), 225, np.uint8)
    cv2.circle(picture, (120, 100), 62, colour, -1, cv2.LINE_AA)
    return save(picture, path)


def share(frame: Rgb, colour: tuple[int, int, int]) -> np.ndarray:
    """Where the frame has about this hue, strongly: the light of the scene may have changed how bright it is."""
    hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV).astype(int)
    [[wanted]] = cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2HSV).astype(int)
    apart = np.abs(hsv[..., 0] - wanted[0])
    return (np.minimum(apart, 180 - apart) < 9) & (hsv[..., 1] > 120) & (hsv[..., 2] > 40)


def test_the_subjects_of_the_pictures_stand_in_the_scene_and_their_walls_do_not(tmp_path: Path) -> None:
    one, found = made(
        "reference-to-video",
        tmp_path,
        prompt="a green field on a bright day",
        images=(thing(tmp_path / "a.png", PURPLE), thing(tmp_path / "b.png", ORANGE)),
        camera_move=9,
    )
    frame = found.frames[0]
    for colour, left, right in ((PURPLE, 0.15, 0.5), (ORANGE, 0.5, 0.85)):
        seen = share(frame, colour)
        middle = float(np.nonzero(seen)[1].mean()) / frame.shape[1]
        assert 0.02 < seen.mean() < 0.25
        assert left < middle < right
    assert float((frame.min(axis=2) > 215).mean()) < 0.25, "no wall came along"
    assert [row["cut"] for row in one.extra["subjects"]] == ["subject", "subject"]
    assert one.extra["painted"]["setting"] == "field"


def test_only_those_that_the_prompt_names_appear(tmp_path: Path) -> None:
    cast = [
        {"id": "plum", "images": [str(thing(tmp_path / "a.png", PURPLE))]},
        {"id": "橙子", "images": [str(thing(tmp_path / "b.png", ORANGE))]},
    ]
    one, found = made("reference-to-video", tmp_path, prompt="@橙子在草地上", camera_move=9, extra={"subjects": cast})
    assert [row["name"] for row in one.extra["subjects"]] == ["橙子"]
    assert share(found.frames[0], ORANGE).mean() > 0.03
    assert share(found.frames[0], PURPLE).mean() < 0.005


def test_what_is_given_of_a_subject_and_not_used_is_told(tmp_path: Path) -> None:
    plum = {"id": "plum", "images": [str(thing(tmp_path / "a.png", PURPLE))], "videos": []}
    cast = [plum | {"voice": "Wise_Woman", "server_id": "s1"}, plum | {"id": "pear"}]
    one, _ = made("reference-to-video", tmp_path, prompt="on a beach", duration=0.1, extra={"subjects": cast})
    assert [row.get("unused") for row in one.extra["subjects"]] == [["server_id", "voice"], None]


def test_a_cut_out_picture_keeps_its_outline_and_comes_closer_faster_than_the_scene_behind_it(tmp_path: Path) -> None:
    rgba = np.zeros((120, 120, 4), np.uint8)
    rgba[30:90, 30:90] = (*PURPLE, 255)
    Image.fromarray(rgba).save(tmp_path / "cut.png")
    said = {"prompt": "mountains at noon", "images": (tmp_path / "cut.png",), "camera_move": 24}
    _, found = made("reference-to-video", tmp_path, **said)
    first, last = (np.nonzero(share(frame, PURPLE)) for frame in (found.frames[0], found.frames[-1]))
    assert np.ptp(first[1]) == pytest.approx(np.ptp(first[0]), abs=4)
    closer = float(np.ptp(last[1]) / np.ptp(first[1]))
    behind = float(np.exp(camera_drift(grey(found.frames[0])[:60], grey(found.frames[-1])[:60]).growth))
    assert closer > 1.1
    assert closer - 1 > 1.3 * (behind - 1)


def test_references_that_are_missing_or_too_many_are_named(tmp_path: Path) -> None:
    for said, param in (
        ({}, "images"),
        ({"images": (thing(tmp_path / "a.png", PURPLE),) * 8}, "images"),
        ({"extra": {"subjects": [{"id": "a"}]}}, "subjects[0].images"),
    ):
        with pytest.raises(RenderError) as caught:
            made("reference-to-video", tmp_path, prompt="the sea", **said)
        assert caught.value.param == param


@pytest.mark.parametrize(
    ("template", "pictures", "way"),
    [
        ("hugging", 2, "together"),
        ("hugging", 1, "move"),
        ("Outfit-Change", 2, "morph"),
        ("one_shot", 3, "morph"),
        ("love_story", 1, "edit"),
        ("balloon_flyaway", 1, "move"),
        ("never heard of it", 1, "move"),
        ("never heard of it", 3, "edit"),
    ],
)
def test_every_template_has_an_arrangement(template: str, pictures: int, way: str) -> None:
    assert template_to_video.arrangement(template, pictures).way == way


@pytest.mark.parametrize("template", ["hugging", "morph", "love_story", "unheard_of"])
def test_a_template_is_exact_in_size_and_time_and_claims_no_effect(tmp_path: Path, template: str) -> None:
    keys = tuple(save(landscape(320, 200, seed=at), tmp_path / f"{at}.png") for at in (1, 2))
    one, found = made("template-to-video", tmp_path, images=keys, duration=1.0, extra={"template": template})
    assert (len(found.frames), found.width, found.height) == (24, 256, 144)
    assert one.extra["template"]["asked"] == template
    assert one.extra["template"]["note"] == "template arrangement, not the vendor's effect"


def test_side_by_side_shows_every_picture_in_its_own_part(tmp_path: Path) -> None:
    flat = [np.full((90, 160, 3), colour, np.uint8) for colour in (PURPLE, ORANGE, (20, 160, 60))]
    whole = template_to_video.side_by_side(flat, 300, 120)
    assert whole.shape == (120, 300, 3)
    for at, picture in zip((20, 150, 280), flat, strict=True):
        assert np.array_equal(whole[60, at], picture[0, 0])


def test_one_shot_wants_three_pictures(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="three"):
        made(
            "template-to-video",
            tmp_path,
            images=(thing(tmp_path / "a.png", PURPLE),) * 2,
            extra={"template": "one_shot"},
        )


@pytest.mark.parametrize("place", [None, 1, 2, 3, 4])
@pytest.mark.parametrize("own", [False, True])
def test_a_watermark_stands_in_its_corner_and_only_there(tmp_path: Path, place: int | None, own: bool) -> None:
    still = save(np.full((144, 256, 3), 120, np.uint8), tmp_path / "grey.png")
    extra: dict[str, Any] = {"watermark": True, "watermark_position": place}
    if own:
        extra["watermark_image"] = str(save(np.full((40, 80, 3), PURPLE, np.uint8), tmp_path / "logo.png"))
    _, found = made("image-to-video", tmp_path, image=still, camera_move=9, duration=0.1, extra=extra)
    changed = np.abs(found.frames[1].astype(int) - 120).max(axis=2) > 30
    rows, columns = np.nonzero(changed)
    low, right = (place or 3) in (3, 4), (place or 3) in (2, 3)
    assert rows.size > 60
    assert (rows > 72).all() if low else (rows < 72).all()
    assert (columns > 128).all() if right else (columns < 128).all()


def test_no_watermark_unless_asked_for(tmp_path: Path) -> None:
    still = save(np.full((144, 256, 3), 120, np.uint8), tmp_path / "grey.png")
    extra = {"watermark": False, "watermark_position": 3}
    _, found = made("image-to-video", tmp_path, image=still, camera_move=9, duration=0.1, extra=extra)
    assert np.abs(found.frames[1].astype(int) - 120).max() < 8


def test_a_watermark_keeps_clear_of_the_mark_and_of_the_slate(tmp_path: Path) -> None:
    said = {"prompt": "a white studio", "width": 480, "height": 270, "duration": 0.1, "mark": True, "camera_move": 9}
    _, bare = made("text-to-video", tmp_path, **said)
    for place in (2, 3):
        _, found = made("text-to-video", tmp_path, **said, extra={"watermark": True, "watermark_position": place})
        changed = cv2.absdiff(bare.frames[0], found.frames[0]).max(axis=2) > 24
        rows = np.nonzero(changed)[0]
        assert rows.size > 60
        assert (rows.min() > 20) if place == 2 else (rows.max() < 270 - 40)


def test_a_continuation_ends_exactly_on_the_last_frame_that_is_given() -> None:
    last, goal = landscape(192, 108, seed=2), landscape(192, 108, seed=3)
    scene = Scene("video-continuation", width=192, height=108, duration=0.5, mark=False)
    draw = continuation.goes_to(last, Drift(0.02, 0, 0, 0), goal, scene)
    frames = list(draw(scene))
    assert len(frames) == 12
    assert np.array_equal(frames[0], last)
    assert np.array_equal(frames[-1], goal)


def test_a_real_clip_goes_on_to_the_picture_that_is_given(tmp_path: Path) -> None:
    start, goal = (save(landscape(256, 144, seed=seed), tmp_path / f"{seed}.png") for seed in (2, 3))
    one, before = made("image-to-video", tmp_path / "a", image=start, camera_move=4)
    _, after = made("video-continuation", tmp_path / "b", video=one.path, last_image=goal)
    assert difference(after.frames[0], before.frames[-1]) < 5
    assert difference(after.frames[-1], fit(media.load_still(goal), 256, 144)) < 5
