"""`callsheet play` with real processes: made once, resumed after any death, quoted, changed, failed and tried anew."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from callsheet.cli import play as play_command
from callsheet.cli.place import Place
from callsheet.client import PlannedShot, Quote, SheetPlan
from cli_fixtures import LIMIT, Shell, line_with

FILM = """
[sheet]
title = "A small film"

[defaults]
seed = 7
resolution = "360p"
fps = 8

[defaults.image-to-video]
duration = 0.5

[shots.still]
model = "text-to-image"
prompt = "a fox at dawn"

[shots.opening]
model = "image-to-video"
image = "@still"

[shots.further]
model = "video-continuation"
video = "@opening"
duration = 0.5

[shots.mark]
model = "text-to-image"
prompt = "a black square"
width = 64
height = 64
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    made = Shell(tmp_path_factory.mktemp("play"))
    (made.folder / "film.toml").write_text(FILM)
    yield made
    made.end()


def played(shell: Shell, *more: str, sheet: str = "film.toml") -> dict[str, Any]:
    """Each shot as `play --json` tells it."""
    return {one["shot"]: one for one in shell("play", sheet, "--json", *more).json["shots"]}


def ids(shots: dict[str, Any]) -> dict[str, str]:
    return {name: one["task"]["id"] for name, one in shots.items()}


def count(shell: Shell) -> int:
    return len(shell("tasks", "list", "--limit", "100", "--json").json["data"])


def frames(path: Path) -> int:
    with av.open(str(path)) as clip:
        return sum(1 for _ in clip.decode(video=0))


def test_a_sheet_is_quoted_before_anything_is_handed_in(shell: Shell) -> None:
    said = shell("play", "film.toml", "--quote").out.splitlines()
    assert [line.split()[0] for line in said] == ["SHOT", "still", "opening", "further", "mark", "total"]
    assert count(shell) == 0


def test_a_price_that_is_not_known_is_said(capsys: Any) -> None:
    def shot(name: str, credits: float | None) -> PlannedShot:
        return PlannedShot(name, "m", "vidu/x", (), False, False, None, Quote("m", "vidu/x", credits, "said"))

    plan = SheetPlan("A film", None, 2.0, ("opening",), (shot("still", 2.0), shot("opening", None)))
    play_command._show_quotes(Place(), plan)
    said = capsys.readouterr().out.splitlines()
    assert re.search(r"^opening .* not known +said$", said[2])
    assert re.search(r"^total +2 and what is not known +not documented: opening$", said[-1])


def test_every_shot_is_made_once_and_saved_under_its_name(shell: Shell) -> None:
    first = shell.process("play", "film.toml", "--output", "rushes")
    assert first.out.split() == [f"rushes/{name}" for name in ("still.png", "opening.mp4", "further.mp4", "mark.png")]
    assert frames(shell.folder / "rushes" / "opening.mp4") == 4
    with Image.open(shell.folder / "rushes" / "mark.png") as mark:
        assert mark.size == (64, 64)
    assert re.search(r"opening +\S+ +0%  waiting", first.err), "one line a shot, without a terminal"
    before = played(shell)
    assert all(one["found"] for one in before.values())
    assert count(shell) == 4, "nothing was made a second time"
    assert ids(played(shell, "--only", "opening")) == {name: ids(before)[name] for name in ("still", "opening")}


def test_what_changed_and_all_behind_it_is_made_anew_and_the_rest_stands(shell: Shell) -> None:
    before = ids(played(shell))
    changed = ids(played(shell, "--set", "opening.camera_move=push-in"))
    assert {name for name in before if before[name] != changed[name]} == {"opening", "further"}
    assert ids(played(shell)) == before, "what was there before is found again"
    fresh = ids(played(shell, "--fresh", "opening"))
    assert {name for name in before if before[name] != fresh[name]} == {"opening", "further"}
    assert ids(played(shell)) == fresh, "the newest counts"
    assert not set(ids(played(shell, "--fresh")).values()) & set(fresh.values())


def test_a_shot_whose_files_are_gone_is_said_and_not_paid_again(shell: Shell) -> None:
    (shell.folder / "gone.toml").write_text(FILM.replace("seed = 7", "seed = 9"))
    before = played(shell, sheet="gone.toml")
    (artifact,) = before["opening"]["task"]["artifacts"]
    shell("files", "delete", artifact["id"])
    again = shell("play", "gone.toml", "--json")
    assert "opening was made, and its files are not kept any more: --fresh opening makes it anew" in again.err
    assert {one["shot"]: one["task"]["id"] for one in again.json["shots"]} == ids(before)
    refused = shell("play", "gone.toml", "--set", "further.seed=10", code=3)
    assert (
        f"further: The file of output 0 of {before['opening']['task']['id']} has expired or was deleted" in refused.err
    )


