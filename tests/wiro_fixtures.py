"""What the tests of Wiro's dialect share: its calls as a client makes them, and the headers that prove a key."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import httpx2

from vendor_fixtures import IssuedKey, until


def said(client: httpx2.Client, path: str, body: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    request = parts if body is None else {"json": body, **parts}
    response = client.post(f"/v1{path}", **request)
    assert response.status_code == 200, response.text
    return response.json()


def run(client: httpx2.Client, tool: str, body: dict[str, Any], **parts: Any) -> dict[str, Any]:
    answer = said(client, f"/Run/{tool}", body, **parts)
    assert answer["result"] is True, answer
    return answer


def complaint(answer: dict[str, Any]) -> tuple[int, str]:
    assert answer["result"] is False
    (error,) = answer["errors"]
    return error["code"], error["message"]


def detail(client: httpx2.Client, token: str, **parts: Any) -> dict[str, Any]:
    answer = said(client, "/Task/Detail", {"tasktoken": token}, **parts)
    assert answer["total"] == "1"
    (task,) = answer["tasklist"]
    return task


def ended(client: httpx2.Client, token: str, **parts: Any) -> dict[str, Any]:
    return until(
        lambda: detail(client, token, **parts),
        lambda task: task["status"] in ("task_postprocess_end", "task_cancel"),
    )


def at_status(client: httpx2.Client, token: str, status: str) -> dict[str, Any]:
    return until(lambda: detail(client, token), lambda task: task["status"] == status)


def upload(client: httpx2.Client, name: str, content: bytes, **parts: Any) -> dict[str, Any]:
    answer = said(client, "/File/Upload", files={"file": (name, content, "application/octet-stream")}, **parts)
    (file,) = answer["list"]
    return file


def signed(key: IssuedKey, nonce: str, prefix: str = "", secret: str | None = None) -> dict[str, str]:
    message = f"{key.secret if secret is None else secret}{nonce}"
    digest = hmac.new(key.key.encode(), message.encode(), hashlib.sha256).hexdigest()
    return {"x-api-key": key.key, "x-nonce": nonce, "x-signature": prefix + digest}
