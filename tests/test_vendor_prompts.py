"""Test prompts as each vendor's client sees them: the real previz driver over HTTP, the vendor's words and fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.settings import load
from vendor_fixtures import Receiver, Serve, receiving, until

FAIL = "The prompt asked for this by [[fail]]."
REJECT = "The prompt was refused by moderation: it asked for this by [[reject]]."
Shape = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """One vendor's calls as its client makes them. `end` is its call that ends a task, None where it has none."""

    vendor: str
    hook: str | None
    create: Callable[[httpx2.Client, str, Shape], str]
    show: Callable[[httpx2.Client, str], Shape]
    word: str
    waiting: frozenset[Any]
    running: frozenset[Any]
    end: Callable[[httpx2.Client, str], Any] | None = None
    told: Callable[[Shape], Shape] = lambda body: body

    def pending(self, task: Shape) -> bool:
        """Whether a client asks again."""
        return task[self.word] in self.waiting | self.running


def posted(client: httpx2.Client, path: str, body: Shape) -> Shape:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def got(client: httpx2.Client, path: str) -> Shape:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wiro_create(client: httpx2.Client, prompt: str, more: Shape) -> str:
    answer = posted(client, "/v1/Run/callsheet/text-to-video", {"prompt": prompt, **more})
    assert (answer["result"], answer["errors"]) == (True, [])
    return answer["socketaccesstoken"]


def wiro_show(client: httpx2.Client, token: str) -> Shape:
    answer = posted(client, "/v1/Task/Detail", {"tasktoken": token})
    assert (answer["result"], answer["errors"], answer["total"]) == (True, [], "1")
    return answer["tasklist"][0]


def wondershare_create(client: httpx2.Client, prompt: str, more: Shape) -> str:
    body = {"prompt": prompt, "params": "order 7", **more}
    answer = posted(client, "/v1/open/capacity/application/tm_text2video_b", body)
    assert answer == {"code": 0, "msg": "", "data": {"task_id": answer["data"]["task_id"]}}
    return answer["data"]["task_id"]


def wondershare_show(client: httpx2.Client, task_id: str) -> Shape:
    answer = posted(client, "/v1/open/pub/task", {"task_id": task_id})
    assert (answer["code"], answer["msg"]) == (0, "success"), "the call went well: the task's status says what did not"
    return answer["data"]


def mediaio_create(client: httpx2.Client, prompt: str, more: Shape) -> str:
    answer = posted(client, "/generation/imagen/t2i-imagen-4", {"data": {"prompt": prompt, **more}})
    assert (answer["code"], answer["msg"]) == (0, "")
    return answer["data"]["task_id"]


def mediaio_show(client: httpx2.Client, task_id: str) -> Shape:
    answer = posted(client, f"/generation/result/{task_id}", {})
    assert (answer["code"], answer["msg"], set(answer)) == (0, "", {"code", "msg", "data", "trace_id"})
    return answer["data"]


def relay_create(client: httpx2.Client, prompt: str, more: Shape) -> str:
    options = {"text_prompt": prompt, "seconds": 5}
    return posted(client, "/runway/tasks", {"taskType": "gen3a_turbo", "options": options, **more})["task"]["id"]


def vidu_create(client: httpx2.Client, prompt: str, more: Shape) -> str:
    body = {"model": "viduq3-pro", "prompt": prompt, "duration": 2, "resolution": "540p", "payload": "order 7"}
    answer = posted(client, "/ent/v2/text2video", body | more)
    assert answer["state"] == "created"
    return answer["task_id"]