def test_a_shot_that_failed_is_tried_anew_with_those_that_failed_with_it(shell: Shell) -> None:
    (shell.folder / "broken.toml").write_text(
        FILM.replace('"a fox at dawn"', '"a fox [[fail]]"').replace('"a black square"', '"a grey square"')
    )
    failed = shell("play", "broken.toml", code=1)
    assert "still: task_" in failed.err
    assert "With it failed opening, further. Play the sheet again to try anew what failed" in failed.err
    tasks = count(shell)
    shell("play", "broken.toml", code=1)
    assert count(shell) == tasks + 3, "the square stands"


def test_a_local_file_counts_by_its_content_and_is_uploaded_once(shell: Shell) -> None:
    (shell.folder / "still.png").write_bytes((shell.folder / "rushes" / "mark.png").read_bytes())
    two = '[shots.{}]\nmodel = "image-to-video"\nimage = "still.png"\nduration = 0.5\nresolution = "360p"\nfps = 8\n'
    (shell.folder / "own.toml").write_text(two.format("one") + two.format("two"))
    first = played(shell, sheet="own.toml")
    assert first["one"]["task"]["input"]["image"] == first["two"]["task"]["input"]["image"]
    assert ids(played(shell, sheet="own.toml")) == ids(first)
    with Image.new("RGB", (64, 64), "red") as other:
        other.save(shell.folder / "still.png")
    assert not set(ids(played(shell, sheet="own.toml")).values()) & set(ids(first).values())


def test_ctrl_c_leaves_the_shots_running_and_says_how_to_come_back(shell: Shell) -> None:
    (shell.folder / "long.toml").write_text(stuck("A long film"))
    playing = shell.start("play", "long.toml")
    line_with(playing, "further")
    playing.send_signal(signal.SIGINT)
    _, err = playing.communicate(timeout=LIMIT)
    assert playing.returncode == 130
    assert re.search("still, opening, further(, mark)? go on", err), err
    assert "play long.toml" in err
    _, *shots, _ = shell("play", "long.toml", "--quote").out.splitlines()
    assert [line.split()[0] for line in shots if "under way already" in line][:3] == ["still", "opening", "further"]
    shell("play", "long.toml", "--cancel")


def stuck(title: str) -> str:
    """The film, whose first shot ends only when it is canceled."""
    return FILM.replace("A small film", title).replace("a fox at dawn", "a fox at dawn [[stuck]]")


@pytest.mark.parametrize("number", [1, 2])
def test_killed_at_any_moment_player_and_server_every_shot_is_made_once(shell: Shell, number: int) -> None:
    name = f"killed{number}.toml"
    (shell.folder / name).write_text(FILM.replace("seed = 7", f"seed = {40 + number}"))
    before = count(shell)
    for moment in (0.6, 1.1, 1.7):
        playing = shell.start("play", name)
        time.sleep(moment * number / 1.5)  # the moment of death is what is tested
        playing.kill()
        playing.communicate()
        shell.kill_server()
    last = played(shell, sheet=name)
    assert {one["task"]["state"] for one in last.values()} == {"succeeded"}
    assert count(shell) == before + 4, "each shot one task"


def test_a_server_that_dies_while_it_is_watched_is_started_again(shell: Shell) -> None:
    (shell.folder / "dies.toml").write_text(stuck("A film whose server dies"))
    playing = shell.start("play", "dies.toml", "--json")
    line_with(playing, "further")
    killed = shell.kill_server()
    assert shell.server().pid != killed, "nobody but the player has started it"
    shell("play", "dies.toml", "--cancel")
    out, err = playing.communicate(timeout=LIMIT)
    assert playing.returncode == 6, f"{out}\n{err}"
    assert "was canceled." in err, "it heard of the end from the new server"
    assert re.search(r"With it ended (mark, )?opening, further\. Play the sheet again", err), err


def test_a_budget_is_kept(shell: Shell) -> None:
    (shell.folder / "rich.toml").write_text(FILM.replace('film"\n', 'film"\nbudget = 1\n', 1))
    assert len(played(shell, sheet="rich.toml")) == 4, "previz costs nothing"
    shell("play", "rich.toml", "--fresh", "nobody", code=4)
    shell("play", "nowhere.toml", code=3)


def test_what_is_under_way_of_a_sheet_is_canceled_by_its_file_or_its_title(shell: Shell) -> None:
    labels = [part for pair in ("sheet=Stuck", "shot=a", "take=t") for part in ("--metadata", pair)]
    task = shell("run", "text-to-image", "--prompt", "a fox [[stuck]]", "--no-wait", *labels).out.strip()
    (shell.folder / "stuck.toml").write_text('[sheet]\ntitle = "Stuck"\n')
    said = shell("play", "stuck.toml", "--cancel").out.splitlines()
    assert re.match(r"a +\w+ +\w", said[1])
    shell("tasks", "wait", task, code=6)
    assert shell("play", "Stuck", "--cancel", "--json").json["shots"] == []
    assert "Nothing of Stuck waits or runs." in shell("play", "Stuck", "--cancel").out
    assert "was played" in shell("play", "Struck", "--cancel", code=4).err
