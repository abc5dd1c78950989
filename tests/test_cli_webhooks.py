"""`callsheet webhooks`: found in a list, shown with its tries, told again one by one or all that were given up."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli_fixtures import Shell, until


class Gone(http.server.BaseHTTPRequestHandler):
    """410, until its server is said to be `back`."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        server: Any = self.server
        server.ids.append(self.headers["webhook-id"])
        self.send_response(204 if server.back else 410)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def hook() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gone)
    server.back, server.ids = False, []
    server.url = f"http://127.0.0.1:{server.server_port}/told"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def listed(shell: Shell, count: int, *args: str) -> list[dict[str, Any]]:
    def enough() -> list[dict[str, Any]] | None:
        found = shell("webhooks", "list", "--json", *args).json["data"]
        return found if len(found) >= count else None

    return until(enough, f"there are not {count}")


def test_given_up_messages_are_found_shown_and_told_again(tmp_path: Path, hook: Any) -> None:
    shell = Shell(tmp_path, {"CALLSHEET_FETCH__ALLOW": "127.0.0.1"})
    try:
        made = [
            shell("run", "text-to-image", "--prompt", "x [[fail]]", "--webhook", hook.url, "--no-wait").out.split()[-1]
            for _ in range(2)
        ]
        first, second = sorted(listed(shell, 2, "--state", "gave_up"), key=lambda one: made.index(one["task_id"]))
        table = shell("webhooks", "list", "--task", made[0]).out
        assert first["id"] in table
        assert second["id"] not in table
        assert "gave_up" in table
        shown = shell("webhooks", "show", first["id"]).out
        assert all(word in shown for word in ("task.failed", "410", '"state": "failed"', made[0]))
        hook.back = True
        assert (
            f"{first['id']} (task.failed of {made[0]}) is told again" in shell("webhooks", "redeliver", first["id"]).out
        )
        listed(shell, 1, "--state", "delivered")
        again = shell("webhooks", "redeliver", "--gave-up", "--json").json["data"]
        assert [one["id"] for one in again] == [second["id"]], "the first was delivered meanwhile"
        listed(shell, 2, "--state", "delivered")
        assert sorted(hook.ids) == sorted([first["id"], second["id"]] * 2)
        assert shell("webhooks", "redeliver", "--gave-up").out == "There is none.\n"
        assert shell("webhooks", "redeliver", "--task", made[1], "--json").json["data"][0]["id"] == second["id"]
        for words in ((), (first["id"], "--gave-up")):
            assert "Name one message" in shell("webhooks", "redeliver", *words, code=2).err
        shell("webhooks", "show", "evt_none", code=4)
    finally:
        shell.end()
