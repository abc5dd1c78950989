"""The whole way over HTTP: a still goes in, a task runs on previz, its file comes out and is opened."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx2
import pytest
from PIL import Image

from callsheet.server import answers


def follow(client: httpx2.Client, task: str) -> list[dict[str, Any]]:
    """The events of a task up to its end."""
    with client.stream("GET", f"/v1/tasks/{task}/events") as response:
        return [json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: ")]


def test_a_task_is_rendered_and_its_picture_opened(client: httpx2.Client) -> None:
    asked = {"prompt": "a red fox in fresh snow", "width": 320, "height": 192, "seed": 7}
    task = client.post("/v1/tasks", json={"model": "text-to-image", "input": asked})
    assert task.status_code == 201, task.text
    events = follow(client, task.json()["id"])
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "succeeded", events
    done = client.get(f"/v1/tasks/{task.json()['id']}").json()
    answers.Task.model_validate(done)
    assert (done["state"], done["progress"], done["error"], done["stage"]) == ("succeeded", 1.0, None, "previz")
    assert done["created_at"] <= done["started_at"] <= done["ended_at"]
    (artifact,) = done["artifacts"]
    assert set(artifact) == set(answers.Artifact.model_fields)
    answer = client.get(artifact["url"])
    assert answer.headers["content-type"] == artifact["content_type"]
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (artifact["width"], artifact["height"]) == (320, 192)
    assert len(answer.content) == artifact["bytes"]
    checks = client.get("/readyz").json()["checks"]
    assert checks == dict.fromkeys(("store", "migrations", "worker", "disk", "files", "clock"), "ok")
    stored = client.get(f"/v1/files/{artifact['id']}").json()
    assert (stored["task_id"], stored["sha256"]) == (done["id"], artifact["sha256"])


@pytest.mark.parametrize("content", [b"this is no picture", b""])
def test_what_is_no_picture_is_refused_before_a_task_exists(api: httpx2.Client, content: bytes) -> None:
    file = api.post("/v1/files", files={"file": ("still.png", content, "image/png")}).json()
    asked = {"model": "image-to-video", "input": {"prompt": "push in", "image": file["id"]}}
    response = api.post("/v1/tasks", json=asked)
    assert response.status_code == 422, response.text
    assert (response.json()["error"]["code"], response.json()["error"]["param"]) == ("invalid_input", "image")
    assert api.get("/v1/tasks").json()["data"] == []
