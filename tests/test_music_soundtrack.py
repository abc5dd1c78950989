"""Soundtracks: as long as the clip, accents where it cuts, livelier where it moves; its pictures are untouched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from callsheet import catalog
from callsheet.errors import RenderError
from callsheet.renderers import render
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound import levels, read
from sound_fixtures import HOP, RATE, onsets
from test_footage_shots import FPS, clip, shot
from test_previz_driver import a_driver, an_order

LENGTHS = (60, 37, 70, 45, 76)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of five shots: still ones first, lively ones later."""
    frames = [
        frame
        for at, count in enumerate(LENGTHS)
        for frame in shot(at, count, dx=(0.0, 0.3, 0.3, 8.0, 12.0)[at], light=0.5)
    ]
    return clip(tmp_path_factory.mktemp("clip") / "five.mp4", frames)


def scored(
    folder: Path, video: Path, *, prompt: str = "", seconds: float = 12.0, form: str = "wav", **extra: Any
) -> list[Made]:
    scene = Scene("soundtrack", prompt=prompt, seed=2, video=video, duration=seconds, format=form, extra=extra)
    return render.render(scene, folder, lambda _: None)


def packets(path: Path) -> list[tuple[float, bytes]]:
    with av.open(str(path)) as container:
        return [(float(p.pts * p.time_base), bytes(p)) for p in container.demux(video=0) if p.pts is not None]


@pytest.mark.parametrize("prompt", ["", "epic orchestra"])
def test_every_cut_has_its_accent(tmp_path: Path, footage: Path, prompt: str) -> None:
    made = scored(tmp_path, footage, prompt=prompt)[0]
    cuts = np.cumsum(LENGTHS)[:-1] / FPS
    assert made.extra["music"]["cuts"] == pytest.approx(cuts.tolist(), abs=1e-3)
    sound = read.read_sound(made.path)
    assert len(sound) == round(sum(LENGTHS) / FPS * RATE), "as long as the clip"
    assert levels.loudness(sound) == pytest.approx(-14, abs=0.5), "and as loud as music is"
    strength = onsets(sound)
    usual = np.percentile(strength, 75)
    for cut in cuts:
        # A window of 2048 samples sees an onset before its own middle.
        here = round((cut * RATE - 1024) / HOP)
        assert strength[here - 3 : here + 4].max() > 2 * usual, cut


def test_it_is_louder_where_the_clip_moves(tmp_path: Path, footage: Path) -> None:
    sound = read.read_sound(scored(tmp_path, footage, prompt="ambient")[0].path)
    half = round(6.6 * RATE)
    assert levels.loudness(sound[half:]) > levels.loudness(sound[:half]) + 1.5


def test_the_clip_comes_back_with_the_music_and_not_a_picture_is_touched(tmp_path: Path, footage: Path) -> None:
    track, with_it = scored(tmp_path, footage, mux=True, form="mp3")
    assert (track.content_type, with_it.content_type) == ("audio/mpeg", "video/mp4")
    assert [data for _, data in packets(with_it.path)] == [data for _, data in packets(footage)]
    heard, alone = read.read_sound(with_it.path), read.read_sound(track.path)
    assert len(heard) == len(alone)
    assert np.corrcoef(heard[5000:-5000, 0], alone[5000:-5000, 0])[0, 1] > 0.98
    with av.open(str(with_it.path)) as container:
        assert container.duration == sum(LENGTHS) / FPS * 1_000_000
        assert "preview" in container.metadata["comment"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip-1.mp4", "soundtrack-1.mp3"]


def test_a_length_of_ones_own_is_kept_and_other_seeds_are_other_music(tmp_path: Path, footage: Path) -> None:
    scene = Scene("soundtrack", seed=5, count=2, video=footage, duration=7.25, format="wav")
    one, two = render.render(scene, tmp_path, lambda _: None)
    sounds = [read.read_sound(made.path) for made in (one, two)]
    assert [len(sound) for sound in sounds] == [round(7.25 * RATE)] * 2
    assert abs(np.corrcoef(sounds[0][:, 0], sounds[1][:, 0])[0, 1]) < 0.6


def test_what_the_prompt_says_counts_before_the_pictures(tmp_path: Path, footage: Path) -> None:
    said = scored(tmp_path, footage, prompt="jazz in D minor at 120 bpm", seconds=6)[0].extra["music"]
    assert (said["genre"], said["key"], said["tempo"]) == ("jazz", "D minor", 120.0)


def test_without_a_clip_it_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as told:
        render.render(Scene("soundtrack", prompt="x"), tmp_path, lambda _: None)
    assert told.value.param == "video"


def test_without_a_duration_it_is_as_long_as_the_video(tmp_path: Path, footage: Path) -> None:
    given = catalog.load().model("previz/soundtrack").check({"video": "file_1", "format": "wav"})
    scene = a_driver(tmp_path).scene(an_order("soundtrack", given, file_1=footage))
    (made,) = render.render(scene, tmp_path / "out", lambda _: None)
    assert len(read.read_sound(made.path)) == sum(LENGTHS) / FPS * RATE


def test_a_vendors_music_and_soundtrack_reach_previz_as_they_were_asked(tmp_path: Path, footage: Path) -> None:
    """What Wondershare's models take, previz takes: the driver's scene renders to the length asked."""
    theirs = {model.capability: model for model in catalog.load().models(vendor="wondershare")}
    driver = a_driver(tmp_path)
    for capability, given in (
        ("music", {"prompt": "calm", "duration": 3, "count": 2}),
        ("soundtrack", {"video": "file_1", "duration": 5}),
    ):
        ours = catalog.load().model(f"previz/{capability}")
        lost = set(theirs[capability].params) - set(ours.params)
        assert lost <= {"disable_translate"}
        made = render.render(
            driver.scene(an_order(capability, given, file_1=footage)), tmp_path / capability, lambda _: None
        )
        assert len(made) == given.get("count", 1)
        for piece in made:
            assert len(read.read_sound(piece.path)) == given["duration"] * RATE
