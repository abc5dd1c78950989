"""Webhooks through everything that goes wrong: told in order, once at a time, whatever a receiver or a process does."""

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine.delivery import without_secrets
from callsheet.errors import InvalidInput, NotFound
from callsheet.signing import verify
from callsheet.tasks import KINDS, NewTask, Task, Update
from callsheet.tasks import State as S
from engine_fixtures import DONE, INPUT, MODEL, Clock, House, Vendor, a_house
from webhook_receiver import ALLOWED, HANG, OK, Receiver, at_once, receiving, told

TESTS = Path(__file__).parent


def test_the_beginning_is_told_before_the_end_though_it_takes_several_tries(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(submit=[Update(S.RUNNING, remote="r", again=0.25)], poll=[DONE])
        async with receiving(b"500 No\r\n\r\n", b"500 No\r\n\r\n", OK) as receiver:  # noqa: SIM117
            async with a_house(tmp_path, {"studio": vendor}, clock=clock, **ALLOWED) as house:
                task = await house.submit(webhook=receiver.url, webhook_events=KINDS)
                await told(house, task, 1)
                house.pass_(3)
                await house.ended(task)
                assert [
                    one.kind for one in (await house.engine.webhooks.list("local", task.id, None, 9, None)).messages
                ]
                await house.quiet()
                assert len(receiver.heard) == 1, "the end waits for the beginning"
                house.pass_(10)
                await told(house, task, 2)
                assert len(receiver.heard) == 2
                house.pass_(30)
                tries = await told(house, task, 4)
        states = [json.loads(body)["state"] for _, body in receiver.heard]
        assert states == ["running", "running", "running", "succeeded"], "a beginning is told as it was"
        assert [one["kind"] for one in tries] == ["task.started"] * 3 + ["task.succeeded"]
        assert len(set(receiver.ids)) == 2

    asyncio.run(story())


def test_events_are_chosen_by_the_task_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving() as receiver, a_house(tmp_path, at_once(), **ALLOWED) as house:
            task = await house.submit(webhook=receiver.url, webhook_events=("task.started", "task.failed"))
            await house.ended(task)
            await told(house, task, 1)
            assert (await house.engine.get("local", task.id)).told == "delivered"
            quiet = await house.submit(webhook=receiver.url, webhook_events=("task.failed",))
            ended = await house.ended(quiet)
            assert (ended.webhook_events, ended.told) == (("task.failed",), "")
            for bad in ((), ("task.done",)):
                with pytest.raises(InvalidInput) as refused:
                    await house.submit(webhook=receiver.url, webhook_events=bad)
                assert refused.value.param == "webhook_events"
                assert "task.succeeded" in (refused.value.hint or "")
            with pytest.raises(InvalidInput, match="needs a webhook"):
                await house.submit(webhook_events=("task.failed",))
        assert [json.loads(body)["state"] for _, body in receiver.heard] == ["running"]

    asyncio.run(story())


def test_what_was_given_up_is_told_again_under_its_own_id_when_someone_asks(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving(b"410 Gone\r\n\r\n", OK) as receiver, a_house(tmp_path, at_once(), **ALLOWED) as house:
            task = await house.submit(webhook=receiver.url)
            assert (await told(house, task, 1))[0]["told"] == "gave_up"
            (message,) = (await house.engine.webhooks.list("local", None, "gave_up", 9, None)).messages
            with pytest.raises(NotFound):
                await house.engine.webhooks.redeliver("another", message.id)
            await house.engine.webhooks.redeliver("local", message.id)
            assert (await told(house, task, 2))[-1]["told"] == "delivered"
            after, tries = await house.engine.webhooks.get("local", message.id)
            assert (after.state, after.attempts, [one.status for one in tries]) == ("delivered", 2, [410, 204])
            assert json.loads(tries[-1].body)["id"] == task.id
        assert len(set(receiver.ids)) == 1

    asyncio.run(story())


def test_two_processes_on_one_outbox_tell_each_message_once(tmp_path: Path) -> None:
    """Two tellers over the same rows: the lease decides, whoever looks first."""

    async def story() -> None:
        async with receiving() as receiver, a_house(tmp_path, at_once(), **ALLOWED) as house:
            await house.engine._parts.teller.stop(0)
            tasks = [await house.submit(webhook=receiver.url) for _ in range(40)]
            for task in tasks:
                await house.ended(task)
            twins = [_another(house) for _ in range(2)]
            for one in twins:
                await one.start()
            for task in tasks:
                await told(house, task, 1)
            for one in twins:
                await one.stop(1)
            assert len(receiver.ids) == len(set(receiver.ids)) == 40

    asyncio.run(story())


def _another(house: House) -> Any:
    first = house.engine._parts.teller
    parts = {"store": house.store, "courier": first._courier, "news": first._news}
    return type(first)(**parts, clock=house.clock, rules=first._rules, chance=lambda: 0.5)


def test_killed_between_the_event_and_its_delivery_it_is_told_after_the_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving(HANG, OK) as receiver:
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(TESTS / "webhook_process.py"), str(tmp_path), receiver.url, cwd=TESTS
            )
            async with asyncio.timeout(120):
                while not receiver.heard and process.returncode is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            async with a_house(tmp_path, at_once(), **ALLOWED) as house:
                await house.until(lambda: len(receiver.heard) == 2)
                task = await house.engine.get("local", json.loads(receiver.heard[1][1])["id"])
                assert (await told(house, task, 1))[0]["told"] == "delivered"
                secrets = await house.keyring.webhook_secrets("local")
        (one, _), (other, body) = receiver.heard
        assert one["webhook-id"] == other["webhook-id"], "a receiver can see that it is the same"
        assert verify(secrets[0], other, body, int(other["webhook-timestamp"]))

    asyncio.run(story())


def test_a_stop_gives_back_what_is_on_its_way_and_the_next_start_tells_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiving(HANG, OK) as receiver:
            async with a_house(tmp_path, at_once(), **ALLOWED) as house:
                task = await house.submit(webhook=receiver.url)
                await house.until(lambda: receiver.heard)
            async with a_house(tmp_path, at_once(), **ALLOWED) as house:
                assert (await told(house, task, 1))[0]["attempt"] == 1, "a try that we broke off is none"

    asyncio.run(story())


def test_while_the_homes_secret_is_changed_both_sign(tmp_path: Path) -> None:
    async def story() -> None:
        new, old = ("whsec_" + letter * 32 for letter in "AB")
        both = {**ALLOWED, "webhooks__secret": new, "webhooks__former_secret": old}
        async with receiving() as receiver, a_house(tmp_path, at_once(), **both) as house:
            task = await house.submit(webhook=receiver.url)
            await told(house, task, 1)
            ((headers, body),) = receiver.heard
            assert all(verify(one, headers, body, int(headers["webhook-timestamp"])) for one in (new, old))

    asyncio.run(story())


def test_messages_are_kept_for_as_long_as_the_setting_says(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        kept = {**ALLOWED, "webhooks__retention": "2"}
        async with receiving() as receiver:
            async with a_house(tmp_path, at_once(), clock=clock, **kept) as house:
                task = await house.submit(webhook=receiver.url)
                await told(house, task, 1)
            clock.pass_(2 * 86_400 + 1)
            async with a_house(tmp_path, at_once(), clock=clock, **kept) as house:
                await house.until(lambda: _none_left(house, task))
                assert (await house.engine.get("local", task.id)).told == "delivered"

    asyncio.run(story())


async def _none_left(house: House, task: Task) -> bool:
    return not (await house.engine.webhooks.list("local", task.id, None, 9, None)).messages


def test_a_fault_of_ours_is_a_try_like_any_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(receiver: Receiver) -> None:
        async with a_house(tmp_path, at_once(), clock=Clock(), **ALLOWED) as house:
            courier = house.engine._parts.teller._courier
            body, courier._body = courier._body, lambda task: 1 / 0  # type: ignore[assignment]
            task, _ = await house.engine.submit("local", NewTask(MODEL, INPUT, webhook=receiver.url))
            assert "callsheet itself" in (await told(house, task, 1))[0]["error"]
            courier._body = body
            house.pass_(10)
            assert (await told(house, task, 2))[-1]["told"] == "delivered"

    async def run() -> None:
        async with receiving() as receiver:
            await story(receiver)

    asyncio.run(run())


def test_what_is_kept_of_a_message_opens_nothing() -> None:
    body = {
        "url": "http://h/v1/files/file_1/content?expires=9&signature=s3cr3t",
        "socketaccesstoken": "t0k3n",
        "deep": [{"client_secret": "css_x", "prompt": "a signature dish"}],
    }
    kept = without_secrets(json.dumps(body).encode())
    assert not any(secret in kept for secret in ("s3cr3t", "t0k3n", "css_x"))
    assert json.loads(kept)["deep"][0]["prompt"] == "a signature dish"
    assert "expires=9" in kept
    assert len(without_secrets(b"x" * 100_000)) < 20_000


def test_looking_for_what_opens_something_takes_no_longer_for_a_prompt_that_is_full_of_such_words() -> None:
    body = json.dumps({"prompt": "token" * 100_000, "access_token": "t0k3n"}).encode()
    began = time.process_time()
    assert "t0k3n" not in without_secrets(body[-1000:])
    without_secrets(body)
    assert time.process_time() - began < 2, "it is milliseconds; looked at naively it is minutes"
