"""What the painter paints: the same again for the same seed, another for another, whole at every size."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest

from callsheet.renderers.previz import moves
from callsheet.renderers.previz.painter import (
    cliffs,
    compose,
    figures,
    flatten,
    mountains,
    moving,
    parting,
    scenes,
    shore,
    sprite,
    subjects,
    terrain,
)
from callsheet.renderers.previz.painter.brief import read
from callsheet.renderers.previz.painter.cels import Cel
from callsheet.renderers.previz.painter.layers import Layer, Painting
from callsheet.renderers.previz.take import take

PROMPT = "a harbour at golden hour with a lighthouse, three sailboats and birds"
PLACES = {
    "sea": "sea", "harbour": "harbour", "lake": "lake", "mountains": "mountains", "forest": "forest",
    "desert": "desert", "city": "city", "street": "street", "field": "meadow", "snow": "arctic",
    "space": "galaxy", "underwater": "coral reef", "room": "kitchen", "sky": "cloudscape", "studio": "backdrop",
}  # fmt: skip
RATIOS = [(320, 180), (180, 320), (240, 240), (256, 192), (192, 256), (420, 180), (180, 420)]


def test_the_same_prompt_and_seed_paint_the_same_picture() -> None:
    assert np.array_equal(compose.paint(PROMPT, 320, 180, 7), compose.paint(PROMPT, 320, 180, 7))


@pytest.mark.parametrize("place", PLACES.values())
def test_another_seed_paints_a_clearly_different_picture(place: str) -> None:
    one, two = (compose.paint(place, 240, 136, seed).astype(int) for seed in (1, 2))
    assert np.abs(one - two).mean() > 3
    assert (np.abs(one - two).max(axis=2) > 12).mean() > 0.1


@pytest.mark.parametrize(("width", "height"), [(64, 64), (65, 97), (128, 1024), (1024, 96), (333, 517), *RATIOS])
def test_the_picture_has_exactly_the_size_asked_for(width: int, height: int) -> None:
    rgb = compose.paint(PROMPT, width, height, 3)
    assert rgb.shape == (height, width, 3)
    assert rgb.dtype == np.uint8
    assert rgb.std() > 8, "a picture, not a plain"


def test_the_widest_picture_is_painted_whole() -> None:
    rgb = compose.paint("desert at dusk", 4096, 512, 1)
    assert rgb.shape == (512, 4096, 3)
    thirds = np.array_split(rgb, 3, axis=1)
    assert all(part.std() > 5 for part in thirds)


@pytest.mark.parametrize("setting", sorted(scenes.TABLE))
def test_no_layer_leaves_a_hole_in_the_flattened_picture_at_any_aspect_ratio(setting: str) -> None:
    for width, height in ((320, 180), (240, 240), (180, 420)):
        brief = read(f"{PLACES[setting]}, two cats, a sailboat, rain")
        assert brief.setting == setting
        painting = compose.compose(brief, width, height, 5, margin=20)
        box = (-20, -20, width + 20, height + 20)
        assert _everywhere_painted(painting, box), f"{setting} at {width}x{height}"


def test_a_moving_camera_never_shows_an_unpainted_edge() -> None:
    brief = read(PROMPT)
    for index in (3, 6, 13, 14, 21, 37, 41):
        poses = moves.poses(moves.by_index(index), take(1, "large", 2.0, 320, 180), 12)
        fitted, margin = moving.fit(poses, 320, 180)
        painting = compose.compose(brief, 320, 180, 1, margin=margin)
        show = moving.Show(painting, margin)
        for number, pose in enumerate(moving.follow(fitted, painting, 2.0)):
            frame = show.frame(pose, number / 6)
            edge = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
            assert (edge.max(axis=1) == 0).mean() < 0.01, f"move {index}, frame {number}"


def test_near_layers_move_more_than_far_ones() -> None:
    brief, poses = read("mountains"), moves.poses(moves.by_index(10), take(1, None, 2.0, 320, 180), 2)
    painting = compose.compose(brief, 320, 180, 1, margin=40)
    depths = [layer.depth for layer in painting.layers]
    assert min(depths) == 0.0
    assert max(depths) > 0.7
    shifts = [np.linalg.inv(moving.matrix(poses[-1], d, 320, 180)) @ [160, 90, 1] for d in (0.0, 1.0)]
    far, near = (abs(there[0] / there[2] - 160) for there in shifts)
    assert near > 2 * far


def test_the_painting_lives_while_the_camera_rests() -> None:
    brief, still = read("sea at sunset with a sailboat"), moves.by_index(9)
    poses = moves.poses(still, take(1, None, 2.0, 320, 180), 2)
    show = moving.Show(compose.compose(brief, 320, 180, 1, margin=4), 4)
    first = show.frame(poses[0], 0.0).copy()
    later = show.frame(poses[0], 1.3)
    assert (np.abs(first.astype(int) - later).max(axis=2) > 4).mean() > 0.02


@pytest.mark.parametrize("prompt", ["rainy street, a car", "a boat on a lake in the mountains", "a cat in a room"])
def test_a_frame_does_not_depend_on_the_frames_before_it(prompt: str) -> None:
    brief = read(prompt)
    for index in (1, 14, 24, 36, 41):
        poses = moves.poses(moves.by_index(index), take(1, None, 2.0, 192, 108), 5)
        painting = compose.compose(brief, 192, 108, 1, margin=12)
        one, two = moving.Show(painting, 12), moving.Show(painting, 12)
        for number in range(4):
            one.frame(poses[number], float(Fraction(number, 2)))
        assert np.array_equal(one.frame(poses[4], 2.0), two.frame(poses[4], 2.0)), f"move {index}"


def test_layers_that_others_hide_are_left_out_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    brief, poses = read(PROMPT), moves.poses(moves.by_index(1), take(1, None, 2.0, 320, 180), 3)
    fitted, margin = moving.fit(poses, 320, 180)
    painting = compose.compose(brief, 320, 180, 1, margin=margin)
    spared = [moving.Show(painting, margin).frame(pose, 1.0) for pose in fitted]
    monkeypatch.setattr(Cel, "hides", lambda _self, _back, _width, floor: floor)
    for frame, pose in zip(spared, fitted, strict=True):
        assert np.array_equal(frame, moving.Show(painting, margin).frame(pose, 1.0))


def test_the_subject_stays_in_sight_while_the_camera_closes_in() -> None:
    brief = read("a red car on a street")
    poses, margin = moving.fit(moves.poses(moves.by_index(24), take(1, None, 5.0, 640, 360), 24), 640, 360)
    painting = compose.compose(brief, 640, 360, 2, margin=margin)
    assert painting.subject is not None
    x, y, near, drift = painting.subject
    led = moving.follow(poses, painting, 5.0)
    there = np.linalg.inv(moving.matrix(led[-1], near, 640, 360)) @ [x + drift * 5.0, y, 1]
    assert 0.1 * 640 < there[0] / there[2] < 0.9 * 640
    assert 0.1 * 360 < there[1] / there[2] < 0.9 * 360


def _everywhere_painted(painting: Painting, box: tuple[int, int, int, int]) -> bool:
    """Whether the layers cover the whole box: over green nothing changes that was not there over magenta."""
    pictures = []
    for colour in ((0, 255, 0), (255, 0, 255)):
        picture = np.full((box[3] - box[1], box[2] - box[0], 3), colour, np.uint8)
        for layer in painting.layers:
            flatten.over(picture, layer.pixels, layer.x - box[0], layer.y - box[1])
        pictures.append(picture.astype(int))
    return bool(np.abs(pictures[0] - pictures[1]).max() <= 2)


@pytest.mark.parametrize("prompt", ["a woman in a meadow", "a bear in a forest", "a cup in a kitchen"])
@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320)])
def test_a_close_shot_shows_its_subject_large_and_its_head_inside_the_frame(
    prompt: str, width: int, height: int
) -> None:
    brief = read(prompt)
    alone = compose.show(compose.compose(replace(brief, subjects=()), width, height, 3)).astype(int)
    far, near = (
        np.abs(compose.show(compose.compose(one, width, height, 3)) - alone).max(axis=2) > 14
        for one in (brief, replace(brief, close=True))
    )
    assert near.mean() > 1.6 * far.mean()
    assert 0.12 < near.mean() < 0.8
    assert np.flatnonzero(near.any(axis=1))[0] > 0.04 * height


def test_a_cliff_stands_over_the_sea_and_what_is_on_it_over_the_horizon() -> None:
    for width, height in ((320, 180), (180, 320)):
        stage = compose.staged(read("a lighthouse on a cliff at dusk, waves"), width, height, 7)
        setting = scenes.TABLE["sea"](stage)
        assert setting.cliff is not None
        assert setting.cliff < stage.horizon < height
        column, middle, nearness, _ = subjects.first(stage, setting) or (0, 0, 0, 0)
        assert middle < setting.cliff
        rock = next(layer for layer in setting.back if layer.depth == cliffs.DEPTH)
        assert abs(nearness - rock.depth) < 0.01, "both move as one"
        foot = round(setting.cliff + 0.05 * stage.unit) - rock.y
        assert rock.pixels[foot, round(column) - rock.x, 3] == 255, "rock is under it"


def test_a_storm_at_golden_hour_keeps_its_gold_along_the_horizon() -> None:
    def warmth(prompt: str) -> float:
        stage = compose.staged(read(prompt), 320, 180, 4)
        row = round(stage.horizon)
        band = compose.paint(prompt, 320, 180, 4)[row - 24 : row - 4].astype(int)
        return float((band[..., 0] - band[..., 2]).mean())

    assert warmth("a storm over the sea at golden hour") > 25
    assert warmth("a storm over the sea by day") < 5


def test_a_portrait_at_night_is_light_enough_to_see_the_face() -> None:
    def face(prompt: str) -> float:
        rgb = compose.paint(prompt, 240, 240, 1).astype(int)
        skin = (rgb[..., 0] - rgb[..., 2] > 22) & (rgb[..., 1] - rgb[..., 2] > 4) & (rgb[..., 0] - rgb[..., 1] < 60)
        return float(np.quantile(rgb[..., 0][skin], 0.8))

    assert face("portrait of a woman at night") > 0.7 * face("portrait of a woman by day")


def test_boats_at_the_quay_have_hulls() -> None:
    hull, rig = shore.boat(100, 50, 20)
    assert hull[:, 0].min() < min(part[:, 0].min() for part in rig) - 5
    assert hull[:, 1].max() >= 50 > hull[:, 1].min()


def near(rgb: np.ndarray, colour: tuple[int, int, int]) -> float:
    """The share of pixels whose hue and depth of colour are about those of a colour."""
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV).astype(int)
    hue, depth, _ = cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0].astype(int)
    away = np.abs((hsv[..., 0] - hue + 90) % 180 - 90)
    return float(((away < 12) & (hsv[..., 1] > 0.4 * depth)).mean())


def test_red_hair_is_red_and_the_ground_is_not() -> None:
    close = compose.paint("portrait of a woman with red hair", 180, 240, 2)
    plain = compose.paint("portrait of a woman with black hair", 180, 240, 2)
    assert near(close[:130], (216, 52, 44)) > near(plain[:130], (216, 52, 44)) + 0.05
    assert near(compose.paint("a woman with red hair", 320, 180, 7), (216, 52, 44)) < 0.05


@pytest.mark.parametrize(
    ("prompt", "rows", "colour"),
    [
        ("a white cup on a blue table", slice(140, 180), (46, 111, 208)),
        ("a yellow house under a purple sky", slice(0, 60), (122, 79, 192)),
        ("purple mountains at noon", slice(80, 125), (122, 79, 192)),
        ("the sea is green", slice(140, 180), (63, 155, 84)),
        ("a room with a blue wall", slice(60, 110), (46, 111, 208)),
    ],
)
def test_an_element_of_the_scene_takes_the_colour_said_of_it(
    prompt: str, rows: slice, colour: tuple[int, int, int]
) -> None:
    brief = read(prompt)
    said, plain = (
        compose.show(compose.compose(one, 320, 180, 7))[rows].reshape(-1, 3).mean(axis=0)
        for one in (brief, replace(brief, tints=()))
    )
    way = np.array(colour) - plain
    assert (said - plain) @ way > 0.18 * way @ way


def test_a_white_background_is_white() -> None:
    assert np.median(compose.paint("perfume bottle on a white background", 240, 240, 7)) > 200


@pytest.mark.parametrize("place", ["mountains", "mountains by the sea", "snowfield", "field"])
@pytest.mark.parametrize(
    "when", ["at dawn", "at noon in fog", "at dusk in snowfall", "at night in the rain", "at night in fog"]
)
def test_every_distance_is_told_from_the_one_behind_it(monkeypatch: pytest.MonkeyPatch, place: str, when: str) -> None:
    land: list[Layer] = []
    for room, name in ((mountains, "ranges"), (terrain, "hills")):
        painted = getattr(room, name)

        def kept(*said: Any, painted: Any = painted, **more: Any) -> Any:
            made = painted(*said, **more)
            land.extend(made if isinstance(made, list) else [made])
            return made

        monkeypatch.setattr(room, name, kept)
    painting = compose.compose(read(f"{place} {when}"), 240, 136, 3)
    fixed = [layer for layer in painting.layers if layer.motion.flow == (0.0, 0.0)]
    picture = flatten.flat(fixed, (0, 0, 240, 136)).astype(int)
    for layer in land:
        solid = layer.pixels[..., 3] > 128
        columns = np.flatnonzero(solid.any(axis=0))
        rows = (np.argmax(solid, axis=0) + layer.y)[columns]
        inside = (rows > 5) & (rows < 130) & (columns < 240)
        above, below = (picture[rows[inside] + step, columns[inside]] for step in (-3, 3))
        assert np.median(np.abs(above - below).max(axis=1)) >= 5, f"{place} {when}, at depth {layer.depth}"


def test_a_figure_that_is_like_its_background_has_a_shade_around_it_and_another_has_none() -> None:
    def around(prompt: str) -> Layer | None:
        stage = compose.staged(read(prompt), 320, 180, 7)
        setting = scenes.TABLE[stage.brief.setting](stage)
        figure = figures.load()["cup"]
        drawn = sprite.draw(stage, figure, 80, 0.7, flip=False, colour=stage.brief.subjects[0].colour)
        return parting.halo(stage, drawn, (120, 60), setting.back)

    assert around("a white cup on a white background") is not None
    assert around("a red cup on a white background") is None


def test_a_white_cup_by_lamplight_is_warm_and_light() -> None:
    stage = compose.staged(read("a white cup at night"), 320, 180, 7)
    drawn = sprite.draw(stage, figures.load()["cup"], 80, 0.7, flip=False, colour="#f4f1ea").pixels
    red, _, blue = drawn[drawn[..., 3] > 0.99][:, :3].mean(axis=0)
    assert red > blue
    assert red > 110
