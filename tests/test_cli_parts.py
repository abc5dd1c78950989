"""The parts of the command line that need no server: typed values, bars, tables, stories, sheets, exit codes."""

from __future__ import annotations

import io
import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from PIL import Image

from callsheet import errors
from callsheet.catalog.param import Param
from callsheet.cli import checks, codes, home_server, printing
from callsheet.cli.explain import story
from callsheet.cli.inputs import build
from callsheet.cli.progress import Board
from callsheet.cli.sheet import COLUMNS, FRAME_WIDTH, Strip, contact_sheet, take
from callsheet.client import failures
from callsheet.client.results import read_event, read_task
from callsheet.errors import CallsheetError, InvalidInput
from callsheet.renderers.encode import ClipWriter
from callsheet.settings import load
from client_fixtures import task

PARAMS = {
    name: Param(name=name, type=kind)
    for name, kind in {
        "prompt": "string",
        "duration": "integer",
        "strength": "number",
        "generate_audio": "boolean",
        "image": "image",
        "images": "images",
        "tags": "list",
        "extra": "object",
    }.items()
}


def built(*pairs: str, **flags: str | None) -> dict[str, Any]:
    return build(PARAMS, pairs, flags)


def test_values_are_typed_by_the_models_facts() -> None:
    found = built("duration=5", "strength=0.5", "generate_audio=true", "prompt=12", 'extra={"a": [1]}')
    assert found == {"duration": 5, "strength": 0.5, "generate_audio": True, "prompt": "12", "extra": {"a": [1]}}
    assert isinstance(found["duration"], int)


def test_what_does_not_fit_its_type_is_handed_on_for_the_server_to_name_the_allowed_values() -> None:
    assert built("duration=five", "generate_audio=perhaps", "extra=[1]") == {
        "duration": "five",
        "generate_audio": "perhaps",
        "extra": "[1]",
    }
    assert built("duration=5.5") == {"duration": 5.5}


def test_a_name_given_again_adds_to_a_list_and_is_refused_elsewhere(tmp_path: Path) -> None:
    assert built("images=@a.png", "images=https://x.test/b.png", "tags=one", "tags=2") == {
        "images": [Path("a.png"), "https://x.test/b.png"],
        "tags": ["one", 2],
    }
    assert built('tags=["a", "b"]') == {"tags": ["a", "b"]}
    with pytest.raises(click.UsageError, match="duration is given more than once"):
        built("duration=5", duration="6")


def test_an_at_sign_takes_what_another_task_makes() -> None:
    first = {"from": "task_01", "output": 0}
    assert built("image=@task_01", "prompt=@task_01#text") == {"image": first, "prompt": {**first, "output": "text"}}
    assert built("images=@task_01", "images=@task_01#1") == {"images": [first, {**first, "output": 1}]}
    assert built("tags=@task_01") == {"tags": first}, "the list that it tells"
    assert built("image=@task_01.png") == {"image": Path("task_01.png")}


def test_an_at_sign_uploads_media_and_reads_text(tmp_path: Path) -> None:
    words = tmp_path / "prompt.txt"
    words.write_text("雪山下的湖\n", encoding="utf-8")
    assert built(f"prompt=@{words}", "image=@still.jpg") == {"prompt": "雪山下的湖", "image": Path("still.jpg")}
    assert built("prompt=@@home") == {"prompt": "@home"}
    with pytest.raises(InvalidInput, match="cannot be read as text"):
        built("prompt=@/nowhere.txt")


def test_a_file_named_without_an_at_sign_is_pointed_out(tmp_path: Path) -> None:
    still = tmp_path / "still.jpg"
    still.write_bytes(b"x")
    with pytest.raises(InvalidInput, match=f"write image=@{still}"):
        built(f"image={still}")


def test_a_pair_without_an_equals_sign_is_a_usage_error() -> None:
    with pytest.raises(click.UsageError, match="'prompt' is not name=value"):
        built("prompt")


def test_flags_and_pairs_make_one_input() -> None:
    assert built("seed=7", prompt="a fox", duration="5", resolution=None) == {
        "prompt": "a fox",
        "duration": 5,
        "seed": 7,
    }


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_progress_is_a_line_per_state_and_tenth() -> None:
    out = io.StringIO()
    with Board(out) as board:
        for state, progress in [
            ("queued", 0),
            ("running", 0.01),
            ("running", 0.02),
            ("running", 0.55),
            ("failed", 0.6),
        ]:
            board.show("clip", read_task(task(state=state, progress=progress)))
    lines = out.getvalue().splitlines()
    assert [line.split()[-3] for line in lines] == ["queued", "running", "running", "failed"]
    assert "55%" in lines[2]
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_bars_redraw_in_place_with_state_percent_and_elapsed() -> None:
    out = Terminal()
    with Board(out) as board:
        board.show("image-to-video", read_task(task(state="running", progress=0.5)))
        board.show("text", read_task(task(state="succeeded", progress=1.0)))
    last = click.unstyle(out.getvalue()).split("\n")[-3:-1]
    assert "image-to-video  ██████████████░░░░░░░░░░░░░░  50%  running" in last[0]
    assert "succeeded" in last[1]
    assert last[1].rstrip().endswith("s")


