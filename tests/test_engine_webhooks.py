"""Webhooks: signed, told through failures and restarts, never redirected, and every try logged in plain words."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callsheet.engine import say
from callsheet.signing import verify
from callsheet.tasks import NewTask, State, Task
from engine_fixtures import DONE, FAILED, INPUT, MODEL, Clock, House, Vendor, a_house


@dataclass
class Receiver:
    """A real receiver on loopback; `answers` are sent in order, the last one again and again. None: no answer."""

    answers: list[bytes | None]
    port: int = 0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        plain = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in head[1:] if line}
        self.heard.append((plain, await reader.readexactly(int(headers["content-length"]))))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            await reader.read()
        else:
            writer.write(b"HTTP/1.1 " + answer)
        writer.close()


OK = b"204 No Content\r\n\r\n"


@asynccontextmanager
async def receiving(*answers: bytes | None) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers or (OK,)))
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", receiver.port)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


def at_once() -> Vendor:
    return Vendor(submit=[DONE])


async def told(house: House, task: Task, count: int) -> list[Any]:
    async def holds() -> bool:
        return sum(one == "webhook" for one in await house.types(task)) >= count

    await house.until(holds)
    return [event for event in await house.engine.timeline("local", task.id) if event.type == "webhook"]


def test_the_end_is_told_once_signed_with_the_accounts_secret(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving() as receiver, a_house(tmp_path, {"studio": at_once()}, fetch__allow="127.0.0.1") as house:
            task = await house.submit(webhook=receiver.url)
            await told(house, task, 1)
            ((headers, body),) = receiver.heard
            (secret,) = await house.keyring.webhook_secrets("local")
            assert verify(secret, headers, body, int(headers["webhook-timestamp"]))
            assert not verify(secret, headers, body + b" ", int(headers["webhook-timestamp"]))
            ended = await house.engine.get("local", task.id)
            said = {"id": task.id, "state": "succeeded", "artifacts": [ended.artifacts[0].id]}
            assert json.loads(body) == said
            assert headers["content-type"] == "application/json"
            row = await house.store.row(task.id)
            assert (row.task.told, row.phase) == ("delivered", "done")

    asyncio.run(story())


def test_a_receiver_that_is_down_for_an_hour_hears_it_when_it_is_back_under_the_same_id(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        down = b"503 Unavailable\r\nContent-Length: 5\r\n\r\nlater"
        async with receiving(down, down, b"429 Too Many\r\nRetry-After: 3600\r\n\r\n", OK) as receiver:
            async with a_house(tmp_path, {"studio": at_once()}, clock=clock, fetch__allow="127.0.0.1") as house:
                task = await house.submit(webhook=receiver.url)
                await told(house, task, 1)
                house.pass_(5)
                await told(house, task, 2)
                house.pass_(20)
                events = await told(house, task, 3)
                assert events[-1].data["after"] == 3600, "the receiver said when"
            async with a_house(tmp_path, {"studio": at_once()}, clock=clock, fetch__allow="127.0.0.1") as house:
                house.pass_(3600)
                events = await told(house, task, 4)
                assert [event.data["status"] for event in events] == [503, 503, 429, 204]
                tries = await house.store.deliveries(task.id)
                assert [one.status for one in tries] == [503, 503, 429, 204]
                assert tries[0].error == "later"
        assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
        assert len({headers["webhook-timestamp"] for headers, _ in receiver.heard}) == 4
        assert "answered 503" in say(events[0])

    asyncio.run(story())


def test_a_redirect_is_not_followed_and_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving() as other:
            moved = b"301 Moved\r\nLocation: " + other.url.encode() + b"\r\n\r\n"
            vendor = {"studio": at_once()}
            async with receiving(moved) as receiver, a_house(tmp_path, vendor, fetch__allow="127.0.0.1") as house:
                task = await house.submit(webhook=receiver.url)
                (event,) = await told(house, task, 1)
                assert event.data["status"] == 301
                assert "not followed" in event.data["error"]
                assert event.data["told"] == "pending"
        assert other.heard == []

    asyncio.run(story())


def test_advice_that_names_no_time_does_not_make_a_good_answer_a_bad_one(tmp_path: Path) -> None:
    async def story() -> None:
        odd = b"204 No Content\r\nRetry-After: 1 Jan 99999999999999999999 00:00:00 GMT\r\n\r\n"
        async with (
            receiving(odd) as receiver,
            a_house(tmp_path, {"studio": at_once()}, fetch__allow="127.0.0.1") as house,
        ):
            task = await house.submit(webhook=receiver.url)
            (event,) = await told(house, task, 1)
            assert (event.data["status"], event.data["told"]) == (204, "delivered")

    asyncio.run(story())


def test_a_slow_receiver_is_cut_off_and_holds_up_nobody(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving(None) as slow, receiving() as good:
            allowed = {"fetch__allow": "127.0.0.1", "webhooks__timeout": "0.5"}
            async with a_house(tmp_path, {"studio": at_once()}, **allowed) as house:
                stuck = [await house.submit(webhook=slow.url) for _ in range(5)]
                task = await house.submit(webhook=good.url)
                await told(house, task, 1)
                for one in stuck:
                    (event,) = await told(house, one, 1)
                    assert event.data["error"] == "no answer within 0.5 s"

    asyncio.run(story())


def test_it_is_given_up_in_the_end_and_at_once_where_the_receiver_is_gone(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        few = {"fetch__allow": "127.0.0.1", "webhooks__attempts": "2"}
        async with receiving(b"500 No\r\n\r\n") as bad, receiving(b"410 Gone\r\n\r\n") as gone:  # noqa: SIM117
            async with a_house(tmp_path, {"studio": at_once()}, clock=clock, **few) as house:
                task, other = await house.submit(webhook=bad.url), await house.submit(webhook=gone.url)
                assert (await told(house, other, 1))[0].data["told"] == "gave_up"
                await told(house, task, 1)
                house.pass_(10)
                events = await told(house, task, 2)
                assert events[-1].data["told"] == "gave_up"
                assert "not tried again" in say(events[-1])
                await house.until(lambda: not house.engine._worker._flights)
                assert not await house.engine.busy()
                assert (await house.store.row(task.id)).task.told == "gave_up"
                assert (await house.engine.get("local", task.id)).state is State.SUCCEEDED

    asyncio.run(story())


def test_every_end_is_told_also_a_cancel_and_a_failure(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving() as receiver:
            async with a_house(tmp_path, {"studio": Vendor(submit=[FAILED])}, fetch__allow="127.0.0.1") as house:
                failed = await house.submit(webhook=receiver.url)
                await told(house, failed, 1)
            async with a_house(tmp_path, {"studio": Vendor()}, fetch__allow="127.0.0.1") as house:
                canceled = await house.submit(webhook=receiver.url, priority=-1)
                await house.engine.cancel("local", canceled.id)
                await told(house, canceled, 1)
        assert [json.loads(body)["state"] for _, body in receiver.heard] == ["failed", "canceled"]

    asyncio.run(story())


def test_all_live_keys_of_an_account_sign_so_that_one_can_be_changed_without_a_gap(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving() as receiver, a_house(tmp_path, {"studio": at_once()}, fetch__allow="127.0.0.1") as house:
            await house.keyring.create("old", "acct_x")
            await house.keyring.create("new", "acct_x")
            await house.engine.submit("acct_x", NewTask(MODEL, INPUT, webhook=receiver.url))
            await house.until(lambda: receiver.heard)
            ((headers, body),) = receiver.heard
            secrets = await house.keyring.webhook_secrets("acct_x")
            assert len(secrets) == 2
            assert all(verify(secret, headers, body, int(headers["webhook-timestamp"])) for secret in secrets)

    asyncio.run(story())
