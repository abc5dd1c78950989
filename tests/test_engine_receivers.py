"""Receivers that are down, slow, silent, talkative or not to be trusted: what each is sent, and who waits for it."""

import asyncio
import json
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine.receivers import FIRST_REST, FIRST_WINDOW, LONGEST_REST, SILENCES, WINDOW, Receivers
from engine_fixtures import Clock, a_house
from fetch_fixtures import silence
from webhook_receiver import ALLOWED, HANG, OK, SLOW, at_once, receiving, told


def test_a_receiver_that_nobody_answers_at_for_an_hour_is_left_alone_and_hears_all_when_it_is_back(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        clock = Clock()
        with silence() as port:
            async with a_house(tmp_path, at_once(), clock=clock, **ALLOWED) as house:
                url = f"http://127.0.0.1:{port.getsockname()[1]}/hook"
                tasks = [await house.submit(webhook=url) for _ in range(12)]
                for _ in range(60):
                    clock.pass_(60)
                    await house.quiet()
                tries = sum([len(await house.store.deliveries(task.id)) for task in tasks])
                assert SILENCES <= tries < 60, "a dead receiver is asked now and then, not for every message"
                async with receiving(at=port) as receiver:
                    for _ in range(40):
                        clock.pass_(600)
                        await house.quiet()
                    heard = {json.loads(body)["id"] for _, body in receiver.heard}
                    assert heard == {one.id for one in tasks}
                    assert len(receiver.heard) == len(tasks), "each once"

    asyncio.run(story())


def test_a_receiver_that_hangs_holds_up_no_other_and_gets_few_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        patient = {**ALLOWED, "webhooks__timeout": "600"}
        async with receiving(HANG) as stuck, receiving() as good, a_house(tmp_path, at_once(), **patient) as house:
            for _ in range(30):
                await house.submit(webhook=stuck.url)
            fine = [await house.submit(webhook=good.url) for _ in range(30)]
            await house.until(lambda: len(good.heard) == len(fine))
            assert stuck.most <= FIRST_WINDOW

    asyncio.run(story())


def test_a_slow_receiver_has_all_the_time_that_the_setting_gives_it(tmp_path: Path) -> None:
    async def story() -> None:
        allowed = {**ALLOWED, "webhooks__timeout": "30"}
        async with a_house(tmp_path, at_once(), clock=Clock(), **allowed) as house:
            client = house.engine._parts.tells
            assert client.timeout.read is client.timeout.connect is client.timeout.pool is None, "one limit, not two"
            async with receiving(SLOW) as receiver:
                task = await house.submit(webhook=receiver.url)
                await told(house, task, 1)
                assert (await house.engine.get("local", task.id)).told == "delivered"

    asyncio.run(story())


def test_an_answer_without_end_costs_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        huge = b"500 No\r\nContent-Length: 100000000000\r\n\r\n" + b"x" * 1_000_000
        fine = b"200 OK\r\nContent-Length: 100000000000\r\n\r\n" + b"x" * 1_000_000
        async with receiving(huge, fine) as receiver, a_house(tmp_path, at_once(), clock=Clock(), **ALLOWED) as house:
            task = await house.submit(webhook=receiver.url)
            (first,) = await told(house, task, 1)
            assert first["status"] == 500
            assert first["error"] == "x" * 300
            house.pass_(10)
            assert (await told(house, task, 2))[-1]["told"] == "delivered"

    asyncio.run(story())


def test_a_receiver_whose_certificate_nobody_trusts_is_sent_nothing(tmp_path: Path, self_signed: Any) -> None:
    async def story() -> None:
        async with receiving(tls=self_signed) as receiver, a_house(tmp_path, at_once(), **ALLOWED) as house:
            task = await house.submit(webhook=receiver.url)
            (first,) = await told(house, task, 1)
            assert first["status"] is None
            assert "certificate" in first["error"].lower()
            assert first["told"] == "pending"
        assert receiver.heard == []

    asyncio.run(story())


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that no authority signed."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=127.0.0.1"
    subprocess.run([*made.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("advice", ["120", "Sat, 21 Nov 2026 10:02:00 GMT"])
def test_retry_after_is_honoured_as_seconds_and_as_a_time_for_all_of_a_receivers_messages(
    tmp_path: Path, advice: str
) -> None:
    async def story() -> None:
        clock = Clock()
        busy = b"503 Busy\r\nRetry-After: " + advice.encode() + b"\r\n\r\n"
        async with receiving(busy, OK) as receiver, a_house(tmp_path, at_once(), clock=clock, **ALLOWED) as house:
            first = await house.submit(webhook=receiver.url)
            (one,) = await told(house, first, 1)
            assert one["after"] == 120
            second = await house.submit(webhook=receiver.url)
            await house.ended(second)
            house.pass_(100)
            await house.quiet()
            assert len(receiver.heard) == 1, "it asked to be left alone"
            house.pass_(25)
            await told(house, first, 2)
            await told(house, second, 1)

    asyncio.run(story())


def test_a_receiver_is_sent_more_at_once_as_it_answers_and_rests_longer_as_it_does_not() -> None:
    known = Receivers(lambda: 1.0)
    assert known.standing("a", 0) == (0, FIRST_WINDOW, False)
    for _ in range(20):
        known.begins("a")
        known.answered("a")
        known.ends("a")
    assert known.standing("a", 0) == (0, WINDOW, False)
    rests: list[int] = []
    for _ in range(SILENCES + 12):
        known.begins("a")
        known.silent("a", 0)
        known.ends("a")
        rests.append(known.standing("a", 0)[0])
    assert rests[: SILENCES - 1] == [0] * (SILENCES - 1)
    assert rests[SILENCES - 1 : SILENCES + 1] == [FIRST_REST, 2 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    assert known.standing("a", LONGEST_REST) == (0, 1, True), "then one is tried"
    known.begins("a")
    known.answered("a")
    known.ends("a")
    assert known.standing("a", 0) == (0, 2, False)
