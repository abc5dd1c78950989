import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from callsheet.errors import NotSupported, RenderError
from callsheet.renderers import encode, media, render
from callsheet.renderers.previz import continuation, first_last, footage
from callsheet.renderers.previz.flow import Drift, bridge, camera_drift
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.scene import Scene
from callsheet.renderers.sound.read import read_sound
from render_fixtures import Measured, Rgb, boxes, difference, grey, landscape, measure, save


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return save(landscape(), tmp_path / "still.png")


def small(capability: str, **said: object) -> Scene:
    asked = {"width": 160, "height": 90, "duration": 0.5, "mark": False, **said}
    return Scene(capability, **asked)  # type: ignore[arg-type]


def made(scene: Scene, out: Path) -> Measured:
    [one] = render.render(scene, out, quiet)
    return measure(one.path)


def way(frames: list[Rgb]) -> Drift:
    total = Drift()
    for before, now in itertools.pairwise(frames):
        total = total.plus(camera_drift(grey(before), grey(now)))
    return total


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30000, 1001)])
@pytest.mark.parametrize("size", [(160, 90), (90, 160), (96, 96)])
def test_image_to_video_is_exact_in_size_frames_rate_and_length(
    tmp_path: Path, still: Path, size: tuple[int, int], fps: Fraction
) -> None:
    scene = small("image-to-video", image=still, width=size[0], height=size[1], fps=fps, generate_audio=True)
    [one] = render.render(scene, tmp_path / "out", quiet)
    found = measure(one.path)
    assert (found.width, found.height, found.fps, len(found.frames)) == (*size, fps, scene.frames)
    assert found.video_seconds == scene.exact_duration
    assert found.audio_seconds is not None
    assert abs(found.audio_seconds - scene.exact_duration) <= Fraction(1, encode.SAMPLE_RATE)
    assert (one.content_type, one.width, one.height) == ("video/mp4", *size)
    assert one.duration == float(scene.exact_duration)
    assert boxes(one.path).index("moov") < boxes(one.path).index("mdat")
    assert found.tags["comment"] == encode.PREVIEW


def test_a_clip_is_silent_unless_sound_was_asked_for(tmp_path: Path, still: Path) -> None:
    assert made(small("image-to-video", image=still), tmp_path / "out").audio_seconds is None


def test_the_same_scene_gives_the_same_frames_and_another_seed_others(tmp_path: Path, still: Path) -> None:
    scene = small("image-to-video", image=still, camera_move=35)
    first, again = made(scene, tmp_path / "a"), made(scene, tmp_path / "b")
    other = made(replace(scene, seed=1), tmp_path / "c")
    assert all(np.array_equal(one, two) for one, two in zip(first.frames, again.frames, strict=True))
    assert any(difference(one, two) > 1 for one, two in zip(first.frames, other.frames, strict=True))


def test_count_makes_so_many_pieces_each_as_its_own_seed_would(tmp_path: Path, still: Path) -> None:
    scene = small("image-to-video", image=still, camera_move=3, count=3, seed=5)
    heard: list[float] = []
    three = render.render(scene, tmp_path / "out", heard.append)
    alone = made(replace(scene, count=1, seed=7), tmp_path / "alone")
    assert len({one.path for one in three}) == 3
    assert all(np.array_equal(a, b) for a, b in zip(measure(three[2].path).frames, alone.frames, strict=True))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) == 3 * scene.frames


def test_the_mark_is_there_when_wanted_and_only_then(tmp_path: Path, still: Path) -> None:
    scene = small("image-to-video", image=still, camera_move=9, width=320, height=180)
    bare, marked = made(scene, tmp_path / "a"), made(replace(scene, mark=True), tmp_path / "b")
    corner = (slice(0, 30), slice(240, 320))
    assert difference(bare.frames[0][corner], marked.frames[0][corner]) > 2
    assert difference(bare.frames[0][60:], marked.frames[0][60:]) < 1


def test_words_in_the_prompt_move_the_camera(tmp_path: Path, still: Path) -> None:
    left = way(made(small("image-to-video", image=still, prompt="pan left"), tmp_path / "a").frames)
    right = way(made(small("image-to-video", image=still, prompt="镜头向右摇"), tmp_path / "b").frames)
    assert left.right > 0.3
    assert right.right < -0.3


