"""No secret in a log line or an error answer, by whatever path it comes there."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from callsheet import context
from callsheet.app.log import formatter
from callsheet.app.masking import masking, secrets_of
from callsheet.settings import Settings, load
from vendor_fixtures import staged

Serve = Callable[[Settings], AbstractContextManager[Any]]

LLM = "llm-hidden-word-1"
VENDOR = "vendor hidden/word+2"
VENDOR_SECRET = "vendor-secret-hidden-3"
SCRAPER = "scraper-hidden-word-4"
DATABASE = "database-hidden-5"
WEBHOOKS = "whsec_aGlkZGVuLXdvcmQtNi1oaWRkZW4td29yZC02LWhpZGRlbg=="
KNOWN = (LLM, VENDOR, VENDOR_SECRET, SCRAPER, WEBHOOKS)
"""Secrets that an operator sets."""

SHAPES = (
    "Authorization: Bearer {}",
    "{{'authorization': 'Token {}'}}",
    "authorization={}",
    "GET /v1/files/file_1/content?expires=1&signature={}",
    "https://bucket.example/a.mp4?X-Amz-Credential=x&X-Amz-Signature={}",
    "https://cdn.example/a.mp4?Expires=1&Key-Pair-Id=y&sig={}",
    "https://cdn.example/a.mp4?auth_key={}",
    "postgresql://callsheet:{}@db.example:5432/callsheet",
    "webhook-signature: v1,{}",
    "x-api-key: {}",
    '{{"apiKey": "{}"}}',
    "app_secret={}&x=1",
    "POST /callbacks/vidu/task_1/{}",
    "key cs_{} and secret css_{}",
    "whsec_{}",
    "password = {}",
)
UNKNOWN = "unknown9hidden9word9of9someone"


def a_settings(home: Path, form: str) -> Settings:
    environ = {
        "CALLSHEET_LOG__FORMAT": form,
        "CALLSHEET_LOG__LEVEL": "debug",
        "CALLSHEET_LLM__BASE_URL": "http://127.0.0.1:9/v1",
        "CALLSHEET_LLM__MODEL": "m",
        "CALLSHEET_LLM__KEY": LLM,
        "CALLSHEET_VENDORS__VIDU__KEY": VENDOR,
        "CALLSHEET_VENDORS__WIRO__KEY": "another-hidden-word-7",
        "CALLSHEET_VENDORS__WIRO__SECRET": VENDOR_SECRET,
        "CALLSHEET_METRICS__KEY": SCRAPER,
        "CALLSHEET_WEBHOOKS__SECRET": WEBHOOKS,
    }
    return load(home, environ=environ)


class Lines(logging.Handler):
    """What would have been written."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(formatter(settings))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lines]:
    """The log of an installation that has all these secrets."""
    lines = Lines(a_settings(tmp_path / "home", request.param))
    logger = logging.getLogger("callsheet")
    before = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.DEBUG)
    yield lines
    logger.removeHandler(lines)
    logger.setLevel(before)


def by_every_path(said: str) -> None:
    """As a message, as an argument, in what belongs to a line, and in a traceback with its cause."""
    logger = logging.getLogger("callsheet.server")
    logger.info(said.replace("%", "%%"))
    logger.warning("said %s and %r", said, {"deep": [said]})
    logger.info("x", extra={"said": said, "deep": {"er": said}, "path": said})
    try:
        try:
            raise ValueError(said)
        except ValueError as error:
            raise RuntimeError(f"again {said}") from error
    except RuntimeError:
        logger.exception("failed")


@pytest.mark.parametrize("secret", KNOWN)
def test_a_secret_of_the_settings_is_masked_wherever_it_stands(log: Lines, secret: str) -> None:
    for said in (secret, f"x{secret}y", f"?a={quote(secret, safe='')}", f"[{secret}]", json.dumps({"a": secret})):
        by_every_path(said)
    text = "\n".join(log.lines)
    assert len(log.lines) == 20
    assert secret not in text
    assert quote(secret, safe="") not in text
    assert "***" in text


@pytest.mark.parametrize("shape", SHAPES)
def test_what_looks_like_a_secret_is_masked_on_every_path(log: Lines, shape: str) -> None:
    by_every_path(shape.format(*[UNKNOWN] * 2))
    assert len(log.lines) == 4
    assert UNKNOWN not in "\n".join(log.lines)


def test_a_password_in_an_address_of_the_settings_is_a_secret(tmp_path: Path) -> None:
    address = f"postgresql://a:{DATABASE}@db/callsheet"
    found = set(secrets_of(load(tmp_path, environ={"CALLSHEET_DATABASE": address})))
    assert DATABASE in found
    assert masking(found)(f"cannot connect: {DATABASE} refused") == "cannot connect: *** refused"


