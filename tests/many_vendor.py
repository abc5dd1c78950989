"""A vendor on loopback for the stories of many machines: Vidu, as far as a driver asks of it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any


class Vidu(BaseHTTPRequestHandler):
    """A vendor that makes nothing until it is told to; it writes down what it was asked."""

    created: list[str] = []
    polled: list[tuple[float, str]] = []
    done = threading.Event()
    answers = threading.Event()
    """Cleared, it keeps what it has accepted to itself."""
    answers.set()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Vidu.created.append(body["payload"])
        told = {"task_id": f"v{len(Vidu.created)}", "state": "created"}
        Vidu.answers.wait(120)
        self._answer(told)

    def do_GET(self) -> None:
        if self.path.endswith("/clip.txt"):
            self._sent(b"a clip, as far as anyone asks", "text/plain")
            return
        Vidu.polled.append((time.monotonic(), self.path))
        url = f"http://{self.headers['host']}/clip.txt"
        ended = {"state": "success", "creations": [{"id": "c", "url": url}]}
        self._answer(ended if Vidu.done.is_set() else {"state": "processing"})

    def _answer(self, body: dict[str, Any]) -> None:
        self._sent(json.dumps(body).encode(), "application/json")

    def _sent(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""
