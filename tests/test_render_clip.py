import errno
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.errors import RenderError, StorageError
from callsheet.renderers import encode
from callsheet.renderers.encode import ClipWriter, samples
from callsheet.renderers.scene import Scene
from render_fixtures import boxes, difference, landscape, measure


def write(
    path: Path, frames: int, fps: Fraction = Fraction(24), *, sound: bool = False, size: tuple[int, int] = (64, 48)
) -> Path:
    audio = None
    if sound:
        time = np.arange(samples(frames, fps)) / encode.SAMPLE_RATE
        audio = np.repeat(np.sin(time * 2764.6)[:, None] * 0.2, 2, axis=1).astype(np.float32)
    with ClipWriter(path, *size, fps, frames, audio, {"title": "港口", "seed": 7}) as clip:
        for index in range(frames):
            clip.write(np.full((size[1], size[0], 3), 40 + index * 3 % 200, np.uint8))
    return path


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(12)])
def test_picture_and_sound_both_last_exactly_as_long_as_asked(tmp_path: Path, fps: Fraction) -> None:
    found = measure(write(tmp_path / "a.mp4", 37, fps, sound=True))
    assert len(found.frames) == 37
    assert found.fps == fps
    assert found.video_seconds == 37 / fps
    assert found.audio_seconds is not None
    assert abs(found.audio_seconds - 37 / fps) <= Fraction(1, encode.SAMPLE_RATE)
    assert abs(found.container_seconds - float(37 / fps)) <= 1 / encode.SAMPLE_RATE + 1e-6


@settings(max_examples=12, deadline=None)
@given(
    st.integers(8, 40).map(lambda half: 2 * half),
    st.integers(8, 40).map(lambda half: 2 * half),
    st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30), Fraction(50)]),
    st.floats(0.02, 1.5),
)
def test_any_size_rate_and_length_comes_out_exact(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, fps: Fraction, duration: float
) -> None:
    scene = Scene("image-to-video", width=width, height=height, fps=fps, duration=duration)
    path = write(tmp_path_factory.mktemp("clip") / "a.mp4", scene.frames, fps, sound=True, size=(width, height))
    found = measure(path)
    assert (found.width, found.height, len(found.frames)) == (width, height, scene.frames)
    assert found.video_seconds == scene.exact_duration
    assert found.audio_seconds is not None
    assert abs(found.audio_seconds - scene.exact_duration) <= Fraction(1, encode.SAMPLE_RATE)


def test_a_clip_is_h264_tagged_as_it_is_and_starts_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", 5)
    found = measure(path)
    assert (found.codec, found.pix_fmt) == ("h264", "yuv420p")
    assert found.colour == (6, 1, 1, 1)
    order = boxes(path)
    assert order[0] == "ftyp"
    assert order.index("moov") < order.index("mdat")


def test_a_clip_says_in_its_metadata_that_it_is_a_preview(tmp_path: Path) -> None:
    tags = measure(write(tmp_path / "a.mp4", 2)).tags
    assert tags["title"] == "港口"
    assert tags["comment"] == "callsheet previz: a preview, not a generated result"
    assert '"seed": 7' in tags["description"]


def test_colours_come_back_as_they_went_in(tmp_path: Path) -> None:
    rgb = np.zeros((48, 64, 3), np.uint8)
    rgb[:, :32], rgb[:, 32:] = (200, 60, 40), (30, 120, 210)
    with ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 1, crf=1) as clip:
        clip.write(rgb)
    back = measure(tmp_path / "a.mp4").frames[0]
    assert np.abs(back[24, 8].astype(int) - rgb[24, 8]).max() <= 3
    assert np.abs(back[24, 56].astype(int) - rgb[24, 56]).max() <= 3


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = write(tmp_path / "a.mp4", 20, sound=True), write(tmp_path / "b.mp4", 20, sound=True)
    assert one.read_bytes() == two.read_bytes()


def test_progress_is_told_as_frames_are_encoded_up_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    with ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 4, progress=heard.append) as clip:
        for _ in range(4):
            clip.write(np.zeros((48, 64, 3), np.uint8))
    assert heard == [0.25, 0.5, 0.75, 1.0]


def test_an_array_may_be_drawn_over_once_it_is_written(tmp_path: Path) -> None:
    canvas = np.empty((48, 64, 3), np.uint8)
    with ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 10) as clip:
        for index in range(10):
            canvas[:] = 20 * index
            clip.write(canvas)
    shades = [int(frame.mean()) for frame in measure(tmp_path / "a.mp4").frames]
    assert all(abs(shade - 20 * index) <= 2 for index, shade in enumerate(shades))


@pytest.mark.parametrize("given", [1, 3])
def test_another_number_of_frames_than_promised_leaves_no_file(tmp_path: Path, given: int) -> None:
    def draw() -> None:
        with ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 2) as clip:
            for _ in range(given):
                clip.write(np.zeros((48, 64, 3), np.uint8))

    with pytest.raises(RenderError, match="promised 2"):
        draw()
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_drawing_comes_through_and_leaves_no_file(tmp_path: Path) -> None:
    def draw() -> None:
        with ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 50) as clip:
            for index in range(50):
                clip.write(landscape(64, 48, index))
                if index == 20:
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encode.av, "open", full)
    with pytest.raises(StorageError, match="full"):
        write(tmp_path / "a.mp4", 40)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_that_says_nothing_is_named_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def speechless(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(encode.av, "open", speechless)
    with pytest.raises(RenderError, match=r"encoded: MemoryError\."):
        write(tmp_path / "a.mp4", 40)


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (0, 48)])
def test_a_size_that_h264_cannot_have_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(RenderError, match="even"):
        ClipWriter(tmp_path / "a.mp4", *size, Fraction(24), 1)


def test_sound_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="Sound"):
        ClipWriter(tmp_path / "a.mp4", 64, 48, Fraction(24), 24, np.zeros((44_099, 2), np.float32))


def test_frames_survive_the_encoder_recognisably(tmp_path: Path) -> None:
    still = landscape(160, 90)
    with ClipWriter(tmp_path / "a.mp4", 160, 90, Fraction(24), 3) as clip:
        for _ in range(3):
            clip.write(still)
    assert all(difference(frame, still) < 6 for frame in measure(tmp_path / "a.mp4").frames)