def test_every_error_has_an_exit_code_of_its_own_kind() -> None:
    kinds = [
        kind
        for module in (errors, failures, codes)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, CallsheetError)
    ]
    named = {error for code in codes.TABLE for error in code.errors}
    assert {kind.code for kind in kinds} <= named
    assert codes.exit_code(errors.NotFound("x")) == 4
    assert codes.exit_code(errors.SetupError("x")) == 5
    assert len({code.number for code in codes.TABLE}) == len(codes.TABLE)


def test_a_table_lines_up_with_wide_characters() -> None:
    lines = click.unstyle(printing.table(("NAME", "N"), [("雪山", 1), ("fox", None)])).splitlines()
    assert lines == ["NAME  N", "雪山  1", "fox   -"]


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    """A vendor's message, or somebody's prompt, may name the window anew or write over the line before."""
    printing.show("made\x1b]0;mine\x07 by \x1b[2Jvendor\rgone\x9b\n\tnext " + click.style("red", fg="red"))
    printing.say("a\x08b")
    told = capsys.readouterr()
    assert told.out == "made�]0;mine� by �[2Jvendor�gone�\n\tnext red\n"
    assert told.err == "a�b\n"


def test_sizes_are_written_for_people() -> None:
    assert [printing.size(count) for count in (None, 999, 1_400_000, 5_000_000_000)] == [
        "-",
        "999 B",
        "1.4 MB",
        "5.0 GB",
    ]


def test_a_story_gives_each_event_its_seconds_and_its_words() -> None:
    event = {"seq": 1, "type": "created", "at": "2026-11-21T10:00:00.250Z", "data": {}, "text": "It was handed in."}
    told = story(read_task(task(usage={"credits": 2.5})), [read_event(event)])
    assert "0.250 s  It was handed in." in told
    assert "2.5 credits" in told
    assert "a fox" in told


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    with ClipWriter(path, 128, 72, Fraction(24), 24) as writer:
        for shade in range(24):
            writer.write(np.full((72, 128, 3), 20 + shade * 9, np.uint8))
    return path


def test_frames_are_taken_from_the_first_to_the_last(clip: Path) -> None:
    taken = take(clip, COLUMNS)
    assert len(taken) == COLUMNS
    assert taken[0].at == 0
    assert taken[-1].at == pytest.approx(23 / 24)
    assert [round(float(one.picture.mean())) for one in taken] == pytest.approx([20, 74, 128, 173, 227], abs=4)


def test_a_contact_sheet_has_a_row_of_frames_per_clip(clip: Path, tmp_path: Path) -> None:
    sheet = contact_sheet([Strip(clip, "镜头一", "asked"), Strip(clip, "shot two", "asked")], tmp_path / "sheet.png")
    with Image.open(sheet) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.shape[1] > COLUMNS * FRAME_WIDTH
    bright = (pixels > 215).all(axis=2).sum()
    assert bright > 2 * FRAME_WIDTH * 200  # the last frame of both rows
    assert pixels[:90].max() > 200  # the title


def written(home: Path, **said: Any) -> Path:
    home.mkdir(exist_ok=True)
    (home / "server.json").write_text(json.dumps(said))
    return home


def test_a_server_that_is_gone_or_silent_is_not_found(tmp_path: Path) -> None:
    assert home_server.find(tmp_path) is None
    assert home_server.find(written(tmp_path, url="http://127.0.0.1:9", pid=2**22 + 1, token="t")) is None
    assert home_server.find(written(tmp_path, url="http://127.0.0.1:9", pid=os.getpid(), token="t")) is None
    assert home_server.find(written(tmp_path, url=3)) is None


def test_doctor_tells_of_a_home_that_others_can_read(tmp_path: Path) -> None:
    settings, database = load(tmp_path, environ={}), tmp_path / "callsheet.sqlite"
    database.touch()
    for folder, file, level in ((0o755, 0o644, "note"), (0o700, 0o644, "ok"), (0o755, 0o600, "ok")):
        tmp_path.chmod(folder)
        database.chmod(file)
        found = next(checks.examine_all(settings))
        assert (found.name, found.level) == ("home", level)
        assert ("chmod" in (found.hint or "")) == (level == "note")