@pytest.mark.parametrize(
    "said",
    [
        "task accepted task_id=task_01K model=vidu/viduq3-pro",
        "GET /v1/tasks/task_1 code=200 ms=1.5",
        "the disk is full",
        "https://example.com/a/b.mp4 answered 404",
        "did you mean prompt?",
        "tokens are counted, keys are listed",
    ],
)
def test_what_is_no_secret_stays(said: str) -> None:
    assert masking(KNOWN)(said) == said


@pytest.mark.parametrize("letter", ["A", "中", "-", "key", "?", "a?", "://", 'key"\\'])
def test_a_long_text_of_any_letters_is_masked_in_no_time(letter: str) -> None:
    began = time.process_time()
    assert UNKNOWN not in masking(KNOWN)(letter * (100_000 // len(letter)) + f" api_key={UNKNOWN}")
    assert time.process_time() - began < 5  # by steps that grow with its square it would be hours


def test_an_object_is_one_line_with_everything_that_is_known(log: Lines, tmp_path: Path) -> None:
    lines = Lines(a_settings(tmp_path / "other", "json"))
    record = logging.LogRecord("callsheet.engine", logging.INFO, __file__, 1, "a %s", ("b\nc",), None)
    vars(record).update({"model": "x", "ms": 1.5, "none": None})
    with context.fresh("req_1"):
        context.note(task_id="task_1", account="local", vendor="vidu")
        said = json.loads(lines.format(record))
    assert "at" in said
    del said["at"]
    assert said == {
        "level": "info",
        "logger": "callsheet.engine",
        "message": "a b c",
        "request_id": "req_1",
        "task_id": "task_1",
        "account": "local",
        "vendor": "vidu",
        "model": "x",
        "ms": 1.5,
    }


def test_a_traceback_is_part_of_its_object(tmp_path: Path) -> None:
    lines = Lines(a_settings(tmp_path / "home", "json"))
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("callsheet", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    written = lines.format(record)
    assert "\n" not in written
    assert json.loads(written)["traceback"].endswith("ValueError: broken")


def test_what_a_home_keeps_is_for_its_owner_only_though_the_folder_was_open_to_all(
    serve_home: Serve, tmp_path: Path
) -> None:
    home, before = tmp_path / "home", os.umask(0o022)
    home.mkdir(mode=0o755)
    try:
        with serve_home(load(home, environ={})) as served, served.client() as client:
            client.post("/v1/files", files={"file": ("words.txt", b"words", "text/plain")}).raise_for_status()
            kept = [path for path in home.rglob("*") if path.is_file()]
            assert {"callsheet.sqlite", "callsheet.sqlite-wal", "seal.key"} <= {path.name for path in kept}
            assert [path.name for path in kept if path.stat().st_mode & 0o077] == []
            assert (home / "files").stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)


def test_no_answer_and_no_line_of_a_running_server_holds_a_secret(
    serve_home: Serve, tmp_path: Path, log: Lines
) -> None:
    with staged(serve_home, tmp_path) as stage:
        made = stage.make_key()
        stage.stub.refuse(_Broken(f"failed with {VENDOR} at https://x.example/a?sig={UNKNOWN}"))
        answers: list[str] = []
        with stage.client(headers={"authorization": f"Bearer {made.key}"}) as client:
            asked = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a fox"}}
            answers.append(client.post("/v1/tasks", json=asked).text)
            answers.append(client.post(f"/v1/tasks?token={UNKNOWN}", json=asked).text)
            answers.append(client.post("/v1/tasks", content=f'{{"{UNKNOWN}": '.encode()).text)
            answers.append(client.get(f"/v1/files/file_1/content?expires=1&signature={UNKNOWN}").text)
            answers.append(client.post(f"/callbacks/vidu/task_1/{UNKNOWN}").text)
        with stage.client(headers={"authorization": f"Bearer {UNKNOWN}"}) as client:
            for path in ("/v1/tasks", "/metrics", "/as/vidu/ent/v2/tasks/1/creations", "/as/wiro/v1/Task/Detail"):
                answers.append(client.get(path).text)
                answers.append(client.post(path, json={}).text)
    everything = "\n".join(log.lines) + "\n".join(answers[3:])
    for secret in (made.key, made.secret, stage.served.operator, VENDOR, UNKNOWN):
        assert secret not in everything
    assert any("task_id" in line and "account" in line for line in log.lines)


class _Broken(Exception):
    """A fault of a driver, which the engine did not expect."""
