"""What is measured of a clip: cuts exact to the frame and none that is not there, camera, light, motion and colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.footage.analysis import analyse

WIDE, HIGH, FPS = 320, 180, 24


def texture(seed: int, hue: int, light: float = 0.6) -> np.ndarray:
    """A picture larger than the frame, full of detail, of one hue."""
    throw = np.random.default_rng(seed)
    grains = sum(
        cv2.resize(throw.random((n, n), np.float32), (900, 900), interpolation=cv2.INTER_CUBIC)
        for n in (6, 20, 60, 150)
    )
    grains = cv2.normalize(grains, None, 0.25, 1.0, cv2.NORM_MINMAX)
    hsv = np.dstack([np.full((900, 900), hue), np.full((900, 900), 0.6 * 255), grains * 255 * light]).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def view(picture: np.ndarray, x: float, y: float, zoom: float = 1.0) -> np.ndarray:
    matrix = np.array([[zoom, 0, WIDE / 2 - zoom * (450 + x)], [0, zoom, HIGH / 2 - zoom * (450 + y)]], np.float32)
    return cv2.warpAffine(picture, matrix, (WIDE, HIGH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def clip(path: Path, frames: list[np.ndarray], fps: Fraction = Fraction(FPS)) -> Path:
    with ClipWriter(path, WIDE, HIGH, fps, len(frames)) as writer:
        for frame in frames:
            writer.write(np.ascontiguousarray(frame))
    return path


def shot(
    seed: int, count: int, dx: float = 0, dy: float = 0, zoom: float = 1.0, light: float = 0.6
) -> list[np.ndarray]:
    picture = texture(seed, seed * 37 % 180, light)
    return [view(picture, dx * at, dy * at, zoom**at) for at in range(count)]


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30000, 1001)])
def test_cuts_are_found_to_the_frame_and_no_others(tmp_path: Path, fps: Fraction) -> None:
    lengths = [17, 9, 40, 25, 12, 31, 8, 20]
    frames = [
        frame
        for at, count in enumerate(lengths)
        for frame in shot(at, count, dx=(at % 3 - 1) * 3.0, zoom=1 + 0.004 * (at % 2))
    ]
    seen = analyse(clip(tmp_path / "a.mp4", frames, fps))
    wanted = np.cumsum(lengths)[:-1]
    assert [round(cut * float(fps)) for cut in seen.cuts] == wanted.tolist()
    assert seen.cuts == pytest.approx([float(at / fps) for at in wanted], abs=1e-3)
    assert [part.frames for part in seen.shots] == lengths
    assert seen.duration == pytest.approx(float(len(frames) / fps), abs=1e-3)


def test_cuts_between_pictures_of_the_same_colours_are_found(tmp_path: Path) -> None:
    frames = [view(texture(seed, 20), 2.0 * at, 0) for seed in range(4) for at in range(20)]
    assert [round(cut * FPS) for cut in analyse(clip(tmp_path / "a.mp4", frames)).cuts] == [20, 40, 60]


def test_fast_motion_a_flash_and_a_slow_fade_are_no_cuts(tmp_path: Path) -> None:
    fast = shot(1, 30, dx=14)
    flash = shot(2, 30)
    flash[15] = np.full_like(flash[15], 255)
    fading = shot(3, 48)
    fading = [(frame * (1 - at / 60)).astype(np.uint8) for at, frame in enumerate(fading)]
    sudden = shot(4, 20) + [view(texture(4, 148), 16.0 * at, 0) for at in range(1, 20)]
    for name, frames in (("fast", fast), ("flash", flash), ("fade", fading), ("sudden", sudden)):
        assert analyse(clip(tmp_path / f"{name}.mp4", frames)).cuts == (), name


@pytest.mark.parametrize("frames", [3, 4, 9])
@pytest.mark.parametrize("nearer", [1.6, 3.0, 1 / 2])
def test_a_fast_push_in_is_no_cut(tmp_path: Path, frames: int, nearer: float) -> None:
    picture = texture(6, 100)
    cv2.rectangle(picture, (430, 380), (560, 470), (240, 230, 220), -1)
    first, last = (1.0, nearer) if nearer > 1 else (1 / nearer, 1.0)
    steps = [(at / frames) ** 2 * (3 - 2 * at / frames) for at in range(frames + 1)]
    zooms = [first] * 20 + [first * (last / first) ** step for step in steps] + [last] * 20
    pushed = [view(picture, 8, 4, zoom) for zoom in zooms]
    assert analyse(clip(tmp_path / "a.mp4", pushed)).cuts == ()


def test_a_cut_in_the_middle_of_motion_and_one_to_a_nearer_view_at_rest_are_cuts(tmp_path: Path) -> None:
    bright = cv2.rectangle(texture(9, 100), (430, 400), (540, 500), (250, 240, 230), -1)
    pushing = [view(texture(6, 100), 0, 0, 1.03**at) for at in range(20)]
    pulled = [view(bright, 0, 0, 1.8 * 0.97**at) for at in range(20)]
    near = [view(bright, 0, 0, 2.4)] * 20
    seen = analyse(clip(tmp_path / "a.mp4", [*pushing, *pulled, *[pulled[-1]] * 20, *near]))
    assert [round(cut * FPS) for cut in seen.cuts] == [20, 60]


def test_a_clip_whose_change_begins_with_its_second_frame_is_read(tmp_path: Path) -> None:
    frames = [view(texture(1, 20), 0, 0), *[view(texture(2, 90), 0, 0)] * 12]
    assert [round(cut * FPS) for cut in analyse(clip(tmp_path / "a.mp4", frames)).cuts] == [1]


@pytest.mark.parametrize(
    ("word", "motion"),
    [
        ("pan right", {"dx": 2.0}), ("pan left", {"dx": -2.0}), ("tilt down", {"dy": 2.0}), ("tilt up", {"dy": -2.0}),
        ("zoom in", {"zoom": 1.01}), ("zoom out", {"zoom": 0.992}), ("static", {}),
    ],
)  # fmt: skip
def test_the_cameras_direction_is_measured(tmp_path: Path, word: str, motion: dict[str, float]) -> None:
    camera = analyse(clip(tmp_path / "a.mp4", shot(5, 36, **motion))).shots[0].camera
    assert camera.word == word
    assert camera.right == pytest.approx(motion.get("dx", 0.0) * FPS / WIDE, abs=0.02)
    assert camera.zoom == pytest.approx(np.log(motion.get("zoom", 1.0)) * FPS, abs=0.03)


def test_light_motion_and_colours_are_those_of_the_pictures(tmp_path: Path) -> None:
    still = [np.full((HIGH, WIDE, 3), (200, 40, 30), np.uint8)] * 24
    lively = shot(8, 24, dx=9, light=0.35)
    seen = analyse(clip(tmp_path / "a.mp4", still + lively))
    assert len(seen.motion) == len(seen.brightness) == 2
    assert seen.motion[0] < 0.02 < 0.06 < seen.motion[1]
    red = seen.shots[0]
    main = red.palette[0]
    assert (main.red, main.green, main.blue) == pytest.approx((200, 40, 30), abs=8)
    assert main.share > 0.95
    assert red.warmth > 0.2 > seen.shots[1].warmth
    assert red.contrast < 0.004 < 0.01 < seen.shots[1].contrast


def test_what_is_no_video_names_the_param(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("words")
    with pytest.raises(RenderError) as told:
        analyse(tmp_path / "a.mp4", name="clip")
    assert told.value.param == "clip"
