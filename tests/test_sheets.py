"""Call sheets are read whole: what is wrong is named with its line, and what a shot is made from is hashed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from callsheet.catalog import load
from callsheet.errors import InvalidInput, NotFound
from callsheet.sheets import Local, Output, Sheet, Wish, body, quoted, read, take_of
from callsheet.sheets.lines import lines, nearest

CATALOG = load()
FILM = """
[sheet]
title = "A film"
budget = 10

[defaults]
seed = 7
resolution = "720p"

[defaults.image-to-video]
duration = 4

[shots.film]
model = "concat"
videos = ["@opening", "@task_01OLD#video"]

[shots.still]
model = "text-to-image"
prompt = "@@home, a house"

[shots.opening]
model = "image-to-video"
image = "@still#0"
prompt = "closer"
"""


def sheet(folder: Path, text: str, **more: Any) -> Sheet:
    path = folder / "film.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, CATALOG, Wish(**more))


def refused(folder: Path, text: str, **more: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as fault:
        sheet(folder, text, **more)
    return fault.value


def test_shots_come_after_what_they_take_from_with_the_defaults_that_they_take(tmp_path: Path) -> None:
    film = sheet(tmp_path, FILM)
    assert (film.title, film.budget) == ("A film", 10)
    names = list(film.shots)
    assert names.index("still") < names.index("opening") < names.index("film")
    assert film.shots["still"].input == {"seed": 7, "resolution": "720p", "prompt": "@home, a house"}
    assert film.shots["opening"].input == {
        **{"seed": 7, "resolution": "720p", "duration": 4},
        **{"image": Output("still", 0), "prompt": "closer"},
    }
    old = {"from": "task_01OLD", "output": "video"}
    assert film.shots["film"].input == {"resolution": "720p", "videos": [Output("opening", 0), old]}
    assert list(film.behind("opening")) == ["still", "opening"]
    with pytest.raises(NotFound, match="no shot 'closing'"):
        film.behind("closing")


def test_a_stage_for_all_leaves_edits_where_they_are(tmp_path: Path) -> None:
    shots = sheet(tmp_path, FILM, stage="previz").shots
    assert {name: shot.stage for name, shot in shots.items()} == {"still": "previz", "opening": "previz", "film": None}


def test_changes_outweigh_the_sheet_for_all_for_a_capability_and_for_one_shot(tmp_path: Path) -> None:
    changes = {"resolution": "360p", "image-to-video.duration": 1, "opening.prompt": "away", "still.seed": 1}
    shots = sheet(tmp_path, FILM, changes=changes).shots
    assert (shots["still"].input["resolution"], shots["still"].input["seed"]) == ("360p", 1)
    assert (shots["opening"].input["duration"], shots["opening"].input["prompt"]) == (1, "away")
    for wrong in ("resolutoin", "closing.duration"):
        assert f"changed by {wrong}" in refused(tmp_path, FILM, changes={wrong: 1}).message


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ('"@still#0"', '"@stil"', "film.toml:23: opening takes from @stil, and no shot is", "Did you mean @still?"),
        ('"@still#0"', '"still.png"', "film.toml:23: opening: image names still.png", "from where the sheet lies"),
        ('prompt = "closer"', 'promt = "closer"', "film.toml:24: opening: previz/image-to-video has no", "prompt"),
        ('prompt = "closer"', "duration = 900", "film.toml:24: opening: duration cannot be 900", "from 0.1 to 120"),
        ("duration = 4", "duration = 900", "film.toml:11: opening: duration cannot be 900", "from 0.1 to 120"),
        ("duration = 4", "durations = 4", "film.toml:11: image-to-video: previz/image-to-video has no", "duration"),
        ("seed = 7", "sede = 7", "film.toml:7: no shot takes the default sede", "mend its name"),
        ('"image-to-video"\n', '"image-to-vidoe"\n', "film.toml:22: No model is called", "Nearest: image-to-video"),
        ('model = "concat"\n', "", "film.toml:13: a shot needs a model", "a capability or a model id"),
        ("budget = 10", "budgte = 10", "film.toml:4: budgte means nothing here", "title, budget"),
        ("[shots.still]", "[shorts.still]", "film.toml:17: [shorts] means nothing here", "defaults, shots"),
        ("[defaults.image-to-video]", "[defaults.image-to-vidoe]", "film.toml:10: [defaults.image-to-v", "-to-video"),
        ('title = "A film"', "title = 5", "film.toml:3: title is a text", "in quotes"),
        ('prompt = "closer"', "on = 5", "film.toml:24: opening: on says where the shot runs", "previz"),
        ("[sheet]", "[sheet", "film.toml is no TOML", "call-sheets.md"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_way_out(
    tmp_path: Path, old: str, new: str, said: str, hint: str
) -> None:
    fault = refused(tmp_path, FILM.replace(old, new))
    assert said in fault.message
    assert said.startswith(f"film.toml:{fault.line}:") or "TOML" in said
    assert hint in (fault.hint or "")


def test_a_change_of_where_a_shot_runs_is_a_name_too(tmp_path: Path) -> None:
    assert "opening: on says where" in refused(tmp_path, FILM, changes={"opening.on": ["previz"]}).message


def test_a_sheet_has_no_more_shots_than_can_be_handed_in_as_a_whole(tmp_path: Path) -> None:
    many = "".join(f'[shots.s{number}]\nmodel = "text-to-image"\nprompt = "a"\n' for number in range(501))
    assert "501 shots are too many" in refused(tmp_path, many).message


def test_a_ring_is_drawn(tmp_path: Path) -> None:
    ring = "".join(
        f'[shots.{name}]\nmodel = "video-continuation"\nvideo = "@{other}"\n'
        for name, other in (("one", "two"), ("two", "three"), ("three", "one"))
    )
    fault = refused(tmp_path, ring)
    drawn = fault.message.partition("other: ")[2].rstrip(".").split(" -> ")
    assert len(drawn) == 4
    assert drawn[0] == drawn[-1]
    takes = {"@one": "@two", "@two": "@three", "@three": "@one"}
    assert all(takes[one] == other for one, other in pairwise(drawn))


def test_a_take_is_its_name_model_stage_input_files_and_what_it_takes_from(tmp_path: Path) -> None:
    (tmp_path / "still.png").write_bytes(b"one")
    text = FILM.replace("@still#0", "still.png")
    one, two = {"still.png": "sha256:1"}, {"still.png": "sha256:2"}
    shot = sheet(tmp_path, text).shots["opening"]
    first = take_of(shot, {}, one)
    assert take_of(sheet(tmp_path, text + "\n# said\n").shots["opening"], {}, one) == first, "comments are nothing"
    others = [
        take_of(sheet(tmp_path, text.replace("closer", "away")).shots["opening"], {}, one),
        take_of(sheet(tmp_path, text.replace("seed = 7", "seed = 8")).shots["opening"], {}, one),
        take_of(sheet(tmp_path, text, stage="previz").shots["opening"], {}, one),
        take_of(shot, {}, two),
    ]
    joined = sheet(tmp_path, text).shots["film"]
    others += [take_of(joined, {"opening": task}, {}) for task in ("task_1", "task_2")]
    assert len({first, *others}) == 7


def test_what_is_still_to_be_made_and_sent_is_stood_for_in_a_quote(tmp_path: Path) -> None:
    (tmp_path / "still.png").write_bytes(b"one")
    shots = sheet(tmp_path, FILM.replace("@still#0", "still.png")).shots
    assert quoted(shots["opening"])["image"] == {"from": "task_0", "output": 0}
    assert shots["opening"].input["image"] == Local("still.png")
    assert shots["opening"].files == {"still.png"}
    assert body(shots["opening"], {}, {"still.png": "file_1"})["image"] == "file_1"
    assert body(shots["film"], {"opening": "task_2"}, {})["videos"][0] == {"from": "task_2", "output": 0}


def test_lines_are_found_by_name_and_not_inside_long_texts() -> None:
    text = 'a = 1\n[shots.one]\nprompt = """\nb = 2\n[no]\n"""\n"odd key" = 3\n[shots."two x"]\nx.y = 1\n'
    found = lines(text)
    assert found == {
        **{("a",): 1, ("shots", "one"): 2, ("shots", "one", "prompt"): 3},
        **{("shots", "one", "odd key"): 7, ("shots", "two x"): 8, ("shots", "two x", "x", "y"): 9},
    }
    assert nearest(found, ("shots", "one", "seed")) == 2
    assert nearest(found, ("no",)) is None
