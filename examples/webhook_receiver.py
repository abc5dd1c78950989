"""Receives callsheet's webhooks and checks who sent them.

CALLSHEET_SECRET=whsec_... PORT=8421 python examples/webhook_receiver.py
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOLERANCE = 300
"""Seconds a message may be old: an older one may be a recording played back."""


def genuine(secret: str, headers: Any, body: bytes) -> bool:
    """Whether the body was signed with this secret, and not long ago. Standard Webhooks, symmetric."""
    try:
        message, sent, given = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        if abs(time.time() - int(sent)) > TOLERANCE:
            return False
    except (KeyError, TypeError, ValueError):
        return False
    key = base64.b64decode(secret.rpartition("_")[2])  # css_ as callsheet shows it, whsec_ as libraries want it
    expected = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(expected).decode()
    return any(hmac.compare_digest(wanted, one) for one in given.split())


class Receiver(BaseHTTPRequestHandler):
    """Answers at once: whatever takes long comes after the answer."""

    seen: set[str] = set()

    def do_POST(self) -> None:
        """204 for what is genuine, whether new or repeated; 401 for the rest."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        good = genuine(os.environ["CALLSHEET_SECRET"], self.headers, body)
        self.send_response(204 if good else 401)
        self.end_headers()
        if good and self.headers["webhook-id"] not in self.seen:
            self.seen.add(self.headers["webhook-id"])
            print(json.dumps(json.loads(body)), flush=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the messages themselves are printed."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8421"))), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
