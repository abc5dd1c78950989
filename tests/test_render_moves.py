import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from callsheet.renderers.previz import depth, moves, words
from callsheet.renderers.previz.flow import Drift, camera_drift
from callsheet.renderers.previz.moves import MOVES, Move
from callsheet.renderers.previz.plate import Plate
from callsheet.renderers.previz.pose import PLAIN, Pose, glide, settle, swell
from callsheet.renderers.previz.take import take
from callsheet.renderers.previz.warp import Field, matrix
from render_fixtures import Rgb, difference, grey, landscape

WIDTH, HEIGHT, FRAMES = 160, 90, 12


@cache
def filmed(index: int, seed: int = 0, motion: str | None = None) -> tuple[Rgb, ...]:
    return shot(MOVES[index - 1], landscape(), seed=seed, motion=motion)


def shot(
    move: Move,
    still: Rgb,
    *,
    seed: int = 0,
    motion: str | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    plain: bool = False,
) -> tuple[Rgb, ...]:
    path = moves.poses(move, take(seed, motion, 5.0, *size, depth.subject(still)), FRAMES)
    if plain:
        path = [replace(pose, look=PLAIN) for pose in path]
    plate = Plate(still, path, *size, breathing=move.breathing)
    return tuple(plate.frame(index) for index in range(FRAMES))


def way(frames: tuple[Rgb, ...]) -> Drift:
    """How the picture has moved from the first frame to the last, added up step by step."""
    total = Drift()
    for before, now in itertools.pairwise(frames):
        total = total.plus(camera_drift(grey(before), grey(now)))
    return total


def test_the_46_moves_are_numbered_and_named_as_the_vendor_names_them() -> None:
    assert [move.index for move in MOVES] == list(range(1, 47))
    assert [move.name for move in MOVES[:9]] == [
        "orbit", "spin", "pan left", "pan right", "tilt up", "tilt down", "push in", "pull out", "static",
    ]  # fmt: skip
    assert MOVES[27].name == MOVES[38].name == "full shot"


def test_every_move_differs_from_every_other_on_screen() -> None:
    stacks = [np.stack(filmed(index)).astype(np.float32) for index in range(1, 47)]
    close = [
        (MOVES[one].name, MOVES[two].name)
        for one in range(46)
        for two in range(one)
        if np.abs(stacks[one] - stacks[two]).mean() < 5
    ]
    assert close == []


@pytest.mark.parametrize(
    ("index", "part", "sign"),
    [
        (3, "right", 1),
        (4, "right", -1),
        (5, "down", 1),
        (6, "down", -1),
        (10, "right", -1),
        (37, "down", 1),
        (38, "down", -1),
        (42, "down", 1),
        (7, "growth", 1),
        (8, "growth", -1),
        (13, "growth", 1),
        (14, "growth", -1),
        (24, "growth", 1),
        (25, "growth", -1),
        (26, "growth", 1),
        (27, "growth", -1),
        (28, "growth", -1),
        (29, "growth", 1),
        (30, "growth", 1),
        (39, "growth", -1),
        (44, "turn", -1),
    ],
)
def test_a_move_goes_the_way_its_name_says(index: int, part: str, sign: int) -> None:
    assert getattr(way(filmed(index)), part) * sign > 0.1


def test_a_pan_only_pans_and_a_zoom_only_zooms() -> None:
    pan, zoom = way(filmed(4)), way(filmed(26))
    assert abs(pan.down) < 0.1 * abs(pan.right)
    assert abs(pan.growth) < 0.05
    assert max(abs(zoom.right), abs(zoom.down)) < 0.1 * zoom.growth


def test_a_static_shot_does_not_move_at_all() -> None:
    frames = filmed(9)
    assert all(np.array_equal(frames[0], frame) for frame in frames)


