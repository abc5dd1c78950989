"""What a shell is told on the Tab key: commands, flags, models, capabilities and the home's own tasks."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from callsheet.cli.place import Place
from callsheet.cli.root import COMMANDS, root
from callsheet.store.database import migrations

HEAVY = ("fastapi", "pydantic", "httpx2", "numpy", "callsheet.client", "callsheet.server")


def offered(*words: str, asked: str = "") -> list[str]:
    place = Place()
    found = ShellComplete(root, {"obj": place}, "callsheet", "_CALLSHEET_COMPLETE").get_completions(list(words), asked)
    return [item.value for item in found]


def test_commands_come_with_their_lines() -> None:
    assert offered() == list(COMMANDS)
    assert offered(asked="mo") == ["models"]
    assert "--home" in offered(asked="--")


def test_models_and_capabilities_are_offered_where_one_is_asked_for() -> None:
    assert "text-to-video" in offered("run", asked="text-to-v")
    assert "vidu/viduq1/text2video" in offered("run", asked="vidu/viduq1/t")
    assert offered("models", "--capability", asked="flow") == ["flowchart"]
    assert offered("prompt", "check", "--capability", asked="sound-") == ["sound-effect"]
    assert offered("models", "--vendor", asked="ed") == ["edit", "edrawmax"]


def test_the_latest_tasks_are_offered_and_nothing_where_there_is_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", str(tmp_path))
    assert offered("tasks", "show", asked="task_") == []
    base = sqlite3.connect(tmp_path / "callsheet.sqlite")
    for _, _, text in migrations():
        base.executescript(text)
    names = ["id", *[row[1] for row in base.execute("PRAGMA table_info(task)") if row[3] and row[4] is None]]
    given = {"id": "task_01", "state": "running", "model": "text-to-image", "phase": "poll", "told": ""}
    values = [given.get(name, 0) for name in names]
    base.execute(f"INSERT INTO task ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values)
    base.commit()
    base.close()
    assert offered("tasks", "show", asked="task_") == ["task_01"]
    assert offered("tasks", "wait", asked="task_0") == ["task_01"]
    assert not list(tmp_path.glob("server*")), "no server is started for it"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_lines(shell: str) -> None:
    done = CliRunner().invoke(root, ["completion", shell], standalone_mode=False)
    assert done.exception is None, done.exception
    assert f"_CALLSHEET_COMPLETE={shell}_complete" in done.stdout
    assert "callsheet" in done.stdout


def test_bash_takes_the_lines_and_asks_through_them(tmp_path: Path) -> None:
    lines = CliRunner().invoke(root, ["completion", "bash"], standalone_mode=False).stdout
    program = tmp_path / "callsheet"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m callsheet "$@"\n')
    program.chmod(0o755)
    asked = "COMP_WORDS=(callsheet models --capability mind); COMP_CWORD=3; _callsheet_completion callsheet"
    script = f'{lines}\n{asked}\necho "${{COMPREPLY[@]}}"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLSHEET_HOME": str(tmp_path)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["mindmap"], done.stderr


def test_nothing_heavy_is_imported_to_name_commands_and_models() -> None:
    code = (
        "import sys; from click.shell_completion import ShellComplete; from callsheet.cli.root import root\n"
        "shell = ShellComplete(root, {}, 'callsheet', 'X')\n"
        "shell.get_completions([], ''); shell.get_completions(['models', 'show'], 'vidu')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
