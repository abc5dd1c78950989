"""Tasks of six vendors through a bad day while processes are killed with kill -9: what became of every one of them."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from benchmarks.fleet import VENDORS, Fleet, Receiver, fleet, postgres, receiver, twin
from benchmarks.inputs import least, model_for_words
from benchmarks.table import show
from callsheet.tasks import KINDS

ENDS = ("succeeded", "failed", "canceled")
CALLERS = 4
CANCELED = 0.05
"""The share of tasks that their caller cancels at once or a while later."""

SPEED = 15.0
"""Virtual seconds of the twin in a second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done; the same seed asks for the same, and the twin does the same with it."""

    tasks: int
    kills: int
    seed: int = 1
    pause: float = 1.5
    """Seconds at most that a process is let live once it has come up."""
    early: float = 0.25
    """The share of kills that do not wait for that."""
    within: float = 300.0
    """Seconds after the last kill in which everything has to be decided."""


@dataclass(slots=True)
class Outcome:
    """What came of it. All but the figures has to be empty or 0; `faults` says so in words."""

    states: Counter[str] = field(default_factory=Counter[str])
    unsure: int = 0
    took: float = 0.0
    kills: Counter[str] = field(default_factory=Counter[str])
    accepted_there: int = 0
    messages: int = 0
    heard: int = 0
    artifacts: int = 0
    faults: list[str] = field(default_factory=list[str])

    def check(self, holds: bool, otherwise: str) -> None:
        """Note what should hold and does not."""
        if not holds:
            self.faults.append(otherwise)


def main(words: Sequence[str]) -> int:
    """`chaos --tasks 1000 --kills 200 --database postgresql`; 1 where something was lost or paid twice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks chaos", description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(words)
    plan = Plan(asked.tasks, asked.kills, asked.seed)
    with postgres() if asked.database == "postgresql" else nullcontext() as uri:
        found = run(plan, uri)
    killed = ", ".join(f"{name} {count}" for name, count in sorted(found.kills.items()))
    heads = ["database", "tasks", "kills", *ENDS, "unsure", "accepted there", "messages", "heard", "artifacts", "s"]
    row: list[Any] = [asked.database, asked.tasks, sum(found.kills.values()), *(found.states[one] for one in ENDS)]
    row += [found.unsure, found.accepted_there, found.messages, found.heard, found.artifacts, round(found.took)]
    show(f"A bad day of {asked.tasks:,} tasks, with kill -9 of {killed}", heads, [list(map(str, row))])
    print("\n".join(found.faults) or "Nothing was lost, and nothing was paid twice.")
    return 1 if found.faults else 0


