"""`callsheet ledger` and the limits of `callsheet keys`, as the command line reads and prints them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from callsheet.cli import keys as keys_command
from callsheet.cli import ledger as ledger_command
from callsheet.cli.explain import story
from callsheet.cli.place import Place
from callsheet.client.money import read_check, read_entry
from callsheet.client.results import read_key, read_task

ENTRY = {
    "number": 1,
    "at": "2026-11-21T10:00:01.500Z",
    "account": "a",
    "task": "task_1",
    "unit": "credits",
    "key": None,
}
HOLD = ENTRY | {"kind": "hold", "source": "funds", "target": "held", "amount": 3, "priced": True, "memo": "3 per task"}
SETTLED = ENTRY | {"kind": "settle", "source": "held", "target": "spent", "amount": 0, "priced": False, "memo": ""}


class Server:
    """Answers what the commands ask of a client, and remembers it."""

    def __init__(self, check: dict[str, Any] | None = None) -> None:
        self.asked: list[Any] = []
        self._check = check

    def check_ledger(self) -> Any:
        return read_check(self._check or {})

    def limit_key(self, key: str, **limits: Any) -> Any:
        self.asked.append((key, limits))
        return read_key({"id": key, "account": "a", "name": "n", "limits": {"period": "total", **limits}})


def run(monkeypatch: pytest.MonkeyPatch, server: Server, group: Any, *args: str) -> Any:
    @contextmanager
    def connect(place: Place) -> Iterator[Server]:
        yield server

    for module in (keys_command, ledger_command):
        monkeypatch.setattr(module, "connect", connect)
    return CliRunner().invoke(group, args, obj=Place(), standalone_mode=False)


@pytest.mark.parametrize(("faults", "number"), [([], 0), ([{"where": "task_1", "said": "not closed"}], 1)])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_check_ends_with_1_and_the_rows_where_something_is_wrong(
    monkeypatch: pytest.MonkeyPatch, faults: Any, number: int, as_json: bool
) -> None:
    unpriced = [{"model": "vidu/x", "tasks": 2, "credits": 1.5}]
    said = {"object": "ledger_check", "ok": not faults, "faults": faults, "unpriced": unpriced}
    flags = ["--json"] if as_json else []
    ran = run(monkeypatch, Server(said), ledger_command.ledger, "check", *flags)
    assert ran.return_value == number
    if as_json:
        assert json.loads(ran.stdout) == said
    else:
        assert "vidu/x" in ran.stdout
        assert ("task_1" in ran.stdout) == bool(faults)


@pytest.mark.parametrize(
    ("flags", "limits"),
    [
        (["--rate", "60"], {"rate": 60}),
        (["--rate", "none", "--concurrent", "0"], {"rate": None, "concurrent": 0}),
        (["--budget", "12.5/day"], {"budget": 12.5, "period": "day"}),
        (["--budget", "500"], {"budget": 500, "period": "total"}),
        (["--budget", "none"], {"budget": None}),
    ],
)
def test_limits_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch, flags: list[str], limits: Any) -> None:
    server = Server()
    assert run(monkeypatch, server, keys_command.keys, "limit", "key_1", *flags).exit_code == 0
    assert server.asked == [("key_1", limits)]


@pytest.mark.parametrize("flags", [[], ["--rate", "0"], ["--budget", "5/week"], ["--budget", "-1"], ["--rate", "fast"]])
def test_limits_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, flags: list[str]) -> None:
    server = Server()
    ran = run(monkeypatch, server, keys_command.keys, "limit", "key_1", *flags)
    assert (ran.exit_code != 0 or ran.exception is not None, server.asked) == (True, [])


def test_a_tasks_story_has_its_money() -> None:
    task = read_task(
        {
            "id": "task_1",
            "model": "m",
            "capability": "c",
            "state": "succeeded",
            "progress": 1,
            "stage": "s",
            "input": {},
            "created_at": "2026-11-21T10:00:00.000Z",
        }
    )
    told = story(task, (), [read_entry(HOLD), read_entry(SETTLED)])
    assert "    1.500 s  Set 3 credits aside: 3 per task." in told
    assert "Charged an unknown price of what was set aside." in told
