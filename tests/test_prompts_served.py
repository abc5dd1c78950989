"""The guidance over real HTTP, in the SDK and on the command line: one answer at each of these doors."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from callsheet.cli.root import root
from callsheet.client.advice import read_prompt_check
from callsheet.prompts import LONGEST
from callsheet.server.answers_prompts import PromptCheck

TEXT = "A red door in a white wall, no people"


def ask(api: httpx2.Client, **body: object) -> httpx2.Response:
    return api.post("/v1/prompts/check", json=body)


def tell(*args: str, code: int, stdin: str = "") -> str:
    done = CliRunner().invoke(root, ["prompt", "check", *args], input=stdin, standalone_mode=False)
    assert done.exception is None, done.exception
    assert done.return_value == code, done.output
    return done.stdout


def test_the_api_answers_as_the_documents_say_and_the_sdk_reads_it(api: httpx2.Client) -> None:
    raw = ask(api, text=TEXT, model="text-to-video").json()
    assert set(raw) == set(PromptCheck.model_fields)
    PromptCheck.model_validate(raw)
    found = read_prompt_check(raw)
    assert (found.worst, found.fine) == ("warning", False)
    assert {one.rule for one in found.findings} >= {"no-motion", "negation"}
    assert found.findings[1].quote == TEXT[found.findings[1].start : found.findings[1].end]


def test_a_model_brings_its_limits_and_a_prefix_finds_one(api: httpx2.Client) -> None:
    long = "A boat rocks at its mooring. " * 400
    exact = ask(api, text=long, model="vidu/viduq3-pro/text2video").json()
    assert (exact["worst"], exact["findings"][0]["rule"]) == ("error", "too-long")
    assert ask(api, text=long, model="vidu/viduq3-pro").json()["model"] == "vidu/viduq3-pro/text2video"


def test_what_is_unknown_or_too_long_is_refused_by_name(api: httpx2.Client) -> None:
    assert ask(api, text="x", model="vidu/none").status_code == 404
    error = ask(api, text="x", langauge="zh")
    assert (error.status_code, error.json()["error"]["param"]) == (422, "langauge")
    assert ask(api, text="x" * (LONGEST + 1)).status_code == 422


def test_the_command_says_the_same_as_the_api(api: httpx2.Client) -> None:
    told = json.loads(tell("--json", "--lang", "zh", TEXT, code=3))
    assert told == ask(api, text=TEXT, language="zh").json()


def test_the_command_reads_files_and_standard_input_and_its_exit_code_tells(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("渔船在码头轻轻摇晃\n", encoding="utf-8")
    assert "no-camera" in tell(f"@{tmp_path / 'p.txt'}", code=0)
    assert tell("-", "--capability", "music", code=0, stdin="Calm lo-fi, slow, piano and soft drums") == ""
    assert "too-much" in tell("-i", "duration=2", "A rider, pan left, tilt up, dolly in", code=3)
    assert "length-in-words" in tell(
        "--model", "vidu/viduq1/text2video", "-i", "duration=5", "A 9-second clip of rain falling", code=3
    )


@pytest.mark.parametrize("args", [("--capability", "musick", "x"), ("@no-such-file",)])
def test_the_command_refuses_what_it_cannot_read(args: tuple[str, ...]) -> None:
    done = CliRunner().invoke(root, ["prompt", "check", *args], standalone_mode=False)
    assert done.exception is not None
    assert type(done.exception).__name__ == "InvalidInput"


def test_colours_stay_out_of_a_pipe() -> None:
    assert "\x1b" not in tell(TEXT, code=3)
