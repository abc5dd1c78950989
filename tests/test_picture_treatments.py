"""Pictures made from pictures, measured: colours in Lab, structure by strength, count, seed, sizes and controls."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.previz.picture import colours
from callsheet.renderers.previz.picture.planes import fill, lab
from callsheet.renderers.previz.picture.treat import TREATMENTS
from callsheet.renderers.previz.picture.wish import STYLES, wish
from picture_fixtures import alike, disc, make, overlap, painted
from render_fixtures import save


@pytest.mark.parametrize("style", sorted(TREATMENTS))
def test_every_treatment_changes_the_picture_keeps_its_size_and_comes_again(style: str, tmp_path: Path) -> None:
    still = painted(width=240, height=134)
    word = STYLES[style].partition("|")[0]
    pieces, made = make(tmp_path, "image-to-image", still, prompt=word, count=2, seed=3)
    assert made[0].extra["understood"]["styles"] == [style]
    assert all(piece.shape == still.shape for piece in pieces)
    assert np.abs(pieces[0].astype(int) - still).mean() > 4
    assert np.abs(pieces[0].astype(int) - pieces[1]).mean() > 0.4
    (again,), _ = make(tmp_path, "image-to-image", still, prompt=word, seed=4)
    assert (again == pieces[1]).all()


@pytest.mark.parametrize(
    ("prompt", "styles", "time", "weather"),
    [
        ("水墨画风格", ("ink",), None, None),
        ("Turn it into an oil painting at sunset", ("oil",), "golden", None),
        ("赛博朋克，雨夜", ("neon",), "night", "rain"),
        ("pixel art, snow", ("pixel",), None, "snow"),
        ("low-poly", ("low_poly",), None, None),
        ("黑白老照片", ("mono", "sepia"), None, None),
        ("a hat on her head", (), None, None),
    ],
)
def test_a_wish_is_read_in_both_languages(
    prompt: str, styles: tuple[str, ...], time: str | None, weather: str | None
) -> None:
    read = wish(prompt)
    assert (read.styles, read.time, read.weather) == (styles, time, weather)


@pytest.mark.parametrize(
    ("capability", "asked"),
    [("image-to-image", {}), ("redraw", {}), *(("reference-to-image", {"control": c}) for c in ("edge", "subject"))],
)
def test_a_picture_has_the_size_asked_for_to_the_pixel(capability: str, asked: dict[str, str], tmp_path: Path) -> None:
    for width, height in ((161, 91), (162, 92)):
        still = painted(width=161, height=91)
        (rgb,), (made,) = make(tmp_path, capability, still, prompt="snow", width=width, height=height, extra=asked)
        assert rgb.shape == (height, width, 3)
        assert (made.width, made.height) == (width, height)


def test_black_and_white_has_no_colour_and_sepia_one(tmp_path: Path) -> None:
    (mono,), _ = make(tmp_path, "image-to-image", painted(), prompt="black and white")
    assert np.abs(lab(mono)[..., 1:]).max() < 1.5
    (sepia,), _ = make(tmp_path, "image-to-image", painted(), prompt="sepia")
    assert lab(sepia)[..., 2].mean() > 12


def test_colours_are_taken_over_from_the_other_picture(tmp_path: Path) -> None:
    still, like = painted("a desert road at noon"), painted("a city street at night, neon")
    moved = lab(colours.transferred(still, like, light=1.0)).reshape(-1, 3)
    wanted, own = lab(like).reshape(-1, 3), lab(still).reshape(-1, 3)
    assert (
        np.abs(moved.mean(axis=0) - wanted.mean(axis=0)).max()
        < 6
        < np.abs(own.mean(axis=0) - wanted.mean(axis=0)).max()
    )
    both = (save(still, tmp_path / "a.png"), save(like, tmp_path / "b.png"))
    prompt = "the first in the colours of the second"
    (rgb,), (made,) = make(tmp_path, "image-to-image", images=both, prompt=prompt, width=320, height=180)
    assert made.extra["colours_from"] == 2
    far = np.linalg.norm(own.mean(axis=0)[1:] - wanted.mean(axis=0)[1:])
    assert np.linalg.norm(lab(rgb).reshape(-1, 3).mean(axis=0)[1:] - wanted.mean(axis=0)[1:]) < 0.45 * far
    assert alike(rgb, still) > 0.4


@pytest.mark.parametrize(
    ("capability", "asked"),
    [("image-to-image", {}), ("reference-to-image", {"control": "edge"}), ("reference-to-image", {"control": "depth"})],
)
def test_structure_is_followed_more_closely_with_strength(
    capability: str, asked: dict[str, str], tmp_path: Path
) -> None:
    still = painted("a lighthouse in the mountains", 400, 224)
    found = [
        alike(
            make(tmp_path, capability, still, prompt="in the desert", seed=2, extra={**asked, "strength": s})[0][0],
            still,
        )
        for s in (0.1, 0.5, 1.0)
    ]
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.6


def test_night_is_dark_and_blue_and_sunset_is_warm(tmp_path: Path) -> None:
    still = painted("a desert road at noon")
    (night,), _ = make(tmp_path, "image-to-image", still, prompt="at night")
    (sunset,), _ = make(tmp_path, "image-to-image", still, prompt="at sunset")
    by_day, by_night, late = (lab(rgb).reshape(-1, 3).mean(axis=0) for rgb in (still, night, sunset))
    assert by_night[0] < by_day[0] - 20
    assert by_night[2] < 0 < late[2]


def test_a_kept_subject_stands_in_another_scene(tmp_path: Path) -> None:
    still, _ = disc("textured")
    (rgb,), (made,) = make(
        tmp_path,
        "reference-to-image",
        still,
        prompt="in a green field",
        extra={"control": "subject"},
        width=360,
        height=240,
    )
    assert made.extra["arranged"] == ["cut out"]
    red = (rgb[..., 0].astype(int) - rgb[..., 1] > 60) & (rgb[..., 0].astype(int) - rgb[..., 2] > 60)
    count, _, stats, _ = cv2.connectedComponentsWithStats(red.astype(np.uint8))
    main = 1 + int(np.argmax(stats[1:count, cv2.CC_STAT_AREA]))
    x, _, wide, high, area = stats[main]
    assert abs(wide - high) < 0.08 * high, "still a disc"
    assert area == pytest.approx(np.pi / 4 * wide * high, rel=0.06)
    assert high > 0.4 * 240
    ground = np.zeros(red.shape, bool)
    ground[:, : max(int(x) - 10, 1)] = True
    assert not overlap(ground, red) > 0.1


def test_seven_references_are_all_set_into_one_scene(tmp_path: Path) -> None:
    kinds = ["red", "yellow", "green", "blue", "purple", "orange", "white"]
    codes = [
        (200, 50, 45),
        (235, 200, 40),
        (60, 150, 70),
        (40, 80, 200),
        (130, 60, 190),
        (240, 140, 40),
        (245, 245, 245),
    ]
    paths = []
    for kind, code in zip(kinds, codes, strict=True):
        still = np.full((120, 160, 3), (60, 64, 70), np.uint8)
        cv2.circle(still, (80, 60), 34, code, -1, cv2.LINE_AA)
        paths.append(save(still, tmp_path / f"{kind}.png"))
    scene = {"prompt": "on a grey studio backdrop", "width": 640, "height": 360, "images": tuple(paths)}
    (rgb,), (made,) = make(tmp_path, "reference-to-image", **scene)
    assert made.extra["arranged"] == ["cut out"] * 7
    tones = lab(rgb)
    found = [
        np.linalg.norm(tones[..., 1:] - lab(np.array([[code]], np.uint8))[0, 0, 1:], axis=2).min() for code in codes[:6]
    ]
    assert max(found) < 24, "each keeps its own colour"


def test_a_picture_without_a_clear_subject_becomes_a_print(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    still = dice.integers(0, 255, (120, 160, 3)).astype(np.uint8)
    _, (made,) = make(tmp_path, "reference-to-image", still, prompt="in a room", extra={"control": "subject"})
    assert made.extra["arranged"] == ["framed"]


def test_a_pose_is_refused_and_the_model_that_could_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="ViTPose"):
        make(tmp_path, "reference-to-image", painted(), extra={"control": "pose"})


def test_without_pictures_the_prompt_is_painted(tmp_path: Path) -> None:
    (rgb,), _ = make(tmp_path, "reference-to-image", prompt="a cat", width=320, height=180)
    assert rgb.shape == (180, 320, 3)


@pytest.mark.parametrize(("width", "height"), [(512, 512), (256, 400), (333, 217)])
def test_the_asked_size_is_exact(width: int, height: int, tmp_path: Path) -> None:
    (rgb,), (made,) = make(tmp_path, "image-to-image", painted(), prompt="comic", width=width, height=height)
    assert rgb.shape[:2] == (height, width) == (made.height, made.width)


def test_what_is_known_is_kept_and_the_rest_lies_between() -> None:
    values = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (48, 1))
    known = np.ones((48, 64), bool)
    known[10:38, 20:44] = False
    filled = fill(np.where(known, values, 9.0).astype(np.float32), known)
    assert (filled[known] == values[known]).all()
    assert np.abs(filled - values)[~known].max() < 0.12
