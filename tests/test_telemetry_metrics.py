"""`/metrics`: what really happened is counted, what stands is read from the store, and who may read it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from callsheet.app.house import opened
from callsheet.app.working import doors
from callsheet.errors import Rejected
from callsheet.settings import Settings
from callsheet.telemetry.page import described
from vendor_fixtures import receiving, staged, until

Serve = Callable[[Settings], AbstractContextManager[Any]]


def numbers(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels; what Prometheus itself could not read would raise."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(client: httpx2.Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return numbers(client.get("/metrics").raise_for_status().text)


def total(found: dict[Any, float], name: str, **labels: str) -> float:
    """The sum of a metric's samples that carry these labels."""
    return sum(value for (named, has), value in found.items() if named == name and labels.items() <= set(has))


def test_a_task_is_counted_from_its_door_to_its_end(serve_home: Serve, tmp_path: Path) -> None:
    with receiving() as receiver, staged(serve_home, tmp_path) as stage, stage.client() as client:
        asked = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a fox"}, "webhook": f"{receiver.url}/x"}
        made = [client.post("/v1/tasks", json=asked).raise_for_status().json()["id"] for _ in range(2)]
        for one in made:
            stage.task(one)
        receiver.wait(2)
        found = until(lambda: read(client), lambda found: total(found, "callsheet_webhooks_total") == 2)
        labels = {"capability": "text-to-video", "stage": "vidu/viduq3-pro/text2video", "door": "native"}
        for state in ("queued", "running", "succeeded"):
            assert total(found, "callsheet_task_transitions_total", state=state, **labels) == 2
        assert total(found, "callsheet_task_transitions_total", state="failed") == 0
        family = {"family": "vidu/viduq3-pro"}
        assert total(found, "callsheet_task_queue_seconds_count", **family) == 2
        assert total(found, "callsheet_task_run_seconds_count", state="succeeded", **family) == 2
        assert total(found, "callsheet_vendor_calls_total", vendor="vidu", verb="submit") == 2
        assert total(found, "callsheet_webhooks_total", outcome="delivered") == 2
        assert total(found, "callsheet_artifact_bytes_total", capability="text-to-video") > 1000
        assert total(found, "callsheet_http_requests_total", route="/v1/tasks", method="POST", status="201") == 2
        assert total(found, "callsheet_store_write_seconds_count") > 6
        assert total(found, "callsheet_store_group_size_count") > 0
        assert total(found, "callsheet_tasks_unfinished") == 0
        assert total(found, "callsheet_disk_free_bytes") > 1_000_000


def test_what_is_unfinished_is_read_from_the_store_and_not_remembered(serve_home: Serve, tmp_path: Path) -> None:
    asked = {"model": "previz/text-to-video", "input": {"prompt": "a fox"}}
    with staged(serve_home, tmp_path, server__worker="false") as stage, stage.client() as client:
        client.post("/v1/tasks", json=asked).raise_for_status()
    with staged(serve_home, tmp_path, server__worker="false") as stage, stage.client() as client:
        found = read(client)
        assert total(found, "callsheet_tasks_unfinished", state="queued", stage="previz", door="native") == 1
        assert total(found, "callsheet_rows_waiting", phase="submit") == 1
        assert total(found, "callsheet_task_transitions_total") == 0
        late = until(lambda: read(client), lambda found: total(found, "callsheet_schedule_late_seconds") > 0.05)
        assert total(late, "callsheet_store_up") == 1


def test_failures_and_refusals_have_their_codes(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client() as client:
        stage.stub.refuse(Rejected("No."))
        asked = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a fox"}}
        stage.task(client.post("/v1/tasks", json=asked).raise_for_status().json()["id"])
        client.post("/v1/tasks", json={"model": "nobody/knows", "input": {}})
        client.get("/as/vidu/ent/v2/tasks/123/creations")
        client.get("/no/such/page")
        found = read(client)
    assert total(found, "callsheet_vendor_calls_total", vendor="vidu", verb="submit", outcome="rejected") == 1
    assert total(found, "callsheet_task_transitions_total", state="failed") == 1
    assert total(found, "callsheet_http_requests_total", route="/v1/tasks", status="404") == 1
    assert total(found, "callsheet_http_requests_total", route="none", status="404") == 1
    vidu = [dict(labels)["route"] for name, labels in found if name == "callsheet_http_requests_total"]
    assert any(route.startswith("/as/vidu/ent/v2/tasks/{") for route in vidu)


def test_no_label_holds_an_id_or_an_address(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client() as client:
        asked = {"model": "previz/text-to-image", "input": {"prompt": "unheard-of"}, "metadata": {"shot": "12A"}}
        made = stage.task(client.post("/v1/tasks", json=asked).raise_for_status().json()["id"])
        client.get(f"/v1/tasks/{made['id']}/timeline")
        client.get(made["artifacts"][0]["url"]).raise_for_status()
        text = client.get("/metrics").text
    for told in (made["id"], made["artifacts"][0]["id"], "unheard-of", "12A", "127.0.0.1", 'account="local"'):
        assert told not in text


def test_accounts_are_counted_apart_only_where_the_setting_says_so(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path, metrics__accounts="true") as stage, stage.client() as client:
        client.post("/v1/tasks", json={"model": "previz/text-to-image", "input": {"prompt": "x"}}).raise_for_status()
        assert total(read(client), "callsheet_task_transitions_total", state="queued", account="local") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"host": "callsheet.example"},
    ],
)
def test_what_a_proxy_passes_on_is_not_this_machine(serve_home: Serve, tmp_path: Path, headers: dict[str, str]) -> None:
    environ = {"metrics__key": "a-scraper-of-ours", "server__public_url": "https://callsheet.example"}
    with staged(serve_home, tmp_path, **environ) as stage:
        stage.make_key()
        with stage.client() as client:
            assert client.get("/metrics").status_code == 200
            assert client.get("/metrics", headers=headers).status_code == 401
            with_key = {"authorization": f"Bearer {stage.make_key().key}"}
            assert client.get("/metrics", headers=headers | with_key).status_code == 403
            with_operator = {"authorization": f"Bearer {stage.served.operator}"}
            assert client.get("/metrics", headers=headers | with_operator).status_code == 200
            scraper = {"authorization": "Bearer a-scraper-of-ours"}
            assert client.get("/metrics", headers=headers | scraper).status_code == 200


def test_the_setting_lets_everyone_read(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path, metrics__public="true") as stage:
        stage.make_key()
        with stage.client() as client:
            assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 200


def test_a_process_that_only_works_has_its_metrics_too(settings: Settings) -> None:
    async def story() -> None:
        settings.home.mkdir()
        async with opened(settings, "http://127.0.0.1") as house:
            transport = httpx2.ASGITransport(app=doors(house))
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                found = numbers((await client.get("/metrics")).raise_for_status().text)
                assert total(found, "callsheet_store_up") == 1
                assert total(found, "callsheet_store_write_seconds_count") > 0
                refused = await client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})
                assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
                assert (await client.get("/readyz")).json()["ok"]

    asyncio.run(story())


def test_every_metric_is_described_and_begins_with_our_name() -> None:
    found = described()
    assert len({name for name, *_ in found}) == len(found) > 25
    for name, kind, _, said in found:
        assert name.startswith("callsheet_")
        assert kind in ("counter", "gauge", "histogram", "info")
        assert said.endswith(".")
