"""The log's one form: a line an event, ids to follow it by, a traceback below, and never a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest

from callsheet.app.log import Lines
from callsheet.context import request_id


def line(message: str, *args: Any, exc_info: Any = None, **extra: Any) -> str:
    record = logging.LogRecord("callsheet.server", logging.INFO, __file__, 1, message, args, exc_info)
    record.created = 1_795_255_200.25
    vars(record).update(extra)
    return Lines().format(record)


def test_a_line_has_time_level_message_and_what_belongs_to_it() -> None:
    said = line("task accepted", task_id="task_1", note="two words", code=None)
    assert said == '2026-11-21T10:00:00.250Z info task accepted task_id=task_1 note="two words"'


def test_a_line_names_the_request_it_belongs_to() -> None:
    token = request_id.set("req_7")
    try:
        assert line("x").endswith(" x request_id=req_7")
    finally:
        request_id.reset(token)


def test_a_message_cannot_begin_a_line_of_its_own() -> None:
    assert "\n" not in line("%s", "first\n2026-11-21T10:00:00.000Z error forged", name_="a\nb")


def test_a_traceback_stands_below_its_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        said = line("request failed", exc_info=sys.exc_info()).splitlines()
    assert said[0].endswith("request failed")
    assert all(one.startswith("    ") for one in said[1:])
    assert said[-1].strip() == "ValueError: broken"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer hidden-word",
        "GET /v1/files/f/content?expires=1&signature=hidden-word",
        "{'secret': 'hidden-word'}",
        "api_key=hidden-word",
        "found cs_hidden-word and css_hidden-word, whsec_hidden-word",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert "hidden-word" not in line("%s", text)
    assert "***" in line("%s", text)
