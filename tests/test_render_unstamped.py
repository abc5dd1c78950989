"""Chains of previews: what is made from a marked preview bears its mark once, and no slate of another file."""

from pathlib import Path
from typing import Any

import cv2
import httpx2
import numpy as np
import pytest

from callsheet.renderers import media, render, stills
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.previz import unstamped
from callsheet.renderers.scene import Scene
from render_fixtures import Rgb, difference, landscape, measure
from vendor_fixtures import until

SIZE: dict[str, Any] = {"width": 640, "height": 360}
PROMPT = "a lighthouse on a cliff at dusk"


def quiet(_share: float) -> None:
    """Hears progress and does nothing."""


def drawn(capability: str, folder: Path, **said: Any) -> Path:
    [one] = render.render(Scene(capability, **{**SIZE, "prompt": PROMPT, **said}), folder / capability, quiet)
    return one.path


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A preview as anyone gets it: marked, with its slate."""
    return drawn("text-to-image", tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same preview without both."""
    return drawn("text-to-image", tmp_path_factory.mktemp("bare"), mark=False)


def foot(rgb: Rgb) -> Rgb:
    return rgb[round(rgb.shape[0] * 0.86) :]


def test_under_the_mark_and_the_slate_is_the_picture(still: Path, bare: Path) -> None:
    seen, wanted = media.load_still(still), media.load_still(bare)
    assert difference(foot(seen), foot(wanted)) > 20
    cleaned = unstamped.clean(seen, still, Scene("image-to-video"))
    assert difference(foot(cleaned), foot(wanted)) < 4
    assert float(np.quantile(cv2.absdiff(cleaned, wanted), 0.999)) < 40
    corner = np.s_[:40, -120:]
    assert difference(cleaned[corner], wanted[corner]) < 3
    untouched = np.s_[60:200]
    assert (cleaned[untouched] == seen[untouched]).all()


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_it_is_found_in_every_format(format: str, bare: Path, tmp_path: Path) -> None:
    path = drawn("text-to-image", tmp_path, format=format)
    cleaned = unstamped.clean(media.load_still(path), path, Scene("image-to-video"))
    assert difference(foot(cleaned), foot(media.load_still(bare))) < 7


@pytest.mark.parametrize("move", [9, 7])
def test_a_clip_of_a_marked_still_is_that_of_the_bare_one(move: int, still: Path, bare: Path, tmp_path: Path) -> None:
    said = {"camera_move": move, "duration": 0.25, "seed": 1}
    one = measure(drawn("image-to-video", tmp_path / "one", image=still, **said))
    two = measure(drawn("image-to-video", tmp_path / "two", image=bare, **said))
    for made, wanted in zip(one.frames, two.frames, strict=True):
        assert difference(foot(made), foot(wanted)) < 3, "no slate came along"
        assert difference(made[:40, -140:], wanted[:40, -140:]) < 3, "one mark, where it belongs"


def test_a_clip_goes_on_from_a_marked_clip_with_one_mark(bare: Path, tmp_path: Path) -> None:
    seen = []
    for marked in (True, False):
        folder = tmp_path / str(marked)
        clip = drawn("image-to-video", folder, image=bare, camera_move=9, duration=0.5, mark=marked)
        seen.append(measure(drawn("video-continuation", folder, video=clip, duration=0.25, camera_move=7, prompt="")))
    for made, wanted in zip(seen[0].frames, seen[1].frames, strict=True):
        assert difference(made[:40, -140:], wanted[:40, -140:]) < 4, "nothing of the first mark goes along"


def test_an_enlarged_marked_clip_is_not_marked_again(bare: Path, tmp_path: Path) -> None:
    clip = drawn("image-to-video", tmp_path, image=bare, camera_move=9, duration=0.1)
    large = drawn("video-upscale", tmp_path, video=clip, width=960, height=540)
    wanted = cv2.resize(measure(clip).frames[0], (960, 540), interpolation=cv2.INTER_CUBIC)
    assert difference(measure(large).frames[0][:60, -180:], wanted[:60, -180:]) < 4
    assert unstamped.marked(large)["marked"] is True


def test_a_scene_without_a_mark_takes_nothing_off(still: Path) -> None:
    seen = media.load_still(still)
    assert unstamped.clean(seen, still, Scene("image-to-video", mark=False)) is seen


def test_what_only_says_that_it_is_marked_is_left_alone(tmp_path: Path) -> None:
    picture = landscape(640, 360)
    path = tmp_path / "said.png"
    stills.write_still(path, picture, {"marked": True, "slate": [PROMPT, "640×360", "seed 0"]})
    assert (unstamped.clean(picture, path, Scene("image-to-video")) == picture).all()


def test_a_picture_that_is_no_preview_says_nothing_of_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    stills.write_still(path, landscape(64, 64), {"comment": "mine"})
    assert unstamped.marked(path) == {}
    assert PREVIEW not in path.read_bytes().decode("latin1")


def test_an_enlarged_preview_still_knows_its_mark(still: Path, tmp_path: Path) -> None:
    large = drawn("upscale", tmp_path, image=still, width=1280, height=720)
    assert unstamped.marked(large)["slate"][0] == PROMPT


def test_a_stored_preview_says_so_as_well(client: httpx2.Client, tmp_path: Path) -> None:
    asked = {"model": "text-to-image", "input": {"prompt": PROMPT, "resolution": "360p"}}
    task = client.post("/v1/tasks", json=asked).raise_for_status().json()["id"]
    ended = until(lambda: client.get(f"/v1/tasks/{task}").json(), lambda one: one["state"] in ("succeeded", "failed"))
    path = tmp_path / "stored.png"
    path.write_bytes(client.get(ended["artifacts"][0]["url"]).content)
    assert unstamped.marked(path)["slate"][0] == PROMPT
