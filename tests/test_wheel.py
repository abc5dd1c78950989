"""The wheel: all that the program opens is inside, and it works where there is no checkout."""

from __future__ import annotations

import contextlib
import email
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from callsheet.cli.root import COMMANDS
from docs_fixtures import ROOT

UV = ROOT / ".tools" / "uv" / "bin" / "uv"
LIMIT = 240


def run(words: list[str | Path], **more: str) -> str:
    ours = ("CALLSHEET_", "PYTHON", "VIRTUAL")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(words, env={**plain, **more}, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once from the working tree, with nothing fetched."""
    if not UV.is_file():
        pytest.skip("there is no .tools/uv: `make setup` puts it there")
    out = tmp_path_factory.mktemp("wheel")
    run([UV, "build", "--wheel", "--offline", "--quiet", "--out-dir", out, ROOT])
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def empty(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the wheel, sees the packages it depends on, and no checkout."""
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", folder])
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run([UV, "pip", "install", "--offline", "--no-deps", "--quiet", "--python", folder / "bin" / "python", wheel])
    return folder / "bin"


@pytest.fixture(scope="session")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def test_everything_of_the_package_is_inside_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if not name.endswith("/")}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src/callsheet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    ours = {name.removeprefix("src/") for name in listed if name and (ROOT / name).is_file()}
    assert ours <= inside, sorted(ours - inside)
    assert [name for name in inside - ours if ".dist-info/" not in name] == []
    for kind in ("toml", "sql", "md", "html", "css", "js", "jpg"):
        assert any(name.endswith(f".{kind}") for name in inside), kind
    assert "callsheet/py.typed" in inside


def test_its_metadata_is_what_an_index_takes(metadata: Message) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (metadata["Name"], metadata["Version"]) == ("callsheet", project["version"])
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", project["version"])
    assert metadata["License-Expression"] == "Apache-2.0"
    assert set(metadata.get_all("License-File") or ()) == {"LICENSE", "NOTICE"}
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert len(str(metadata.get_payload())) > 1000
    assert len(metadata["Summary"]) <= 512
    assert "\n" not in metadata["Summary"]
    assert "Typing :: Typed" in (metadata.get_all("Classifier") or ())
    needs = metadata.get_all("Requires-Dist") or []
    assert not [one for one in needs if " @ " in one], "an index refuses addresses"


def test_the_extras_are_those_that_the_documents_name(metadata: Message) -> None:
    assert set(metadata.get_all("Provides-Extra") or ()) == {"speech", "postgres", "s3", "otel", "c2pa", "mcp"}


def test_it_works_where_the_checkout_cannot_be_imported(empty: Path) -> None:
    code = "import json, sys, callsheet; print(json.dumps([callsheet.__file__, sys.path]))"
    where, path = json.loads(run([empty / "python", "-c", code]))
    assert Path(where).is_relative_to(empty.parent)
    assert not [one for one in path if Path(one).resolve().is_relative_to(ROOT / "src")]
    assert "text-to-video" in run([empty / "callsheet", "models"])
    assert json.loads(run([empty / "python", "-m", "callsheet", "version", "--json"]))["callsheet"]
    assert "name: callsheet" in run([empty / "callsheet", "skill", "show"])


def test_every_command_of_the_wheel_can_be_loaded(empty: Path) -> None:
    code = (
        "import click; from callsheet.cli.root import COMMANDS, root\n"
        "for name in COMMANDS: assert root.get_command(click.Context(root), name), name\n"
        "print(len(COMMANDS))"
    )
    assert int(run([empty / "python", "-c", code])) == len(COMMANDS)


def test_the_wheel_makes_something_and_serves_its_pages(empty: Path, tmp_path: Path) -> None:
    home = {"CALLSHEET_HOME": str(tmp_path / "home")}
    made = [*("run", "text-to-image", "--prompt", "a red door, 门", "--resolution", "360p"), "--out", str(tmp_path)]
    try:
        run([empty / "callsheet", *made], **home)
        assert list(tmp_path.glob("task_*.png"))
        code = (
            "import httpx2, pathlib, sys\n"
            "from callsheet.cli import home_server\n"
            "for path in ('/docs', '/', '/v1/openapi.json', '/studio'):\n"
            "    running = home_server.obtain(pathlib.Path(sys.argv[1]))  # it leaves by itself when idle\n"
            "    bearer = {'authorization': f'Bearer {running.token}'}\n"
            "    answer = httpx2.get(running.url + path, trust_env=False, headers=bearer, timeout=60)\n"
            "    assert answer.status_code == 200, (path, answer.status_code)\n"
        )
        run([empty / "python", "-c", code, tmp_path / "home"])
    finally:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has left by itself
            os.kill(json.loads((tmp_path / "home" / "server.json").read_text())["pid"], 15)
