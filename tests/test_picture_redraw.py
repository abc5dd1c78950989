"""Redraw and upscale, opened and measured: what stays equal, what changes, seams, sizes and halos."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers.media import load_cutout
from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.picture import structure
from picture_fixtures import disc, make, overlap, painted, slopes
from render_fixtures import save


def hole(width: int = 320, height: int = 180, box: tuple[int, int, int, int] = (40, 110, 130, 165)) -> np.ndarray:
    made = np.zeros((height, width, 3), np.uint8)
    made[box[1] : box[3], box[0] : box[2]] = 255
    return made


@pytest.mark.parametrize("prompt", ["a white rabbit", "remove it", "a blue sky", ""])
def test_all_that_is_not_masked_stays_equal_and_the_rest_changes(prompt: str, tmp_path: Path) -> None:
    still, mask = painted(), hole()
    (rgb,), (made,) = make(tmp_path, "redraw", still, mask=save(mask, tmp_path / "m.png"), prompt=prompt, mark=True)
    outside = mask[..., 0] == 0
    assert (rgb[outside] == still[outside]).all()
    assert (rgb[~outside] != still[~outside]).any(axis=1).mean() > 0.3
    assert made.extra["changed"] == pytest.approx((~outside).mean(), abs=1e-3)


def test_what_is_transparent_outside_the_mask_stays_so_to_the_byte(tmp_path: Path) -> None:
    clear = np.dstack([painted(), np.tile(np.linspace(0, 255, 320).astype(np.uint8), (180, 1))])
    mask, asked = save(hole(), tmp_path / "m.png"), {"width": 320, "height": 180, "prompt": "a white rabbit"}
    asked |= {"image": save(clear, tmp_path / "clear.png"), "mask": mask}
    make(tmp_path, "redraw", **asked)
    made = load_cutout(next(tmp_path.glob("out-*/image-1.png")))
    outside = hole()[..., 0] == 0
    assert (made[outside] == clear[outside]).all()
    assert (made[~outside][:, 3] == 255).all()
    (flat,), _ = make(tmp_path, "redraw", **asked, format="jpeg")
    assert flat[:, :8].mean() > 225, "a JPEG has no transparency: it stands on white"


def test_a_filled_hole_shows_no_seam(tmp_path: Path) -> None:
    still, mask = painted("a desert road at noon", 480, 270), hole(480, 270, (150, 60, 300, 120))
    (rgb,), _ = make(tmp_path, "redraw", still, mask=save(mask, tmp_path / "m.png"), prompt="remove")
    rim = cv2.morphologyEx(mask[..., 0], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    around = cv2.dilate(mask[..., 0], np.ones((31, 31), np.uint8)) > 0
    assert slopes(rgb)[rim].mean() < 1.6 * slopes(still)[around & ~rim].mean() + 3


def test_another_size_leaves_the_plainly_resized_picture(tmp_path: Path) -> None:
    still, mask = painted(), hole(160, 90, (20, 55, 60, 80))
    size = {"width": 200, "height": 200}
    (rgb,), _ = make(tmp_path, "redraw", still, mask=save(mask, tmp_path / "m.png"), prompt="a cat", **size)
    plain = structure.covering(still, 200, 200)
    assert rgb.shape == (200, 200, 3)
    same = (rgb == plain).all(axis=2)
    assert 0.5 < same.mean() < 1
    left = 320 - 180
    assert same[:, round((120 - left / 2) / 180 * 200) + 3 :].all(), "right of the mask nothing changes"


def test_an_odd_size_is_kept_to_the_pixel(tmp_path: Path) -> None:
    still = painted()[:151, :203]
    mask = hole(203, 151, (10, 90, 60, 140))
    (rgb,), _ = make(tmp_path, "redraw", still, mask=save(mask, tmp_path / "m.png"))
    assert rgb.shape == still.shape
    assert (rgb[mask[..., 0] == 0] == still[mask[..., 0] == 0]).all()


def test_pieces_differ_and_come_again_by_their_seed(tmp_path: Path) -> None:
    asked = {"mask": save(hole(), tmp_path / "m.png"), "prompt": "a rabbit"}
    pieces, _ = make(tmp_path, "redraw", painted(), count=3, seed=5, **asked)
    assert all((a != b).any() for a, b in pairwise(pieces))
    (again,), _ = make(tmp_path, "redraw", painted(), seed=6, **asked)
    assert (again == pieces[1]).all()


def test_an_empty_mask_is_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    black = save(np.zeros((180, 320, 3), np.uint8), tmp_path / "m.png")
    with pytest.raises(RenderError, match="no white") as caught:
        make(tmp_path, "redraw", painted(), mask=black)
    assert "Invert" in (caught.value.hint or "")


def test_without_a_mask_the_whole_picture_is_redrawn(tmp_path: Path) -> None:
    (rgb,), _ = make(tmp_path, "redraw", painted(), prompt="watercolour")
    assert (rgb != painted()).any(axis=2).mean() > 0.9


@pytest.mark.parametrize("scale", [2, 4])
def test_an_upscale_is_exactly_so_many_times_as_large(scale: int, tmp_path: Path) -> None:
    (rgb,), (made,) = make(tmp_path, "upscale", painted(width=161, height=91), extra={"scale": scale})
    assert rgb.shape[:2] == (91 * scale, 161 * scale) == (made.height, made.width)


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_an_enlarged_cutout_stays_transparent_and_what_lies_hidden_does_not_rim_it(ending: str, tmp_path: Path) -> None:
    still = np.zeros((60, 80, 4), np.uint8)
    still[...] = (0, 255, 0, 0)
    still[15:45, 20:60] = (200, 40, 30, 255)
    Image.fromarray(still).save(tmp_path / "cut.png")
    asked: dict[str, object] = {"image": tmp_path / "cut.png", "width": 80, "height": 60, "extra": {"scale": 2}}
    _, (made,) = make(tmp_path, "upscale", format=ending, **asked)
    rgba = np.asarray(Image.open(made.path))
    assert rgba.shape == (120, 160, 4)
    assert (rgba[60, 80, 3], rgba[4, 4, 3]) == (255, 0)
    assert overlap(rgba[..., 3] > 127, np.kron(still[..., 3] > 0, np.ones((2, 2))) > 0) > 0.97
    seen = rgba[rgba[..., 3] > 20].astype(int)
    assert (seen[:, 1] < 70).all(), "no green from under it"
    (rgb,), _ = make(tmp_path, "upscale", format="jpeg", **asked)
    assert rgb[4, 4].min() > 250


def test_an_upscale_to_a_size_is_that_size(tmp_path: Path) -> None:
    (rgb,), _ = make(tmp_path, "upscale", painted(), width=854, height=480)
    assert rgb.shape[:2] == (480, 854)


def test_an_enlarged_edge_is_sharp_without_a_halo() -> None:
    still, _ = disc(width=160, height=100)
    still = np.where(still[..., :1] > 150, np.uint8(210), np.uint8(60)).repeat(3, axis=2)
    large, plain = enlarge(still, 640, 400), cv2.resize(still, (640, 400), interpolation=cv2.INTER_CUBIC)
    assert (large.min(), large.max()) == (60, 210)
    assert plain.min() < 60, "what a plain enlargement does"
    soft = cv2.resize(still, (640, 400), interpolation=cv2.INTER_LINEAR)
    assert np.quantile(slopes(large), 0.995) > 1.1 * np.quantile(slopes(soft), 0.995)
    back = cv2.resize(large, (160, 100), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(back - still).mean() < 1.5


def test_more_than_8k_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="more than can be made"):
        make(tmp_path, "upscale", np.zeros((1200, 2000, 3), np.uint8), extra={"scale": 8})