WIRO = Door(
    "wiro",
    "callbackUrl",
    wiro_create,
    wiro_show,
    "status",
    frozenset({"task_queue", "task_accept", "task_preprocess_start", "task_preprocess_end"}),
    frozenset({"task_assign", "task_start", "task_output"}),
    lambda client, token: posted(client, "/v1/Task/Kill", {"tasktoken": token}),
    lambda body: body["tasklist"][0],
)
WONDERSHARE = Door(
    "wondershare", "callback", wondershare_create, wondershare_show, "status", frozenset({1}), frozenset({2})
)
MEDIAIO = Door(
    "mediaio", None, mediaio_create, mediaio_show, "status", frozenset({"waiting"}), frozenset({"processing"})
)
RELAY = Door(
    "runway-relay",
    "notify_hook",
    relay_create,
    lambda client, task_id: got(client, f"/runway/tasks/{task_id}")["task"],
    "status",
    frozenset({"PENDING"}),
    frozenset({"RUNNING"}),
    told=lambda body: body["task"],
)
VIDU = Door(
    "vidu",
    "callback_url",
    vidu_create,
    lambda client, task_id: got(client, f"/ent/v2/tasks/{task_id}/creations"),
    "state",
    frozenset({"queueing"}),
    frozenset({"processing"}),
    lambda client, task_id: posted(client, f"/ent/v2/tasks/{task_id}/cancel", {"id": task_id}),
)
DOORS = (WIRO, WONDERSHARE, MEDIAIO, RELAY, VIDU)
EACH = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.vendor)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[str]:
    """A real server as anyone starts it: previz behind every door, no key yet."""
    settings = load(tmp_path_factory.mktemp("prompts"), environ={"CALLSHEET_FETCH__ALLOW": "127.0.0.1"})
    with serve_home(settings) as served:
        yield served.url


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def speaking(url: str, door: Door | None) -> httpx2.Client:
    base = f"{url}/as/{door.vendor}" if door else url
    return httpx2.Client(base_url=base, timeout=30, trust_env=False)


def ended(client: httpx2.Client, door: Door, task_id: str) -> Shape:
    return until(lambda: door.show(client, task_id), lambda task: not door.pending(task))


def begun(client: httpx2.Client, door: Door, task_id: str) -> Shape:
    return until(lambda: door.show(client, task_id), lambda task: task[door.word] not in door.waiting)


def bad_end(door: Door, task: Shape, why: str) -> None:
    """That a task failed or was refused, in the vendor's own state word, code and fields."""
    refused = why == REJECT
    if door is WIRO:
        assert (task["status"], task["pexit"]) == ("task_postprocess_end", "1"), "the last step is that of a success"
        assert (task["debugerror"], task["debugoutput"], task["outputs"]) == (why, "", [])
        assert (task["totalcost"], task["size"], task["canceltime"]) == ("0", "0", "0")
        assert (task["starttime"] == "0") is refused, "what moderation refuses never starts"
        assert "0" not in (task["endtime"], task["postprocessstarttime"], task["postprocessendtime"])
    elif door is WONDERSHARE:
        assert (task["status"], task["reason"], task["result"], task["params"]) == (4, why, "", "order 7")
    elif door is MEDIAIO:
        assert task == {"task_id": task["task_id"], "status": "failed", "reason": why, "result": []}
    elif door is RELAY:
        code = "SAFETY.INPUT.TEXT" if refused else "INTERNAL.BAD_OUTPUT.CODE01"
        assert task["error"] == {"errorMessage": why, "message": why, "reason": code, "code": code}
        assert (task["status"], task["artifacts"], task["estimatedTimeToStartSeconds"]) == ("FAILED", [], None)
        assert (task["progressRatio"] is None) is refused
    else:
        assert task == {
            "id": task["id"],
            "state": "failed",
            "err_code": "TaskPromptPolicyViolation" if refused else "InternalServiceFailure",
            "credits": 0,
            "payload": "order 7",
            "bgm": False,
            "off_peak": False,
            "creations": [],
        }
        assert task["err_code"] in catalog.load().vendor("vidu").errors


