"""A home's server is known by what only it can answer: another program on its port is never sent the token."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from callsheet.cli.checks import WRONG, examine_all
from callsheet.cli.home_server import find
from callsheet.settings import load
from callsheet.store.lock import CHALLENGE, PROOF, HomeLock, proof

TOKEN = "the-token-of-the-home"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsheet.cli.home_server.ANSWERS_WITHIN", 60.0)


@contextmanager
def a_program(answer: str | None) -> Iterator[tuple[str, list[str]]]:
    """One that answers 200 to everything, with a proof made of this token; its address, and all headers it was sent."""
    sent: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(str(self.headers))
            self.send_response(200)
            if answer is not None:
                self.send_header(PROOF, proof(answer, self.headers.get(CHALLENGE, "")))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def left(home: Path, url: str, **more: object) -> None:
    said = {"url": url, "pid": os.getpid(), "token": TOKEN, "temporary": False}
    (home / "server.json").write_text(json.dumps(said | more))


@pytest.mark.parametrize(("answer", "found"), [(None, False), ("another", False), (TOKEN, True)])
def test_only_who_proves_to_know_the_token_is_the_homes_server(tmp_path: Path, answer: str | None, found: bool) -> None:
    with a_program(answer) as (url, sent):
        left(tmp_path, url, proves=True)
        assert (find(tmp_path) is not None) is found
    assert len(sent) == 1
    assert TOKEN not in sent[0]


def test_a_challenge_is_another_each_time(tmp_path: Path) -> None:
    with a_program(None) as (url, sent):
        left(tmp_path, url, proves=True)
        find(tmp_path)
        find(tmp_path)
    assert len(set(sent)) == 2


def test_a_server_of_an_older_version_is_known_by_its_process_owning_the_home(tmp_path: Path) -> None:
    with a_program(None) as (url, _):
        left(tmp_path, url)
        assert find(tmp_path) is None
        with HomeLock(tmp_path):
            assert find(tmp_path) is not None
        left(tmp_path, url, pid=os.getppid())
        with HomeLock(tmp_path):
            assert find(tmp_path) is None


def test_doctor_calls_no_database_damaged_that_it_may_not_open(tmp_path: Path) -> None:
    (tmp_path / "callsheet.sqlite").mkdir()  # what cannot be opened, also by who may open everything
    found = next(one for one in examine_all(load(tmp_path, environ={})) if one.name == "store")
    assert found.level == WRONG
    assert "cannot be read" in found.said
    assert "right to read" in (found.hint or "")
