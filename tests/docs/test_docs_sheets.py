"""The call sheets under examples/ play on previz from first to last, and what they make is opened and measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cli_fixtures import Shell
from docs_fixtures import ROOT

SHEETS = ROOT / "examples" / "sheets"
SMALL = ("--on", "previz", "--set", "resolution=360p")


@pytest.fixture(scope="module")
def shell(front: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    made = Shell(tmp_path_factory.mktemp("sheets"))
    with patch("sys.executable", str(front / "python")):
        yield made
        made.end()


def play(shell: Shell, name: str, *more: str) -> dict[str, Any]:
    said = shell("play", SHEETS / name, "--json", *SMALL, *more).json
    return {one["shot"]: one for one in said["shots"]}


def picture(shell: Shell, shots: dict[str, Any], name: str) -> NDArray[np.uint8]:
    (path,) = shots[name]["files"]
    return np.asarray(Image.open(shell.folder / path).convert("RGB"))


def clip(shell: Shell, shots: dict[str, Any], name: str) -> tuple[NDArray[np.uint8], float]:
    """All frames, small, and the frame rate."""
    (path,) = shots[name]["files"]
    with av.open(str(shell.folder / path)) as opened:
        rate = float(opened.streams.video[0].average_rate or 0)
        return np.stack([one.reformat(160, 90, "gray").to_ndarray() for one in opened.decode(video=0)]), rate


def sound(shell: Shell, shots: dict[str, Any], name: str) -> NDArray[np.float32]:
    (path,) = shots[name]["files"]
    with av.open(str(shell.folder / path)) as opened:
        resampler = av.AudioResampler("fltp", "mono", 8000)
        parts = [part.to_ndarray()[0] for one in opened.decode(audio=0) for part in resampler.resample(one)]
        return np.concatenate([*parts, *(part.to_ndarray()[0] for part in resampler.resample(None))])


def test_a_subject_is_recognised_and_only_that_is_redrawn(shell: Shell) -> None:
    shots = play(shell, "redraw.toml", "--set", "still.resolution=360p")
    still, mask, redrawn = (picture(shell, shots, name) for name in ("still", "subject", "redrawn"))
    assert still.shape == mask.shape == redrawn.shape
    assert set(np.unique(mask)) <= {0, 255}
    kept = mask[..., 0] == 0
    assert 0.002 < 1 - kept.mean() < 0.5, "a fox is there, and not all is fox"
    assert np.array_equal(still[kept], redrawn[kept])
    assert not np.array_equal(still[~kept], redrawn[~kept])


def test_two_continuations_make_exactly_fifteen_seconds_without_a_seam(shell: Shell) -> None:
    shots = play(shell, "fifteen-seconds.toml", "--set", "fps=12")
    frames, rate = clip(shell, shots, "film")
    assert len(frames) == 15 * rate
    steps = np.abs(np.diff(frames.astype(np.int16), axis=0)).mean(axis=(1, 2))
    for seam in (5, 10):
        assert steps[round(seam * rate) - 1] < 6 * np.median(steps) + 1, "it goes on where it was"
    assert shots["film"]["task"]["stage"] == "edit/concat"


def test_a_production_has_its_picture_voice_music_and_subtitles_in_their_places(shell: Shell) -> None:
    shots = play(shell, "production.toml", "--set", "fps=12")
    film, rate = clip(shell, shots, "film")
    plain, _ = clip(shell, shots, "scored")
    assert len(film) == len(plain) == 10 * rate
    told = shots["voice"]["task"]["artifacts"][0]["extra"]["sentences"]
    lettered = np.abs(film.astype(np.int16) - plain)[:, 60:].mean(axis=(1, 2)) > 2
    for number in range(len(film)):
        at = number / rate - 1
        within = [one for one in told if one["start"] + 0.1 <= at <= one["end"] - 0.2]
        assert lettered[number] or not within, f"{at} s of the speech is lettered"
    assert not lettered[: round(0.9 * rate)].any(), "nobody speaks in the first second"
    mixed, music = sound(shell, shots, "sound"), sound(shell, shots, "music")
    assert len(sound(shell, shots, "film")) == pytest.approx(80_000, abs=200)
    level = {name: float(np.sqrt(np.mean(one[2000:7000] ** 2))) for name, one in (("mix", mixed), ("music", music))}
    assert level["mix"] > 0.2 * level["music"], "the music is heard before the voice begins"
    heard = json.dumps(shots["sound"]["task"]["input"])
    assert shots["voice"]["task"]["artifacts"][0]["id"] in heard
    assert shots["music"]["task"]["artifacts"][0]["id"] in heard


def test_a_second_play_finds_everything(shell: Shell) -> None:
    again = play(shell, "production.toml", "--set", "fps=12")
    assert all(one["found"] for one in again.values())


def test_every_sheet_is_played_here() -> None:
    named = Path(__file__).read_text()
    assert [path.name for path in SHEETS.iterdir() if path.name not in named] == []