def run(plan: Plan, database: str | None = None) -> Outcome:
    """Everything in processes of its own; `database` is the address of an empty PostgreSQL, None for SQLite."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos") as name:
        folder = Path(name)
        with (
            twin(folder, plan.seed, SPEED) as there,
            receiver(plan.seed) as hook,
            fleet(folder, there, database) as (processes, url),
        ):
            found = _Story(plan, processes, url, there, hook).told()
    found.took = time.monotonic() - began
    return found


class _Story:
    """Callers hand in tasks while processes die, evenly over all of it; then everything is looked at."""

    def __init__(self, plan: Plan, processes: Fleet, url: str, there: str, hook: Receiver) -> None:
        self._plan = plan
        self._processes = processes
        self._there = there
        self._hook = hook
        self._client = httpx2.Client(base_url=url, timeout=20, trust_env=False)
        self._outcome = Outcome()
        self._turn = threading.Condition()
        self._killed = 0
        self._over = False

    def told(self) -> Outcome:
        """From the first task to the last look."""
        killer = threading.Thread(target=self._kill)
        killer.start()
        try:
            with self._client, ThreadPoolExecutor(CALLERS) as callers:
                accepted = dict(callers.map(self._hand_in, range(self._plan.tasks)))
                killer.join()
                tasks = self._decided(accepted)
                self._look(accepted, tasks)
                files = [(task, one) for task in tasks.values() for one in task["artifacts"]]
                for wrong in callers.map(self._artifact, *zip(*files, strict=True)) if files else ():
                    self._outcome.check(wrong is None, str(wrong))
        finally:
            with self._turn:
                self._over = True
                self._turn.notify_all()
            killer.join()
        return self._outcome

    def _kill(self) -> None:
        chance, names = Random(self._plan.seed), self._processes.names
        for _ in range(self._plan.kills):
            name = chance.choice(names)
            if chance.random() >= self._plan.early:
                self._processes.ready(name)
            time.sleep(chance.uniform(0, self._plan.pause))  # the moment of death is what is tested
            if self._over:
                return
            self._processes.kill(name)
            with self._turn:
                self._outcome.kills[name] += 1
                self._killed += 1
                self._turn.notify_all()

    def _hand_in(self, number: int) -> tuple[int, str]:
        """One task, when its turn has come: asked for under one key until it is accepted. Its number and its id."""
        due = number * self._plan.kills // self._plan.tasks
        with self._turn:
            self._turn.wait_for(lambda: self._over or self._killed >= due)
        vendor = VENDORS[number % len(VENDORS)]
        model = model_for_words(vendor)
        asked = {
            "model": model.id,
            "stage": model.id,
            "input": least(model, f"take {number}"),
            "webhook": self._hook.url,
            "webhook_events": list(KINDS),
            "metadata": {"number": str(number)},
        }
        task = self._insist(
            lambda: self._client.post("/v1/tasks", json=asked, headers={"idempotency-key": f"n{number}"})
        )
        chance = Random(f"{self._plan.seed} {number}")
        if chance.random() < CANCELED:
            time.sleep(chance.uniform(0, 1))
            self._insist(lambda: self._client.post(f"/v1/tasks/{task['id']}/cancel"))
        return number, task["id"]

    def _insist(self, ask: Callable[[], httpx2.Response]) -> Any:
        """As a patient caller does: the same again while nobody answers, or with a fault of the server's."""
        until = time.monotonic() + self._plan.within
        while time.monotonic() < until and not self._over:
            try:
                answer = ask()
            except httpx2.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code < 300:
                return answer.json()
            if answer.status_code < 500:
                raise AssertionError(f"refused: {answer.status_code} {answer.text}")
            self._outcome.check(answer.status_code == 503, f"answered {answer.status_code}: {answer.text[:300]}")
            time.sleep(0.1)
        raise AssertionError("nobody answers any more")

    def _decided(self, accepted: Mapping[int, str]) -> dict[str, dict[str, Any]]:
        """All tasks by id, once each has ended or is unsure and every message is settled; else as they stand."""
        until = time.monotonic() + self._plan.within
        while True:
            tasks = {one["id"]: one for one in self._pages("/v1/tasks")}
            open_ = [one for one in accepted.values() if one in tasks and not _is_decided(tasks[one])]
            waiting = [] if open_ else list(self._pages("/v1/webhooks", state="pending"))
            if (not open_ and not waiting) or time.monotonic() > until:
                self._outcome.check(not open_, f"undecided: {[self._told_of(tasks[one]) for one in open_]}")
                self._outcome.check(not waiting, f"not told: {waiting}")
                return tasks
            time.sleep(0.5)

    def _told_of(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """A task with its timeline, for who has to find out."""
        timeline = self._insist(lambda: self._client.get(f"/v1/tasks/{task['id']}/timeline"))["data"]
        return {**_brief(task), "timeline": [(one["at"], one["type"], one["data"]) for one in timeline]}

    def _look(self, accepted: Mapping[int, str], tasks: Mapping[str, Mapping[str, Any]]) -> None:
        found = self._outcome
        found.check(not self._processes.died, f"processes died by themselves: {self._processes.died}")
        lost = [number for number, id in accepted.items() if id not in tasks]
        found.check(not lost, f"lost: {lost}")
        found.check(len(tasks) == self._plan.tasks, f"{len(tasks)} tasks of {self._plan.tasks} that were asked for")
        found.states.update(one["state"] for one in tasks.values() if not one["unsure"])
        found.unsure = sum(1 for one in tasks.values() if one["unsure"])
        found.artifacts = sum(len(one["artifacts"]) for one in tasks.values())
        empty = [_brief(one) for one in tasks.values() if one["state"] == "succeeded" and not one["artifacts"]]
        found.check(not empty, f"succeeded without a file: {empty}")
        operator = {"authorization": f"Bearer {self._processes.token('server')}"}
        ledger = self._insist(lambda: self._client.get("/v1/ledger/check", headers=operator))
        found.check(ledger["ok"], f"the ledger: {ledger['faults']}")
        self._look_there(tasks)
        self._look_at_messages(tasks)

    def _look_there(self, tasks: Mapping[str, Mapping[str, Any]]) -> None:
        """The vendors' side of it: the twin knows what it accepted and charged."""
        found = self._outcome
        there = httpx2.get(f"{self._there}/twin/tasks", timeout=60, trust_env=False).raise_for_status().json()
        found.accepted_there = there["accepted"]
        ours = {one["input"].get("prompt"): one for one in tasks.values()}
        for word in ("accepted_twice", "charged_twice"):
            twice = [there["tasks"][numbers[0] - 1] for numbers in there[word].values()]
            stories = [
                self._told_of(ours[one["input"]["prompt"]]) for one in twice if one["input"].get("prompt") in ours
            ]
            found.check(not twice, f"{word}: {twice}, here {stories}")
        made = {one["input"].get("prompt") for one in there["tasks"] if one["state"] == "succeeded"} - {None}
        wasted = [_brief(ours[one]) for one in made if one not in ours or ours[one]["state"] == "failed"]
        found.check(not wasted, f"made and paid there, and failed here: {wasted}")

    def _look_at_messages(self, tasks: Mapping[str, Mapping[str, Any]]) -> None:
        found, heard = self._outcome, set(self._hook.heard)
        messages = list(self._pages("/v1/webhooks"))
        found.messages, found.heard = len(messages), len(self._hook.heard)
        found.check(not self._hook.forged, f"{self._hook.forged} calls were not signed as they should be")
        wrong = [one for one in messages if one["state"] != "delivered"]
        found.check(not wrong, f"not delivered: {wrong}")
        ids = Counter((task, state) for _, state, task in heard)
        twice = [one for one, count in ids.items() if count > 1]
        found.check(not twice, f"one event under several ids: {twice}")
        found.check(len({id for id, _, _ in heard}) == len(heard), "one id for several events")
        unheard = {one["id"] for one in messages} - {id for id, _, _ in heard}
        found.check(not unheard, f"said to be delivered, and never heard: {sorted(unheard)}")
        ended = {(one["id"], one["state"]) for one in tasks.values() if one["state"] in ENDS}
        missed = ended - {(task, state) for _, state, task in heard}
        found.check(not missed, f"ended, and nobody was told: {sorted(missed)}")

    def _artifact(self, task: Mapping[str, Any], told: Mapping[str, Any]) -> str | None:
        """What is wrong with its bytes, if anything."""
        content = self._client.get(f"/v1/files/{told['id']}/content", follow_redirects=True)
        if content.status_code != 200:
            return f"{told['id']} of {task['id']} answers {content.status_code}"
        said, is_ = (told["sha256"], told["bytes"]), (hashlib.sha256(content.content).hexdigest(), len(content.content))
        return None if said == is_ else f"{told['id']} of {task['id']} is {is_} and should be {said}"

    def _pages(self, path: str, **asked: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self._insist(lambda: self._client.get(path, params={"limit": "100", **asked, **cursor}))  # noqa: B023
            found += page["data"]
            if not page["next"]:
                return found
            cursor = {"cursor": page["next"]}


def _is_decided(task: Mapping[str, Any]) -> bool:
    return task["state"] in ENDS or task["unsure"]


def _brief(task: Mapping[str, Any]) -> dict[str, Any]:
    return {name: task[name] for name in ("id", "model", "state", "unsure", "error", "metadata")}
