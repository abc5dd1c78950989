"""Motion control: a clip that moves at a known speed moves the still at that speed, whatever its size and rate."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers import render
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.previz.flow import camera_drift
from callsheet.renderers.scene import Made, Scene
from render_fixtures import Rgb, difference, grey, landscape, measure, save

LARGE = landscape(1280, 720, seed=3)


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


def clip(path: Path, fps: Fraction, frames: int, size: tuple[int, int], draw: Callable[[int], Rgb]) -> Path:
    with ClipWriter(path, *size, fps, frames, crf=12) as writer:
        for index in range(frames):
            writer.write(draw(index))
    return path


def camera(size: tuple[int, int], right: float, down: float, turn: float, growth: float) -> Callable[[int], Rgb]:
    """Frame by frame a view of one large picture that moves so many half shorter sides, radians and logs a frame."""
    width, height = size
    unit = min(size) / 2

    def draw(index: int) -> Rgb:
        scale = float(np.exp(growth * index)) * width / 640
        way = cv2.getRotationMatrix2D((640, 360), -float(np.degrees(turn * index)), scale)
        way[:, 2] += (width / 2 - 640 + right * unit * index, height / 2 - 360 + down * unit * index)
        return np.asarray(cv2.warpAffine(LARGE, way, size, flags=cv2.INTER_AREA), np.uint8)

    return draw


def followed(tmp_path: Path, video: Path, **said: Any) -> tuple[Made, list[Rgb]]:
    still = save(texture(), tmp_path / "still.png")
    asked = {"width": 320, "height": 180, "duration": 1.0, "fps": Fraction(24), "mark": False, **said}
    [one] = render.render(Scene("motion-control", image=still, video=video, **asked), tmp_path / "out", quiet)
    return one, measure(one.path).frames


def texture() -> Rgb:
    """A picture with something to follow everywhere."""
    noise = np.random.Generator(np.random.PCG64(4)).normal(0, 1, (360, 640, 3)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 3) * 300 + 128, 20, 255).astype(np.uint8)


def speed(frames: list[Rgb]) -> np.ndarray:
    """The median motion from frame to frame: right, down, turn, growth."""
    drifts = [camera_drift(grey(one), grey(two)) for one, two in itertools.pairwise(frames)]
    return np.median([[drift.right, drift.down, drift.turn, drift.growth] for drift in drifts], axis=0)


@pytest.mark.parametrize(
    ("fps", "size", "motion"),
    [
        (Fraction(25), (320, 180), (0.033, 0.0, 0.0, 0.0)),
        (Fraction(25), (320, 180), (0.0, -0.016, 0.0, 0.0)),
        (Fraction(50), (480, 270), (0.0, 0.0, 0.0, 0.006)),
        (Fraction(30000, 1001), (180, 320), (0.0, 0.0, 0.012, 0.0)),
        (Fraction(12), (240, 136), (-0.03, 0.015, 0.0, -0.005)),
    ],
)
def test_the_still_moves_as_fast_as_the_clip(
    tmp_path: Path, fps: Fraction, size: tuple[int, int], motion: tuple[float, float, float, float]
) -> None:
    video = clip(tmp_path / "clip.mp4", fps, int(fps) + 1, size, camera(size, *motion))
    made, frames = followed(tmp_path, video)
    wanted = np.array(motion) * float(fps) / 24
    assert len(frames) == 24
    assert speed(frames) == pytest.approx(wanted, rel=0.07, abs=0.0009)
    assert made.extra["motion"]["kept"] == 1.0


def test_what_moves_by_itself_moves_that_part_of_the_still_and_no_other(tmp_path: Path) -> None:
    ground, thing = landscape(320, 180, seed=5), landscape(90, 90, seed=8)
    y, x = np.mgrid[:90, :90]
    disc = (y - 45) ** 2 + (x - 45) ** 2 < 42**2

    def draw(index: int) -> Rgb:
        frame = ground.copy()
        part = frame[45:135, 60 + 2 * index : 150 + 2 * index]
        part[disc] = thing[disc]
        return frame

    _, frames = followed(tmp_path, clip(tmp_path / "clip.mp4", Fraction(24), 24, (320, 180), draw))
    dense = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    for index in (4, 12, 20):
        flow: Any = dense.calc(grey(frames[index]), grey(frames[index + 1]), np.empty(0))
        left = 60 + 2 * index
        inside, around = flow[65:115, left + 20 : left + 70], np.concatenate([flow[:36], flow[144:]])
        assert np.median(inside[..., 0]) == pytest.approx(2.0, abs=0.35)
        assert abs(np.median(inside[..., 1])) < 0.2
        assert np.abs(np.median(around.reshape(-1, 2), axis=0)).max() < 0.1


def test_a_thing_that_moves_far_stays_whole_and_leaves_ground_behind_it(tmp_path: Path) -> None:
    size, thing = (
        (320, 180),
        cv2.addWeighted(landscape(80, 80, seed=8), 0.5, np.full((80, 80, 3), (250, 60, 20), np.uint8), 0.5, 0),
    )
    ground = cv2.addWeighted(landscape(*size, seed=5), 0.5, np.full((180, 320, 3), (20, 120, 160), np.uint8), 0.5, 0)
    y, x = np.mgrid[:80, :80]
    disc = (y - 40) ** 2 + (x - 40) ** 2 < 38**2

    def draw(index: int) -> Rgb:
        frame = ground.copy()
        frame[50:130, 20 + 5 * index : 100 + 5 * index][disc] = thing[disc]
        return frame

    video = clip(tmp_path / "clip.mp4", Fraction(24), 37, size, draw)
    said = Scene(
        "motion-control",
        image=save(draw(0), tmp_path / "still.png"),
        video=video,
        width=320,
        height=180,
        duration=1.5,
        mark=False,
    )
    [made] = render.render(said, tmp_path / "out", quiet)
    frames = measure(made.path).frames
    assert difference(frames[0], draw(0)) < 6
    for index in (16, 24, 34):
        left = 20 + 5 * index
        whole, gone = np.zeros((180, 320), bool), np.zeros((180, 320), bool)
        whole[50:130, left : left + 80][disc] = True
        gone[50:130, 20:100][disc] = True
        gone &= ~whole
        seen, truth = frames[index].astype(int), draw(index).astype(int)
        assert np.abs(seen - truth)[cv2.erode(whole.astype(np.uint8), np.ones((7, 7))) > 0].mean() < 12
        assert np.abs(seen - truth)[gone].mean() < 30
        red = (seen[..., 0] > seen[..., 2] + 20) & ~whole
        assert (red & gone).sum() < 0.1 * gone.sum(), "nothing of the thing is left where it was"
        assert (red & ~gone)[:, 20 : left + 90].sum() < 0.12 * whole.sum(), "and nothing is drawn out behind it"


def test_a_still_camera_leaves_the_still_alone_and_rest_follows_the_end_of_the_clip(tmp_path: Path) -> None:
    size = (320, 180)
    still = clip(tmp_path / "still.mp4", Fraction(24), 12, size, lambda _: LARGE[:180, :320])
    _, frames = followed(tmp_path, still)
    assert np.abs(speed(frames)).max() < 0.0005
    short = clip(tmp_path / "short.mp4", Fraction(24), 13, size, camera(size, 0.03, 0, 0, 0))
    _, frames = followed(tmp_path, short)
    assert speed(frames[:12])[0] == pytest.approx(0.03, rel=0.07)
    assert np.abs(speed(frames[14:])).max() < 0.0005


def test_a_motion_that_needs_more_than_the_still_has_is_made_smaller_and_says_so(tmp_path: Path) -> None:
    size = (320, 180)
    closer = camera(size, 0, 0, 0, 0.055)
    video = clip(tmp_path / "far.mp4", Fraction(24), 25, size, lambda index: closer(24 - index))
    made, frames = followed(tmp_path, video)
    kept = made.extra["motion"]["kept"]
    assert 0.5 < kept < 0.9
    assert speed(frames)[3] == pytest.approx(-0.055 * kept, rel=0.08)
    assert made.extra["motion"]["enlarged"] <= 2.5
    assert min(int(frame.min(axis=2).max()) for frame in frames) > 30, "no frame shows beyond the still"


def test_the_asked_amount_of_motion_scales_it_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    size = (320, 180)
    video = clip(tmp_path / "clip.mp4", Fraction(24), 24, size, camera(size, 0.03, 0, 0, 0))
    _, frames = followed(tmp_path, video, motion="small")
    assert speed(frames)[0] == pytest.approx(0.018, rel=0.08)
    with pytest.raises(RenderError, match="huge"):
        followed(tmp_path, video, motion="huge")


def test_pieces_differ_and_the_same_seed_gives_the_same(tmp_path: Path) -> None:
    size = (320, 180)
    video = clip(tmp_path / "clip.mp4", Fraction(24), 6, size, camera(size, 0.03, 0, 0, 0))
    one = followed(tmp_path, video, duration=0.2, seed=5)[1]
    same = followed(tmp_path, video, duration=0.2, seed=5)[1]
    other = followed(tmp_path, video, duration=0.2, seed=6)[1]
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True))
