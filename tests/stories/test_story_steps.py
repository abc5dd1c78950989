"""A process dies by kill -9 at every step of a task's life, one after another: the task ends once, paid for once."""

import asyncio
import hashlib
import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from callsheet.money import MICRO
from callsheet.tasks import Filter, State
from engine_fixtures import House, a_house, a_png
from many_fixtures import fresh
from step_process import CREDITS, STEPS, vendor

TESTS = Path(__file__).parents[1]
DOUBTFUL = {"journaled", "sent", "accepted, not written"}
"""Steps after which nobody here knows whether the request arrived."""


class Outside:
    """The vendor's files and who is told, at one address."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.url = ""


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, a_png())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found.heard.append((self.headers["webhook-id"], body["state"]))
            self._say(204, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "image/png")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def die_at(step: str, folder: Path, outside: Outside, finds: bool, *database: str) -> None:
    script = [sys.executable, str(TESTS / "step_process.py")]
    words = [*script, str(folder), outside.url, step, "yes" if finds else "no", *database]
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, timeout=150)
    assert done.returncode == -signal.SIGKILL, f"it never came to {step}: {done.stderr}"


async def the_rest(step: str, folder: Path, outside: Outside, finds: bool, *database: str) -> None:
    """Start again on what it left, and look at everything."""
    there = vendor(folder, outside.url, finds)
    given = {"database": database[0]} if database else {}
    async with a_house(folder, {"studio": there}, fetch__allow="127.0.0.1", **given) as house:
        (row,) = (await house.store.list_tasks("local", Filter(), 10)).tasks
        sent = step != "journaled"
        if step in DOUBTFUL and not (finds and sent):
            await house.until(lambda: _unsure(house, row.id))
            assert (await house.store.balance("local")).held == 3 * MICRO, "what it may cost stays set aside"
            await house.engine.resolve(row.id, f"r-{row.id}" if sent else None)
        ended = await house.ended(row)
        await house.until(lambda: _all_told(house))
        types = Counter(await house.types(ended))
        assert sum(types[end] for end in ("succeeded", "failed", "canceled")) == 1
        assert there.sent() == [row.id] * sent, "sent once, or not at all"
        assert ended.state is (State.SUCCEEDED if sent else State.FAILED), ended.error
        await _look_at_money(house, row.id, sent)
        for file in ended.artifacts:
            content = (await house.library.local(file)).read_bytes()
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.bytes)
        assert len(ended.artifacts) == sent
    _look_at_what_was_told(step, outside, ended.state)


async def _unsure(house: House, task_id: str) -> bool:
    return (await house.engine.get("local", task_id)).unsure


async def _all_told(house: House) -> bool:
    return not (await house.store.messages("local", None, "pending", 10))[0]


async def _look_at_money(house: House, task_id: str, paid: bool) -> None:
    assert (await house.store.audit())[0] == [], "the books are right"
    balance = await house.store.balance("local")
    assert (balance.held, balance.spent) == (0, CREDITS * MICRO * paid)
    kinds = Counter(entry.kind for entry in await house.store.entries_of_task("local", task_id))
    assert kinds == ({"hold": 1, "settle": 1, "release": 1} if paid else {"hold": 1, "release": 1})


def _look_at_what_was_told(step: str, outside: Outside, end: State) -> None:
    ids = {state: {id for id, said in outside.heard if said == state} for _, state in outside.heard}
    assert all(len(found) == 1 for found in ids.values()), "one id for one event"
    assert end in ids
    ends = [said for _, said in outside.heard if said == end]
    assert len(ends) == (2 if step == "told, not marked" else 1)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_a_task_ends_once_is_paid_once_and_is_told(
    step: str, tmp_path: Path, outside: Outside
) -> None:
    die_at(step, tmp_path, outside, True)
    asyncio.run(the_rest(step, tmp_path, outside, True))


@pytest.mark.parametrize("step", sorted(DOUBTFUL - {"journaled"}))
def test_killed_where_the_vendor_cannot_be_asked_it_is_never_sent_again_and_an_operator_decides(
    step: str, tmp_path: Path, outside: Outside
) -> None:
    die_at(step, tmp_path, outside, False)
    asyncio.run(the_rest(step, tmp_path, outside, False))


@pytest.mark.parametrize("step", ["accepted, not written", "collecting", "ended", "told, not marked"])
def test_on_many_machines_another_process_takes_over_at_that_step(
    step: str, tmp_path: Path, outside: Outside, postgres: str
) -> None:
    database = fresh(postgres)
    die_at(step, tmp_path, outside, True, database)
    asyncio.run(the_rest(step, tmp_path, outside, True, database))