def test_a_spin_turns_once_around_and_ends_upright() -> None:
    frames = filmed(2)
    assert difference(frames[0], frames[-1]) < 12
    assert difference(frames[0], frames[FRAMES // 2]) > 20


def test_a_dolly_parts_near_from_far_and_a_zoom_does_not() -> None:
    def parting(index: int) -> float:
        first, last = filmed(index)[0], filmed(index)[-1]
        top = camera_drift(grey(first[: HEIGHT // 2]), grey(last[: HEIGHT // 2])).growth
        bottom = camera_drift(grey(first[HEIGHT // 2 :]), grey(last[HEIGHT // 2 :])).growth
        return bottom - top

    assert parting(24) > parting(26) + 0.05


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (96, 96), (168, 72)])
def test_no_move_ever_shows_what_lies_beyond_the_still(size: tuple[int, int]) -> None:
    # A still that is bright everywhere but for a thin dark rim: whoever reaches the edge shows the rim.
    still = np.full((360, 640, 3), 200, np.uint8)
    still[:2] = still[-2:] = 0
    still[:, :2] = still[:, -2:] = 0
    # Only a camera that rests on the very edge may show the rim, and then at most as one blended line of pixels.
    darkest = {
        move.name: min(int(frame[2:-2, 2:-2].min()) for frame in shot(move, still, size=size, plain=True))
        for move in MOVES
    }
    assert {name for name, found in darkest.items() if found < 150} == set()


def test_motion_scales_a_move() -> None:
    small, medium, large = (way(filmed(26, 0, motion)).growth for motion in ("small", "medium", "large"))
    assert 0 < small < medium < large


def test_an_unknown_motion_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="small, medium, large"):
        take(0, "huge", 5.0, 160, 90)


@pytest.mark.parametrize("index", range(1, 47))
def test_another_seed_is_another_take_of_the_same_move(index: int) -> None:
    first, second = filmed(index), filmed(index, 1)
    assert np.mean([difference(one, two) for one, two in zip(first, second, strict=True)]) > 0.3
    assert all(np.array_equal(one, two) for one, two in zip(first, shot(MOVES[index - 1], landscape()), strict=True))


def test_every_move_is_eased_with_no_jump_but_where_it_is_meant() -> None:
    jumpy = {"screen transition", "Time lapse shot"}
    for move in MOVES:
        if move.name in jumpy:
            continue
        path = moves.poses(move, take(0, None, 5.0, 160, 90), 120)
        for name in ("zoom", "yaw", "pitch", "roll", "x", "y", "z", "shift_x", "shift_y", "bulge", "drift"):
            values = np.array([getattr(pose, name) for pose in path])
            steps = np.abs(np.diff(values))
            # The largest step between frames is a small part of the whole way, or no more than a car's shaking.
            assert steps.max() <= max(0.2 * np.ptp(values), 0.012), (move.name, name)


@pytest.mark.parametrize("curve", [glide, swell, settle])
def test_easing_curves_rise_from_0_to_1(curve: object) -> None:
    assert callable(curve)
    values = [float(curve(step / 50)) for step in range(51)]
    assert values[0] == pytest.approx(0)
    assert values[-1] == pytest.approx(1)
    assert all(before <= after for before, after in itertools.pairwise(values))


def test_at_rest_the_still_is_shown_to_the_byte() -> None:
    still = landscape(WIDTH, HEIGHT)
    assert np.array_equal(Plate(still, [Pose()], WIDTH, HEIGHT).frame(0), still)


def test_the_homography_of_a_flat_layer_agrees_with_the_warp() -> None:
    pose = Pose(zoom=1.3, yaw=0.05, pitch=-0.04, roll=0.1, x=0.1, y=-0.05, z=0.2, shift_x=0.1)
    pixels = np.array([[0.0, 0.0], [WIDTH - 1, 0], [WIDTH / 3, HEIGHT / 2], [WIDTH - 1, HEIGHT - 1]])
    unit, middle = HEIGHT / 2, np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    places = ((pixels - middle) / unit).astype(np.float32)
    x, y = Field(WIDTH / HEIGHT, 1.0).source(pose, places[None, :, 0], places[None, :, 1])
    through = matrix(pose, 0.35, WIDTH, HEIGHT) @ np.column_stack([pixels, np.ones(4)]).T
    assert np.allclose(through[0] / through[2], x[0] * unit + middle[0], atol=1e-3)
    assert np.allclose(through[1] / through[2], y[0] * unit + middle[1], atol=1e-3)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("slow zoom in on a face", "zoom in"),
        ("镜头推近，海边的灯塔", "push in"),
        ("摄像机环绕主角", "orbit"),
        ("the camera pans left over the harbour", "pan left"),
        ("Handheld, documentary", "handheld"),
        ("希区柯克变焦", "dolly zoom"),
        ("a super dolly in through the gate", "super dolly in"),
        ("延时摄影，城市", "Time lapse shot"),
        ("a panda eats bamboo", "gentle push"),
        ("", "gentle push"),
    ],
)
def test_a_prompts_words_choose_the_move_where_none_is_given(prompt: str, name: str) -> None:
    assert words.chosen(None, prompt).name == name


def test_a_move_that_is_given_beats_the_words_and_a_wrong_number_is_refused() -> None:
    assert words.chosen(4, "zoom in").name == "pan right"
    with pytest.raises(ValueError, match=r"1\.\.46"):
        words.chosen(47, "")


def test_depth_is_smooth_and_nearer_below_the_horizon() -> None:
    near = depth.nearness(landscape())
    assert near[-10:].mean() > near[: near.shape[0] // 2].mean() + 0.2
    assert np.abs(np.diff(near, axis=0)).max() < 0.06
    assert np.abs(np.diff(near, axis=1)).max() < 0.06
