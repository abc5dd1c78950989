"""What the tests of Vidu's dialect share: a create, a wait for a state, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

import httpx2

from vendor_fixtures import until

TEXT = {"model": "viduq3-pro", "prompt": "a red door"}


def create(client: httpx2.Client, endpoint: str = "text2video", **body: Any) -> dict[str, Any]:
    answer = client.post(f"/ent/v2/{endpoint}", json=body or TEXT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "created"
    return answer.json()


def creations(client: httpx2.Client, task_id: str, *states: str) -> dict[str, Any]:
    path = f"/ent/v2/tasks/{task_id}/creations"
    return until(
        lambda: client.get(path).raise_for_status().json(), lambda found: not states or found["state"] in states
    )


def refused(answer: httpx2.Response, status: int, reason: str) -> str:
    said = answer.json()
    assert (answer.status_code, said["code"], said["reason"]) == (status, status, reason), said
    assert set(said) == {"code", "reason", "message", "metadata"}
    assert said["metadata"] == {"trace_id": answer.headers["x-md-trace-id"]}
    return said["message"]
