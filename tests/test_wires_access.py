"""Where a vendor is reached, and what its words mean by its facts."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from callsheet import catalog
from callsheet.errors import Rejected, Unauthorized, Unavailable
from callsheet.settings import VendorAccess
from callsheet.tasks import State
from callsheet.wires.access import base_url, key_of, origin_url, secret_of
from callsheet.wires.meaning import error_of, state_of

VIDU = catalog.load().vendor("vidu")


@pytest.mark.parametrize(
    ("setting", "origin"),
    [
        (None, "https://api.vidu.com"),
        ("https://relay.example.com", "https://relay.example.com"),
        ("http://127.0.0.1:8420/as/vidu/", "http://127.0.0.1:8420/as/vidu"),
    ],
)
def test_the_setting_stands_for_scheme_and_host_and_the_path_stays(setting: str | None, origin: str) -> None:
    access = VendorAccess(key=SecretStr("k"), secret=None, base_url=setting)
    assert origin_url(VIDU, access) == origin
    assert base_url(VIDU, access) == f"{origin}/ent/v2"
    assert (key_of(access), secret_of(access)) == ("k", "")
    assert key_of(VendorAccess(key=None, secret=None, base_url=setting)) == ""


def test_a_known_word_is_a_state_and_an_unknown_one_runs_on_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert state_of(VIDU, "queueing") == (State.QUEUED, None)
    with caplog.at_level(logging.WARNING, "callsheet.wires"):
        answers = [state_of(VIDU, "daydreaming") for _ in range(3)]
    assert {state for state, _ in answers} == {State.RUNNING}
    assert all(note is not None and "daydreaming" in note for _, note in answers)
    assert len(caplog.records) == 1


def test_a_code_is_the_error_that_the_facts_have_for_it() -> None:
    assert type(error_of(VIDU, "TaskPromptPolicyViolation", "No.")) is Rejected
    assert type(error_of(VIDU, "Unauthorized", "No.")) is Unauthorized
    busy = error_of(VIDU, "SystemThrottling", "Later.", 7.0)
    assert type(busy) is Unavailable
    assert busy.retry_after == 7.0
    assert error_of(VIDU, "SomethingNew", "?") is None
