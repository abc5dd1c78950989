"""Video upscale: exact size, every frame at its own time, and the sound packet by packet as it came."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from callsheet.errors import RenderError
from callsheet.renderers import render
from callsheet.renderers.encode import PREVIEW, ClipWriter, samples
from callsheet.renderers.previz import bounds
from callsheet.renderers.scene import Made, Scene
from render_fixtures import Rgb, boxes, difference, grey, landscape, measure


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


def clip(path: Path, fps: Fraction = Fraction(24), *, sound: bool = True, frames: int = 14) -> Path:
    picture = landscape(160, 90)
    noise = np.random.Generator(np.random.PCG64(1)).normal(0, 0.1, (samples(frames, fps), 2)).astype(np.float32)
    with ClipWriter(path, 160, 90, fps, frames, noise if sound else None, crf=12) as writer:
        for index in range(frames):
            writer.write(np.roll(picture, 2 * index, axis=1))
    return path


def enlarged(video: Path, folder: Path, **said: Any) -> Made:
    asked = {"width": 480, "height": 270, "mark": False, **said}
    [one] = render.render(Scene("video-upscale", video=video, **asked), folder / "out", quiet)
    return one


def times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(container.streams.video[0])]


def packets(path: Path) -> list[tuple[bytes, float]]:
    with av.open(str(path)) as container:
        sound = container.streams.audio[0]
        return [(bytes(one), float(one.pts * one.time_base)) for one in container.demux(sound) if one.size]


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30000, 1001), Fraction(50)])
def test_size_frames_times_and_length_are_exact(tmp_path: Path, fps: Fraction) -> None:
    video = clip(tmp_path / "clip.mp4", fps)
    one = enlarged(video, tmp_path)
    before, after = measure(video), measure(one.path)
    assert (after.width, after.height, len(after.frames), after.fps) == (480, 270, len(before.frames), before.fps)
    assert after.video_seconds == before.video_seconds
    assert after.audio_seconds == before.audio_seconds
    assert after.container_seconds == pytest.approx(before.container_seconds, abs=0.0005)
    assert times(one.path) == pytest.approx(times(video), abs=1e-6)
    assert (one.width, one.height, one.duration) == (480, 270, float(before.video_seconds))
    assert after.tags["comment"] == PREVIEW
    assert boxes(one.path).index("moov") < boxes(one.path).index("mdat")
    for old, new in zip(before.frames, after.frames, strict=True):
        assert difference(np.asarray(cv2.resize(new, (160, 90), interpolation=cv2.INTER_AREA)), old) < 3


def test_the_sound_is_copied_untouched(tmp_path: Path) -> None:
    video = clip(tmp_path / "clip.mp4")
    one = enlarged(video, tmp_path)
    assert one.extra["sound"] == "copied"
    assert packets(one.path) == packets(video)


def test_a_clip_without_sound_stays_without(tmp_path: Path) -> None:
    one = enlarged(clip(tmp_path / "clip.mp4", sound=False), tmp_path)
    assert one.extra["sound"] == "none"
    assert measure(one.path).audio_seconds is None


def uneven(path: Path, picture: Rgb) -> Path:
    """A clip in Matroska whose frames come at odd times, with sound that an MP4 cannot hold."""
    with av.open(str(path), "w", format="matroska") as container:
        stream: Any = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        sound: Any = container.add_stream("pcm_s16le", rate=44100, layout="mono")
        for at in (0, 40, 130, 200, 400):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        heard = av.AudioFrame.from_ndarray(np.zeros((1, 17640), np.int16), "s16", "mono")
        heard.sample_rate, heard.pts = 44100, 0
        container.mux(sound.encode(heard))
        container.mux(stream.encode(None))
    return path


def test_frames_at_odd_times_keep_them_and_foreign_sound_is_written_anew(tmp_path: Path) -> None:
    video = uneven(tmp_path / "clip.mkv", landscape(160, 90))
    one = enlarged(video, tmp_path)
    assert times(one.path) == pytest.approx([0, 0.04, 0.13, 0.2, 0.4], abs=0.0011)
    assert one.extra["sound"] == "aac"
    assert measure(one.path).audio_seconds == pytest.approx(Fraction(2, 5), abs=0.03)


def test_more_pixels_than_can_be_made_here_are_refused_before_anything_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_OF_ALL", 480 * 270 * 13)
    with pytest.raises(RenderError, match="at most 13") as caught:
        enlarged(clip(tmp_path / "clip.mp4"), tmp_path)
    assert caught.value.param == "resolution"
    assert not list((tmp_path / "out").glob("*"))


def test_a_cut_off_video_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(clip(tmp_path / "clip.mp4").read_bytes()[:900])
    with pytest.raises(RenderError) as caught:
        enlarged(tmp_path / "cut.mp4", tmp_path)
    assert caught.value.param == "video"
    assert not list((tmp_path / "out").glob("*"))


def tagged(path: Path, picture: Rgb, space: int, form: str) -> Path:
    """A clip of three frames that says which matrix its colours were coded with."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], form
        stream.codec_context.colorspace, stream.codec_context.color_range = space, 1
        stream.options = {"crf": "6"}
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            coded = frame.reformat(format=form, dst_colorspace=space, dst_color_range=1)
            coded.pts = index
            coded.colorspace, coded.color_range = space, 1
            container.mux(stream.encode(coded))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("space", "form"), [(1, "yuv420p"), (5, "yuv444p"), (1, "yuv420p10le")])
def test_colours_stay_whatever_the_clip_was_coded_in(tmp_path: Path, space: int, form: str) -> None:
    patches = np.array([[(200, 40, 40), (40, 180, 60)], [(50, 60, 200), (220, 200, 60)]], np.uint8)
    picture = np.asarray(cv2.resize(patches, (160, 90), interpolation=cv2.INTER_NEAREST), np.uint8)
    [frame, *_] = measure(enlarged(tagged(tmp_path / "clip.mp4", picture, space, form), tmp_path).path).frames
    for (row, column), colour in zip(
        [(60, 120), (60, 360), (200, 120), (200, 360)], patches.reshape(-1, 3), strict=True
    ):
        seen = frame[row - 20 : row + 20, column - 20 : column + 20].reshape(-1, 3).mean(axis=0)
        assert seen == pytest.approx(colour.astype(float), abs=4)


def test_edges_are_sharper_than_plainly_enlarged_ones_and_no_sharper_than_the_truth(tmp_path: Path) -> None:
    truth = landscape(480, 270, seed=3)
    small = np.asarray(cv2.resize(truth, (240, 136), interpolation=cv2.INTER_AREA), np.uint8)
    with ClipWriter(tmp_path / "clip.mp4", 240, 136, Fraction(24), 2, crf=4) as writer:
        for _ in range(2):
            writer.write(small)
    [before, *_] = measure(tmp_path / "clip.mp4").frames
    [large, *_] = measure(enlarged(tmp_path / "clip.mp4", tmp_path).path).frames
    plain = np.asarray(cv2.resize(before, (480, 270), interpolation=cv2.INTER_LINEAR), np.uint8)
    assert steepest(plain) < 0.9 * steepest(large)
    assert steepest(large) < 1.1 * steepest(truth)


def steepest(rgb: Rgb) -> float:
    """How steep its sharp edges are: the slope that one pixel in a hundred exceeds."""
    return float(np.percentile(cv2.magnitude(*(cv2.Sobel(grey(rgb), cv2.CV_32F, dx, 1 - dx) for dx in (0, 1))), 99))
