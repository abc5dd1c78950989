"""A vendor that takes everything at once and finishes nothing: `python -m benchmarks.vendor PORT`.

It speaks as OpenAI's videos (`/v1/videos`) and as a relay of Runway's tasks, and `/accepted` says how many it took.
"""

from __future__ import annotations

import itertools
import json
import sys
from typing import Any

import uvicorn

_accepted = 0
_number = itertools.count(1)


async def vendor(scope: Any, receive: Any, send: Any) -> None:
    """Any POST is a new task; any GET but `/accepted` asks for one, and it runs."""
    while (await receive()).get("more_body", False):
        pass
    if scope["path"] == "/accepted":
        answer: Any = _accepted
    elif scope["path"] == "/v1/videos":
        answer = _video(scope["method"])
    else:
        answer = {"task": _task(scope["method"], scope["path"])}
    body = json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _video(method: str) -> dict[str, Any]:
    if method == "GET":
        return {"object": "list", "data": []}
    about = {"model": "sora-2", "seconds": "4", "size": "1280x720", "created_at": 1_760_000_000}
    return {"id": _new("video"), "object": "video", "status": "queued", "progress": 0, **about}


def _task(method: str, path: str) -> dict[str, Any]:
    about = {"name": "Gen-2", "taskType": "gen2", "createdAt": "2026-11-21T00:00:00.000Z", "progressRatio": "0.1"}
    if method == "POST":
        return {"id": _new("task"), "status": "PENDING", **about}
    return {"id": path.rpartition("/")[2], "status": "RUNNING", **about}


def _new(kind: str) -> str:
    global _accepted
    _accepted += 1
    return f"{kind}_{next(_number):026d}"


if __name__ == "__main__":
    uvicorn.run(vendor, port=int(sys.argv[1]), lifespan="off", log_level="warning", access_log=False, ws="none")
