"""Traces: one trace from a caller's request to the webhook, across processes, and nothing at all while they are off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from callsheet import context
from callsheet.errors import Rejected, SetupError
from callsheet.settings import Settings
from callsheet.telemetry import spans
from callsheet.telemetry.spans import NoSpans, Spans
from vendor_fixtures import receiving, staged, until

Serve = Callable[[Settings], AbstractContextManager[Any]]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"
ASKED = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a fox at the hidden-word"}}


class Kept(InMemorySpanExporter):
    """One that outlives the server that wrote to it."""

    def shutdown(self) -> None:
        """Stay."""


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What the spans of every server go to that is started in this test."""
    found = Kept()

    def opened(environ: Any) -> Spans:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(found))
        return Spans(provider)

    monkeypatch.setattr(spans, "opened", opened)
    return found


def test_one_trace_leads_from_the_request_to_the_webhook(
    serve_home: Serve, tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    with receiving() as receiver, staged(serve_home, tmp_path) as stage, stage.client() as client:
        body = ASKED | {"webhook": f"{receiver.url}/told"}
        made = client.post("/v1/tasks", json=body, headers={"traceparent": GIVEN}).raise_for_status().json()
        stage.task(made["id"])
        (told,) = receiver.wait()
        found = until(
            lambda: {one.name: one for one in exporter.get_finished_spans() if one.context.trace_id == int(TRACE, 16)},
            lambda found: "task tell" in found,
        )
    assert {"POST /v1/tasks", "task submit", "vidu submit", "task tell"} <= found.keys()
    request = found["POST /v1/tasks"]
    assert request.parent.span_id == 0x00F067AA0BA902B7
    assert found["task submit"].parent.span_id == request.context.span_id
    assert found["vidu submit"].parent.span_id == found["task submit"].context.span_id
    assert found["task tell"].parent.span_id == request.context.span_id
    assert found["task submit"].attributes["callsheet.task_id"] == made["id"]
    assert told.headers["traceparent"] == f"00-{TRACE}-{found['task tell'].context.span_id:016x}-01"


def test_a_task_joins_its_trace_in_another_process(
    serve_home: Serve, tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    with staged(serve_home, tmp_path, server__worker="false") as stage, stage.client() as client:
        made = client.post("/v1/tasks", json=ASKED, headers={"traceparent": GIVEN}).raise_for_status().json()
    exporter.clear()
    with staged(serve_home, tmp_path) as stage:
        stage.task(made["id"])
        names = until(
            lambda: {one.name for one in exporter.get_finished_spans() if one.context.trace_id == int(TRACE, 16)},
            lambda names: "task submit" in names,
        )
    assert {"task submit", "vidu submit"} <= names


def test_a_dialects_request_has_its_trace_too_and_health_has_none(
    serve_home: Serve, tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client() as client:
        body = {"model": "viduq3-pro", "prompt": "a fox", "duration": 5}
        made = client.post("/as/vidu/ent/v2/text2video", json=body).raise_for_status().json()
        stage.task(stage.newest()["id"])
        client.get("/healthz")
        names = until(lambda: {one.name for one in exporter.get_finished_spans()}, lambda names: "task submit" in names)
    assert made["task_id"]
    assert "POST /as/vidu/ent/v2/{endpoint:path}" in names
    assert not any("healthz" in name for name in names)


def test_an_error_is_told_by_its_class_and_no_text_of_anyone_goes_out(
    serve_home: Serve, tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client() as client:
        stage.stub.refuse(Rejected("The prompt with hidden-word is not allowed."))
        stage.task(client.post("/v1/tasks", json=ASKED).raise_for_status().json()["id"])
        found = until(
            lambda: {one.name: one for one in exporter.get_finished_spans()}, lambda found: "task submit" in found
        )
    assert found["vidu submit"].attributes["error.type"] == "Rejected"
    assert found["vidu submit"].attributes["callsheet.outcome"] == "rejected"
    assert not found["vidu submit"].status.is_ok
    assert "hidden-word" not in "".join(one.to_json() for one in found.values())


def test_without_traces_the_callers_own_context_still_goes_with_its_task(serve_home: Serve, tmp_path: Path) -> None:
    with receiving() as receiver, staged(serve_home, tmp_path) as stage, stage.client() as client:
        body = ASKED | {"webhook": f"{receiver.url}/told"}
        client.post("/v1/tasks", json=body, headers={"traceparent": GIVEN}).raise_for_status()
        client.post("/v1/tasks", json=body, headers={"traceparent": "garbage\tof-someone"}).raise_for_status()
        told = receiver.wait(2)
    assert sorted(one.headers.get("traceparent", "") for one in told) == ["", GIVEN]


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (GIVEN, True),
        (None, False),
        ("", False),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", False),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (f"{GIVEN}-more", False),
    ],
)
def test_only_what_w3c_calls_a_trace_context_is_one(given: str | None, held: bool) -> None:
    assert context.read_trace(given) == (given if held else None)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    ],
)
def test_traces_are_off_unless_the_environment_asks_for_them(environ: dict[str, str]) -> None:
    assert isinstance(spans.opened(environ), NoSpans)


async def _closed(found: Spans | NoSpans) -> None:
    await found.close()


def test_the_environment_turns_them_on() -> None:
    found = spans.opened({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert isinstance(found, Spans)
    asyncio.run(_closed(found))


@pytest.mark.parametrize(
    ("environ", "hint"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
    ],
)
def test_what_cannot_be_sent_is_said_at_the_start(environ: dict[str, str], hint: str) -> None:
    with pytest.raises(SetupError) as told:
        spans.opened(environ)
    assert hint in str(told.value.hint)


def test_without_the_extra_they_are_off_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(spans, "import_module", missing)
    assert isinstance(spans.opened({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}), NoSpans)
    assert "callsheet[otel]" in caplog.text
