"""Every file under examples/ does what its first line says, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.client import Client
from docs_fixtures import ROOT, Block, Place, place

EXAMPLES = ROOT / "examples"
SERVE = Block(ROOT / "README.md", 0, "bash", frozenset({"server"}), "callsheet serve")


@pytest.fixture(scope="module")
def here(front: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server that may call this machine back, and one key for it."""
    with place(tmp_path_factory.mktemp("examples"), front) as made:
        made.env["CALLSHEET_FETCH__ALLOW"] = "127.0.0.1"
        made.run(SERVE)
        made.run(Block(ROOT / "README.md", 1, "bash", frozenset(), "callsheet keys create --name examples --json"))
        key = json.loads(made.output)
        made.env |= {"CALLSHEET_URL": f"http://127.0.0.1:{made.port}", "CALLSHEET_KEY": key["key"]}
        made.env["CALLSHEET_SECRET"] = key["secret"]
        yield made


def run(here: Place, *command: str) -> str:
    return subprocess.run(
        command, cwd=here.work, env=here.env, check=True, capture_output=True, text=True, timeout=120
    ).stdout


def test_the_python_client_makes_a_still_and_a_clip(here: Place) -> None:
    said = run(here, here.python, str(EXAMPLES / "python_client.py"), "takes")
    assert "succeeded" in said
    assert (here.work / "takes" / "lighthouse.png").read_bytes().startswith(b"\x89PNG")
    assert (here.work / "takes" / "lighthouse.mp4").read_bytes()[4:8] == b"ftyp"


def test_many_stills_come_at_once(here: Place) -> None:
    run(here, here.python, str(EXAMPLES / "many.py"), "stills")
    assert len(list((here.work / "stills").glob("*.png"))) == 12


def test_curl_makes_a_clip(here: Place) -> None:
    run(here, "bash", str(EXAMPLES / "clip.sh"), "a lighthouse at dusk", "clip.mp4")
    assert (here.work / "clip.mp4").read_bytes()[4:8] == b"ftyp"


def test_the_receiver_takes_a_genuine_webhook(here: Place) -> None:
    receiver = subprocess.Popen(
        [here.python, str(EXAMPLES / "webhook_receiver.py")],
        env={**here.env, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert receiver.stdout is not None
        address = receiver.stdout.readline().split()[-1]
        with Client(here.env["CALLSHEET_URL"], here.env["CALLSHEET_KEY"]) as client:
            done = client.run("text-to-image", {"prompt": "a bell"}, webhook=f"{address}/told", timeout=120)
        told = json.loads(receiver.stdout.readline())
        assert done.id in json.dumps(told)
    finally:
        receiver.terminate()
        receiver.communicate(timeout=60)


def test_every_example_is_run_here() -> None:
    named = Path(__file__).read_text()
    assert [path.name for path in EXAMPLES.iterdir() if path.is_file() and path.name not in named] == []
    assert os.access(EXAMPLES / "clip.sh", os.X_OK)