@EACH
@pytest.mark.parametrize(("prompt", "why"), [("a red door [[fail]]", FAIL), ("a red door [[reject]]", REJECT)])
def test_a_task_that_fails_or_is_refused_has_the_vendors_own_shape(url: str, door: Door, prompt: str, why: str) -> None:
    with speaking(url, door) as client:
        bad_end(door, ended(client, door, door.create(client, prompt, {})), why)


@pytest.mark.parametrize("door", [door for door in DOORS if door.hook], ids=lambda door: door.vendor)
@pytest.mark.parametrize(("prompt", "why"), [("[[fail]] a door", FAIL), ("[[reject]] a door", REJECT)])
def test_the_callback_tells_the_same(url: str, receiver: Receiver, door: Door, prompt: str, why: str) -> None:
    path = f"/{door.vendor}/{why == FAIL}"
    with speaking(url, door) as client:
        task_id = door.create(client, prompt, {door.hook or "": receiver.url + path})
        shown = ended(client, door, task_id)
        bodies = until(
            lambda: [door.told(one.json) for one in list(receiver.received) if one.path == path],
            lambda found: any(not door.pending(body) for body in found),
        )
    told = next(body for body in bodies if not door.pending(body))
    bad_end(door, told, why)
    assert told.items() <= shown.items(), "nothing else than what asking for the task answers"
    assert all(body[door.word] in door.running for body in bodies if body is not told)


@EACH
def test_a_stuck_task_stays_under_way_until_it_is_ended(url: str, door: Door) -> None:
    with speaking(url, door) as client, speaking(url, None) as native:
        task_id = door.create(client, "a red door [[stuck]]", {})
        assert begun(client, door, task_id)[door.word] in door.running
        assert {door.show(client, task_id)[door.word] for _ in range(10)} <= door.running
        if door.end:
            door.end(client, task_id)
        else:
            newest = native.get("/v1/tasks", params={"limit": 1}).raise_for_status().json()["data"][0]
            native.post(f"/v1/tasks/{newest['id']}/cancel").raise_for_status()
        stopped(door, ended(client, door, task_id))


def stopped(door: Door, task: Shape) -> None:
    """How a task that was canceled looks: two vendors have no word for it."""
    if door is WIRO:
        assert (task["status"], task["pexit"], task["outputs"]) == ("task_cancel", "1", [])
        assert task["canceltime"] != "0"
    elif door is WONDERSHARE:
        assert (task["status"], task["result"]) == (5, "")
    elif door is MEDIAIO:
        assert (task["status"], task["result"]) == ("failed", [])
    elif door is RELAY:
        assert (task["status"], task["artifacts"]) == ("CANCELLED", [])
    else:
        assert (task["state"], task["err_code"], task["creations"]) == ("failed", "UserCancelled", [])


def test_slow_keeps_a_task_under_way_behind_every_door_at_once(url: str) -> None:
    clients = {door.vendor: speaking(url, door) for door in DOORS}
    prompt = "a red door [[slow 3]] [[fail]]"
    made = {door.vendor: door.create(clients[door.vendor], prompt, {}) for door in DOORS}
    for door in DOORS:
        assert begun(clients[door.vendor], door, made[door.vendor])[door.word] in door.running, door.vendor
    for door in DOORS:
        bad_end(door, ended(clients[door.vendor], door, made[door.vendor]), FAIL)
        clients[door.vendor].close()


@pytest.mark.parametrize("marker", ["[[fail]]", "[[reject]]"])
def test_edrawmax_answers_its_documented_error_to_a_marker(url: str, marker: str) -> None:
    """Its one call waits for the diagram, and is answered with a code of its own and no diagram."""
    with httpx2.Client(base_url=f"{url}/as/edrawmax/api/ai", timeout=30, trust_env=False) as client:
        body = {"prompt": f"how an order is packed {marker}", "lang": "en", "platform": "web"}
        answer = posted(client, "/skills/generate-flowchart", body)
    assert (answer["code"], answer["data"]) == ({"[[fail]]": 212201, "[[reject]]": 2406}[marker], {})
    assert answer["msg"]