def test_a_still_of_other_proportions_fills_the_frame_unstretched(tmp_path: Path) -> None:
    tall = save(landscape(200, 400), tmp_path / "tall.png")
    found = made(small("image-to-video", image=tall, camera_move=9, duration=0.1), tmp_path / "out")
    assert (found.width, found.height) == (160, 90)
    assert found.frames[0].min() > 60


def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two views of one place: the second is nearer and to the right."""
    whole = landscape(640, 360)
    return save(whole[:, :600], tmp_path / "first.png"), save(whole[60:330, 100:580], tmp_path / "last.png")


def test_first_last_begins_exactly_at_one_still_and_ends_exactly_at_the_other(tmp_path: Path) -> None:
    one, two = pair(tmp_path)
    scene = small("first-last-frame", image=one, last_image=two)
    first, last = (fit(media.load_still(path), 160, 90) for path in (one, two))
    frames = list(first_last.morph(first, last, bridge(first, last), scene))
    assert len(frames) == scene.frames
    assert np.array_equal(frames[0], first)
    assert np.array_equal(frames[-1], last)
    written = made(scene, tmp_path / "out").frames
    assert difference(written[0], first) < 6
    assert difference(written[-1], last) < 6


def test_a_morph_moves_rather_than_fades(tmp_path: Path) -> None:
    first = landscape(320, 180)
    last = np.roll(first, -24, axis=1)
    scene = small("first-last-frame", width=320, height=180, duration=1.0)
    middle = list(first_last.morph(first, last, bridge(first, last), scene))[scene.frames // 2]
    moved, faded = np.roll(first, -12, axis=1), (first.astype(np.uint16) + last) // 2
    inner = (slice(20, -20), slice(40, -40))
    assert difference(middle[inner], moved[inner]) < 0.6 * difference(faded.astype(np.uint8)[inner], moved[inner])


def test_one_frame_from_first_to_last_is_the_first(tmp_path: Path) -> None:
    one, two = pair(tmp_path)
    scene = small("first-last-frame", image=one, last_image=two, duration=0.04)
    assert len(made(scene, tmp_path / "out").frames) == 1


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (200, 200)])
def test_a_picture_is_fitted_whole_and_undistorted(size: tuple[int, int]) -> None:
    disc = np.full((200, 300, 3), 90, np.uint8)
    yy, xx = np.mgrid[:200, :300]
    disc[(yy - 100) ** 2 + (xx - 150) ** 2 < 80**2] = (250, 40, 40)
    fitted = fit(disc, *size)
    red = (fitted[..., 0] > 180) & (fitted[..., 1] < 90)
    tall, wide = np.ptp(np.nonzero(red.any(axis=1))[0]), np.ptp(np.nonzero(red.any(axis=0))[0])
    assert fitted.shape == (size[1], size[0], 3)
    assert abs(int(tall) - int(wide)) <= 2


def panned(tmp_path: Path, still: Path, move: int, seconds: float = 1.0) -> Path:
    scene = small("image-to-video", image=still, camera_move=move, width=320, height=180, duration=seconds)
    [one] = render.render(scene, tmp_path / f"before-{move}", quiet)
    return one.path


@pytest.mark.parametrize(("right", "down", "growth"), [(5, 0, 0), (-5, 0, 0), (0, 3, 0), (0, -3, 0), (0, 0, 0.012)])
def test_a_continuation_starts_at_the_last_frame_and_goes_on_the_same_way(
    right: float, down: float, growth: float
) -> None:
    last = landscape(320, 180)
    speed = Drift(right / 90, down / 90, 0.0, growth)
    scene = small("video-continuation", width=320, height=180, duration=1.0)
    frames = list(continuation.onward(last, speed, scene))
    assert np.array_equal(frames[0], last)
    begun = camera_drift(grey(frames[0]), grey(frames[1]))
    gone = way(frames)
    if growth:
        assert begun.growth == pytest.approx(growth, rel=0.5)
        assert gone.growth > 0.08
        return
    part, asked = ("right", right / 90) if right else ("down", down / 90)
    assert getattr(begun, part) == pytest.approx(asked, rel=0.4)
    assert getattr(gone, part) * np.sign(asked) > 0.12
    stopping = camera_drift(grey(frames[-2]), grey(frames[-1]))
    assert abs(getattr(stopping, part)) < 0.35 * abs(asked)


def test_a_continuation_of_a_real_clip_reads_its_end_and_its_motion(tmp_path: Path, still: Path) -> None:
    path = panned(tmp_path, still, 4)
    before = measure(path)
    tail = footage.tail(path)
    assert difference(tail.last, before.frames[-1]) < 2
    scene = small("video-continuation", video=path, width=320, height=180, duration=0.75)
    after = made(scene, tmp_path / "out")
    assert len(after.frames) == scene.frames
    assert difference(after.frames[0], before.frames[-1]) < 5


def test_the_whole_of_a_continuation_is_the_input_and_the_new_part(tmp_path: Path, still: Path) -> None:
    path = panned(tmp_path, still, 4)
    before = measure(path)
    scene = small("video-continuation", video=path, width=320, height=180, extra={"whole": True})
    whole = made(scene, tmp_path / "out")
    assert len(whole.frames) == len(before.frames) + 12
    assert difference(whole.frames[5], before.frames[5]) < 6


def test_the_whole_of_a_continuation_keeps_the_sound_of_its_input(tmp_path: Path, still: Path) -> None:
    frames, rate = measure(panned(tmp_path, still, 4)).frames[:8], 44_100
    tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(round(rate * 8 / 16)) / rate)
    path = tmp_path / "heard.mp4"
    with encode.ClipWriter(path, 320, 180, Fraction(16), 8, np.stack([tone, tone], 1).astype(np.float32)) as clip:
        for frame in frames:
            clip.write(frame)
    asked = {"video": path, "width": 320, "height": 180, "fps": Fraction(16), "duration": 0.5, "extra": {"whole": True}}

    def loud(part: str, **more: object) -> tuple[float, float]:
        [one] = render.render(small("video-continuation", **asked, **more), tmp_path / part, quiet)
        heard = read_sound(one.path)
        assert abs(len(heard) - rate) < 2000
        assert ("sound" in one.extra) is bool(more)
        return float(np.abs(heard[: rate // 3]).mean()), float(np.abs(heard[rate * 2 // 3 :]).mean())

    first, second = loud("silent")
    assert first > 0.2
    assert second < 0.001
    first, second = loud("scored", generate_audio=True, prompt="waves")
    assert first > 0.2
    assert second > 0.005


@pytest.mark.parametrize(
    ("move", "part", "sign"), [(3, "right", 1), (4, "right", -1), (5, "down", 1), (26, "growth", 1)]
)
def test_motion_control_moves_the_still_as_the_clip_moved(
    tmp_path: Path, still: Path, move: int, part: str, sign: int
) -> None:
    other = save(landscape(seed=99), tmp_path / "other.png")
    scene = small(
        "motion-control", image=other, video=panned(tmp_path, still, move), width=320, height=180, duration=1.0
    )
    assert getattr(way(made(scene, tmp_path / "out").frames), part) * sign > 0.12


@pytest.mark.parametrize(
    ("capability", "said", "param"),
    [
        ("image-to-video", {"image": None}, "image"),
        ("image-to-video", {"image": Path("broken.png")}, "image"),
        ("image-to-video", {"image": Path("missing.png")}, "image"),
        ("first-last-frame", {"image": Path("good.png"), "last_image": None}, "last_image"),
        ("first-last-frame", {"image": Path("good.png"), "last_image": Path("broken.png")}, "last_image"),
        ("video-continuation", {"video": None}, "video"),
        ("video-continuation", {"video": Path("good.png")}, "video"),
        ("video-continuation", {"video": Path("broken.mp4")}, "video"),
        ("motion-control", {"image": Path("good.png"), "video": Path("cut.mp4")}, "video"),
    ],
)
def test_a_broken_input_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capability: str, said: dict[str, Path | None], param: str
) -> None:
    monkeypatch.chdir(tmp_path)
    save(landscape(), Path("good.png"))
    Path("broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    Path("broken.mp4").write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 100)
    Path("cut.mp4").write_bytes(panned(tmp_path, tmp_path / "good.png", 9, 0.2).read_bytes()[:900])
    with pytest.raises(RenderError) as caught:
        render.render(small(capability, **said), tmp_path / "out", quiet)
    assert caught.value.param == param
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(("said", "named"), [({"camera_move": 47}, "47"), ({"motion": "huge"}, "huge")])
def test_a_wrong_move_or_motion_is_a_clear_error(
    tmp_path: Path, still: Path, said: dict[str, object], named: str
) -> None:
    with pytest.raises(RenderError, match=named):
        render.render(small("image-to-video", image=still, **said), tmp_path / "out", quiet)
    assert not list((tmp_path / "out").iterdir())


def test_a_capability_that_nothing_draws_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match="image-to-video"):
        render.render(small("lip-sync"), tmp_path / "out", quiet)
