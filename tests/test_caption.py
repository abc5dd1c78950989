"""What a caption says, against clips made with known cuts, moves, light and sound; and that it says no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers.encode import ClipWriter, samples
from callsheet.renderers.previz.caption import caption
from callsheet.renderers.previz.caption.phrases import PHRASES
from callsheet.renderers.scene import Made, Scene
from callsheet.settings import load
from render_fixtures import landscape
from vendor_fixtures import Serve
from wiro_fixtures import ended, run, upload

Rgb = NDArray[np.uint8]
DAY, NIGHT = landscape(900, 500), (landscape(900, 500, 3) * 0.18).astype(np.uint8)
FPS = Fraction(24)


def pan(index: int) -> Rgb:
    """The camera goes right: the view does."""
    return DAY[100:280, 100 + 3 * index : 420 + 3 * index]


def tilt(index: int) -> Rgb:
    """The camera goes up, at night."""
    return NIGHT[200 - 2 * index : 380 - 2 * index, 100:420]


def plain(_: int) -> Rgb:
    return np.full((180, 320, 3), (214, 38, 38), np.uint8)


def clip(path: Path, *shots: tuple[int, Callable[[int], Rgb]], loud: float = 0.0) -> Path:
    count = sum(frames for frames, _ in shots)
    wave = np.sin(np.arange(samples(count, FPS)) * 0.06)[:, None].repeat(2, axis=1) * loud
    sound = wave.astype(np.float32) if loud else None
    with ClipWriter(path, 320, 180, FPS, count, sound, {"title": "Two places", "prompt": "a walk"}) as writer:
        for frames, drawn in shots:
            for index in range(frames):
                writer.write(np.ascontiguousarray(drawn(index)))
    return path


def told(out: Path, **scene: Any) -> Made:
    (made,) = caption.render(Scene("caption", **scene), out, lambda share: None)
    return made


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("film") / "film.mp4", (36, pan), (36, tilt), (24, plain), loud=0.2)


def test_shots_moves_light_and_sound_are_those_of_the_clip(tmp_path: Path, film: Path) -> None:
    made = told(tmp_path, video=film)
    extra = made.extra
    assert (extra["measured"], extra["recognised"]) == (True, False)
    assert (extra["width"], extra["height"], extra["fps"]) == (320, 180, 24)
    assert [shot["start"] for shot in extra["shots"]] == pytest.approx([0, 1.5, 3.0], abs=0.001)
    assert [shot["end"] for shot in extra["shots"]] == pytest.approx([1.5, 3.0, 4.0], abs=0.001)
    assert [shot["camera"] for shot in extra["shots"]] == [["pan right"], ["tilt up"], []]
    assert [shot["motion"] for shot in extra["shots"]] == ["slow", "slow", "resting"]
    assert [shot["like"] for shot in extra["shots"]][:2] == ["day-like", "night-like"]
    assert extra["shots"][2]["palette"][0]["en"] == "red"
    assert extra["sound"]["loudness"] == pytest.approx(-14.7, abs=0.5)
    assert json.loads(json.dumps(extra)) == extra


def test_the_report_is_text_that_says_first_what_it_is_not(tmp_path: Path, film: Path) -> None:
    made = told(tmp_path, video=film)
    said = made.path.read_text("utf-8")
    assert made.content_type == "text/plain"
    assert said.startswith("Measured, not recognised")
    for part in ("4.00 s", "320x180", "cuts at 1.50, 3.00", "camera pans right", "night-like", "Two places", "a walk"):
        assert part in said
    assert "preview" in said


def test_the_report_in_chinese_has_the_same_numbers(tmp_path: Path, film: Path) -> None:
    said = told(tmp_path, video=film, extra={"language": "zh"}).path.read_text("utf-8")
    assert said.startswith("以下为测量结果，并非内容识别")
    for part in ("4.00 秒", "1.50, 3.00", "镜头右摇", "像夜晚", "红色", "Two places"):
        assert part in said
    assert "camera" not in said


def test_both_languages_have_every_phrase_with_the_same_places() -> None:
    assert PHRASES["en"].keys() == PHRASES["zh"].keys()


def test_a_move_the_other_way_and_a_zoom_are_told_apart(tmp_path: Path) -> None:
    def near(index: int) -> Rgb:
        edge = 60 + 2 * index
        view = Image.fromarray(DAY[edge : 500 - edge, edge * 16 // 9 : 900 - edge * 16 // 9])
        return np.asarray(view.resize((320, 180), Image.Resampling.BILINEAR))

    back = clip(tmp_path / "back.mp4", (30, lambda index: pan(60 - index)))
    closer = clip(tmp_path / "closer.mp4", (36, near))
    assert told(tmp_path / "a", video=back).extra["shots"][0]["camera"] == ["pan left"]
    assert told(tmp_path / "b", video=closer).extra["shots"][0]["camera"][0] == "zoom in"
    assert told(tmp_path / "a", video=back).extra["sound"] == {"present": False, "loudness": None}


def test_a_picture_is_told_by_its_light_and_colours(tmp_path: Path) -> None:
    half = np.zeros((120, 200, 3), np.uint8)
    half[:, :120] = (40, 90, 206)
    Image.fromarray(half).save(tmp_path / "half.png")
    made = told(tmp_path, image=tmp_path / "half.png")
    assert [(one["en"], one["share"]) for one in made.extra["shots"][0]["palette"]] == [
        ("blue", pytest.approx(0.6, abs=0.02)),
        ("black", pytest.approx(0.4, abs=0.02)),
    ]
    assert "200x120" in made.path.read_text()


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"this is no video")
    for scene in ({"video": tmp_path / "no.mp4"}, {"image": tmp_path / "no.mp4"}, {}):
        with pytest.raises(RenderError):
            told(tmp_path / "out", **scene)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def wiro(tmp_path: Path, serve_home: Serve) -> Iterator[httpx2.Client]:
    with serve_home(load(tmp_path / "home", environ={"CALLSHEET_FETCH__ALLOW": "127.0.0.1"})) as served:
        address = f"{served.url}/as/wiro"
        with httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield client


def test_wiros_client_gets_a_text_on_a_bare_machine(wiro: httpx2.Client, film: Path) -> None:
    file = upload(wiro, "film.mp4", film.read_bytes())
    begun = run(wiro, "wiro/ShareGPT4Video-EN", {"inputVideoUrl": file["url"], "convMode": "vicuna_v1"})
    task = ended(wiro, begun["socketaccesstoken"])
    assert task["pexit"] == "0", task["debugerror"]
    assert task["debugoutput"].startswith("Measured, not recognised")
    (output,) = task["outputs"]
    assert output["contenttype"] == "raw"
    assert "cuts at 1.50, 3.00" in output["content"]["raw"]
