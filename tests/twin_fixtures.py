"""What the twin's tests share: a client of one vendor, and the moves of a test that waits."""

from __future__ import annotations

from typing import Any

import httpx2

from callsheet.twin import Twin

VIDEO = {"model": "viduq3-pro", "prompt": "a red door"}
MODEL = "vidu/viduq3-pro/text2video"


class Vidu:
    """Vidu's own client, as small as it goes."""

    def __init__(self, twin: Twin, key: str = "one-key") -> None:
        self.http = httpx2.Client(
            base_url=twin.base("vidu"), headers={"authorization": f"Token {key}"}, trust_env=False, timeout=60
        )

    def submit(self, **body: Any) -> httpx2.Response:
        return self.http.post("/ent/v2/text2video", json=VIDEO | body)

    def begun(self, **body: Any) -> str:
        return self.submit(**body).raise_for_status().json()["task_id"]

    def poll(self, id: str) -> httpx2.Response:
        return self.http.get(f"/ent/v2/tasks/{id}/creations")

    def state(self, id: str) -> str:
        return self.poll(id).raise_for_status().json()["state"]

    def cancel(self, id: str) -> httpx2.Response:
        return self.http.post(f"/ent/v2/tasks/{id}/cancel", json={"id": id})

    def links(self, id: str) -> list[str]:
        return [one["url"] for one in self.poll(id).raise_for_status().json()["creations"]]


def fetched(url: str) -> httpx2.Response:
    """A download, as anyone makes it."""
    return httpx2.get(url, trust_env=False, timeout=60)
