import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.renderers import frame


@pytest.mark.parametrize(
    ("resolution", "ratio", "expected"),
    [
        ("720p", "16:9", (1280, 720)),
        ("1080p", "16:9", (1920, 1080)),
        ("720p", "9:16", (720, 1280)),
        ("720p", "1:1", (720, 720)),
        ("720p", "4:3", (960, 720)),
        ("720p", "3:4", (720, 960)),
        ("480p", "16:9", (854, 480)),
        ("360p", "21:9", (840, 360)),
        ("540p", "5:4", (676, 540)),
        ("2k", "16:9", (2560, 1440)),
        ("4K", "16:9", (3840, 2160)),
        ("1080P", "2:3", (1080, 1620)),
        ("768p", "16:9", (1366, 768)),
        ("1k", "1:1", (1024, 1024)),
        ("8k", "16:9", (7680, 4320)),
        ("512x512", None, (512, 512)),
        ("512x512", "auto", (512, 512)),
        ("512x512", "16:9", (910, 512)),
        ("1024x1024", "1:1", (1024, 1024)),
        (None, None, (1280, 720)),
        ("2k", "auto", (2560, 1440)),
    ],
)
def test_a_named_size_is_exactly_this_many_pixels(
    resolution: str | None, ratio: str | None, expected: tuple[int, int]
) -> None:
    assert frame.size(resolution, ratio) == expected


@pytest.mark.parametrize("resolution", frame.SHORT_SIDES)
@pytest.mark.parametrize("ratio", frame.ASPECT_RATIOS)
def test_every_size_is_even_has_its_short_side_and_is_within_a_pixel_of_its_ratio(resolution: str, ratio: str) -> None:
    width, height = frame.size(resolution, ratio)
    across, down = (int(part) for part in ratio.split(":"))
    assert width % 2 == height % 2 == 0
    assert min(width, height) == frame.SHORT_SIDES[resolution]
    longer = max(width, height)
    assert abs(longer - min(width, height) * max(across, down) / min(across, down)) <= 1


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_original_without_a_resolution_keeps_the_stills_own_size_to_the_even_pixel(width: int, height: int) -> None:
    got = frame.size(None, "original", (width, height))
    assert got[0] % 2 == got[1] % 2 == 0
    assert abs(got[0] - width) <= 1
    assert abs(got[1] - height) <= 1


def test_original_with_a_resolution_keeps_the_stills_ratio_at_that_short_side() -> None:
    assert frame.size("720p", "original", (4000, 3000)) == (960, 720)
    assert frame.size("720p", "original", (3000, 4000)) == (720, 960)


@pytest.mark.parametrize(
    ("resolution", "ratio", "original"),
    [("721p", "16:9", None), ("720p", "16:10", None), ("720p", "original", None), ("720p", "original", (0, 5))],
)
def test_what_has_no_size_is_refused(resolution: str, ratio: str, original: tuple[int, int] | None) -> None:
    with pytest.raises(ValueError):
        frame.size(resolution, ratio, original)
