import struct
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from callsheet.renderers import media
from callsheet.renderers.encode import ClipWriter, samples
from callsheet.renderers.stills import write_still
from render_fixtures import difference, landscape, save


def clip(path: Path, *, sound: bool = False) -> Path:
    audio = np.zeros((samples(6, Fraction(24)), 2), np.float32) if sound else None
    with ClipWriter(path, 64, 48, Fraction(24), 6, audio) as writer:
        for shade in range(6):
            writer.write(np.full((48, 64, 3), 30 * shade, np.uint8))
    return path


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_still_is_known_by_its_bytes_whatever_its_name(tmp_path: Path, ending: str) -> None:
    written = tmp_path / f"still.{ending}"
    kind = write_still(written, landscape(120, 80), {"prompt": "港口"})
    written.rename(tmp_path / "named.mp4")
    facts = media.probe(tmp_path / "named.mp4")
    assert (facts.content_type, facts.kind, facts.width, facts.height) == (kind, "image", 120, 80)


def test_a_clip_is_known_with_its_size_rate_length_and_sound(tmp_path: Path) -> None:
    facts = media.probe(clip(tmp_path / "named.png", sound=True))
    assert (facts.content_type, facts.kind, facts.width, facts.height) == ("video/mp4", "video", 64, 48)
    assert (facts.fps, facts.frames, facts.duration) == (Fraction(24), 6, 0.25)
    assert (facts.has_audio, facts.sample_rate, facts.channels) == (True, 44100, 2)


def test_a_phones_sideways_photo_is_shown_upright_and_measured_so(tmp_path: Path) -> None:
    rgb = landscape(120, 80)
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        path = tmp_path / f"{turn}.png"
        Image.fromarray(rgb).save(path, exif=exif)
        facts = media.probe(path)
        still = media.load_still(path)
        assert (facts.width, facts.height) == ((80, 120) if turn >= 5 else (120, 80))
        assert still.shape[:2] == (facts.height, facts.width)
        undone = Image.fromarray(rgb).getexif()
        undone[0x0112] = turn
        expected = np.asarray(_transposed(rgb, turn))
        assert np.array_equal(still, expected)


def _transposed(rgb: np.ndarray, turn: int) -> np.ndarray:
    """What Pillow, the reference, makes of it."""
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    picture = Image.fromarray(rgb)
    return np.asarray(picture.transpose(ways[turn]) if turn in ways else picture)


def test_transparency_is_flattened_over_white(tmp_path: Path) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:, :2] = (200, 10, 10, 255)
    Image.fromarray(rgba).save(tmp_path / "a.png")
    still = media.load_still(tmp_path / "a.png")
    assert tuple(still[0, 0]) == (200, 10, 10)
    assert tuple(still[0, 3]) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_brightness(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 32768, np.uint16)).save(tmp_path / "deep.png")
    assert abs(int(media.load_still(tmp_path / "deep.png")[0, 0, 0]) - 128) <= 1


def test_a_decompression_bomb_is_refused_from_its_header_alone(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)))
    with pytest.raises(media.TooManyPixels, match="60000x60000"):
        media.probe(bomb)
    with pytest.raises(media.TooManyPixels):
        media.load_still(bomb)


def test_the_limit_on_pixels_holds_for_video_too(tmp_path: Path) -> None:
    with pytest.raises(media.TooManyPixels):
        media.probe(clip(tmp_path / "a.mp4"), max_pixels=64 * 48 - 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b'{"a": 1}', "JSON"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "header"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 40, "cannot be read"),
        (b"RIFF\0\0\0\0WAVE" + b"\0" * 40, "cannot be read|neither"),
    ],
)
def test_what_is_not_media_is_named_for_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(media.NotMedia, match=said):
        media.probe(path)


def test_a_still_cut_short_probes_but_does_not_load(tmp_path: Path) -> None:
    whole = save(landscape(200, 120), tmp_path / "whole.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    assert media.probe(tmp_path / "cut.png").width == 200
    with pytest.raises(media.NotMedia, match="damaged"):
        media.load_still(tmp_path / "cut.png")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_written_still_says_that_it_is_a_preview(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    rgb = landscape(120, 80)
    write_still(path, rgb, {"prompt": "港口 <dusk>"})
    with Image.open(path) as image:
        said = str(image.info.get("Comment", "")) + str(image.getexif().get(0x010E, ""))
        words = str(image.info.get("Description", "")) + str(image.getexif().get(0x010E, ""))
    assert "callsheet previz" in said
    assert "prompt" in words
    assert difference(media.load_still(path), rgb) < (0.01 if ending == "png" else 12)
    assert not list(tmp_path.glob(".*"))
