"""What every answer has in common: one shape for errors, the request's id, nothing of the inside."""

from __future__ import annotations

import logging
import re
import threading
from typing import Any

import httpx2
import pytest
from openapi_spec_validator import validate

from callsheet.server import accounts, answers, bodies
from callsheet.server.application import document


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/tasks/", 404, "not_found"),
        ("GET", "/docs/../../etc/passwd", 404, "not_found"),
        ("GET", "/docs/evil.js", 404, "not_found"),
        ("GET", "/as/nobody/v1/tasks", 404, "not_found"),
        ("PUT", "/v1/tasks", 405, "bad_request"),
        ("PUT", "/v1/tasks/task_1", 405, "bad_request"),
        ("POST", "/healthz", 405, "bad_request"),
        ("OPTIONS", "/v1/tasks", 405, "bad_request"),
    ],
)
def test_an_address_that_is_not_there_is_told_like_every_error(
    api: httpx2.Client, method: str, path: str, status: int, code: str
) -> None:
    response = api.request(method, path)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"code", "message", "hint", "param", "request_id", "reason", "values"}
    assert error["code"] == code
    assert error["request_id"] == response.headers["x-request-id"]


def test_a_wrong_method_is_told_all_the_right_ones(api: httpx2.Client) -> None:
    assert api.put("/v1/tasks").headers["allow"] == "GET, POST"
    assert api.post("/v1/files/file_1/content").headers["allow"] == "GET, HEAD"


def test_a_request_keeps_its_own_id_or_gets_one(api: httpx2.Client) -> None:
    assert api.get("/healthz", headers={"x-request-id": "mine-7"}).headers["x-request-id"] == "mine-7"
    first, second = (api.get("/healthz").headers["x-request-id"] for _ in range(2))
    assert re.fullmatch(r"req_[0-9a-f]{24}", first)
    assert first != second
    for strange in ("with space", "x" * 65, 'quote"'):
        assert api.get("/healthz", headers={"x-request-id": strange}).headers["x-request-id"].startswith("req_")


def test_a_fault_of_ours_says_nothing_of_the_inside_and_is_logged_once(
    house: Any, api: httpx2.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("the inside: /secret/path")

    monkeypatch.setattr(type(house.app.state.parts.tasks), "get", fail)
    with caplog.at_level(logging.ERROR):
        response = api.get("/v1/tasks/task_1", headers={"x-request-id": "broken-1"})
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal"
    assert "inside" not in response.text.replace("inside the server", "")
    assert "broken-1" in response.text
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert record.exc_info is not None


def test_nothing_is_sniffed_and_no_server_is_named(api: httpx2.Client) -> None:
    for path in ("/", "/v1/tasks", "/nothing", "/docs"):
        assert api.get(path).headers["x-content-type-options"] == "nosniff"


def test_the_openapi_document_is_valid_and_served(api: httpx2.Client) -> None:
    served = api.get("/v1/openapi.json").json()
    validate(served)
    assert served == document()
    assert served["openapi"].startswith("3.1")


def test_a_generator_finds_all_it_needs_in_the_document() -> None:
    said = document()
    operations = [(method, path, one) for path, methods in said["paths"].items() for method, one in methods.items()]
    ids = [one["operationId"] for _, _, one in operations]
    assert len(set(ids)) == len(ids)
    assert {"submitTask", "listTasks", "watchTask", "uploadFile", "getContent", "quoteTask", "getModel"} <= set(ids)
    for method, path, one in operations:
        assert one["summary"], path
        wanted = {"422", "500", "503"} if path.startswith("/v1") else set()
        assert wanted <= set(one["responses"]), (method, path)
        for code, answer in one["responses"].items():
            if code >= "400" and path != "/readyz":
                assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Refusal"), (path, code)
    assert "HTTPValidationError" not in said["components"]["schemas"]
    assert said["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert "text/event-stream" in said["paths"]["/v1/tasks/{task_id}/events"]["get"]["responses"]["200"]["content"]


def test_the_examples_in_the_document_are_what_they_show() -> None:
    schemas = document()["components"]["schemas"]
    shown = {name: schema["examples"][0] for name, schema in schemas.items() if "examples" in schema}
    assert {"NewTask", "Task", "Refusal"} <= set(shown)
    for name, example in shown.items():
        kind = next(getattr(where, name) for where in (answers, bodies, accounts) if hasattr(where, name))
        kind.model_validate(example)
        assert set(example) <= set(kind.model_fields)


def test_every_reference_in_the_document_leads_somewhere() -> None:
    said = document()
    schemas = said["components"]["schemas"]

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [one for value in node.values() for one in references(value)]
        return [one for value in node for one in references(value)] if isinstance(node, list) else []

    named = {one.removeprefix("#/components/schemas/") for one in references(said)}
    assert named <= set(schemas)
    assert set(schemas) - named <= {"Event", "Output"}  # parts of a stream and of an input, said in words there


def test_the_documents_load_nothing_from_elsewhere(api: httpx2.Client) -> None:
    for path in ("/", "/docs"):
        page = api.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        found = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert found
        for address in found:
            assert not address.startswith(("http", "//")), address
            assert api.get(f"/{address.lstrip('/')}").status_code == 200, address
        assert not re.search(r"<script>|<style|\son\w+=", page.text)


def test_the_interface_reads_openapi_3_1(api: httpx2.Client) -> None:
    script = api.get("/docs/swagger-ui-bundle.js")
    assert script.headers["content-type"].startswith("text/javascript")
    version = re.search(r'PACKAGE_VERSION:"(\d+)\.', script.text)
    assert version, "no version in the bundle"
    assert int(version[1]) >= 5


def test_the_server_says_whether_it_lives_and_is_ready(api: httpx2.Client) -> None:
    assert api.get("/healthz").json() == {"ok": True}
    ready = api.get("/readyz")
    assert (ready.status_code, ready.json()["ok"]) == (200, True), ready.text


def test_a_server_that_cannot_work_says_which_part_is_ill(house: Any, api: httpx2.Client) -> None:
    async def ill() -> dict[str, str | None]:
        return {"store": "cannot be written", "worker": None}

    with house.changed(ready=ill):
        answer = api.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "checks": {"store": "cannot be written", "worker": "ok"}}


def test_an_answer_does_not_wait_for_the_log(api: httpx2.Client) -> None:
    answered, written, found = threading.Event(), threading.Event(), []

    class Waiting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "task accepted":
                found.append((answered.wait(20), record.__dict__["task_id"]))
                written.set()

    waiting, logger = Waiting(), logging.getLogger("callsheet.server")
    level = logger.level
    logger.addHandler(waiting)
    logger.setLevel(logging.INFO)
    try:
        task = api.post("/v1/tasks", json={"model": "text-to-video", "input": {"prompt": "a red fox"}}).json()
        answered.set()
        assert written.wait(20)
    finally:
        logger.removeHandler(waiting)
        logger.setLevel(level)
    assert found == [(True, task["id"])]
