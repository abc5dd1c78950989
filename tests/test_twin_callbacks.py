"""Callbacks as a vendor sends them: on time and signed, or lost, late, twice, forged, in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callsheet.twin import Twin
from callsheet.vendors.vidu.driver_signature import genuine
from twin_fixtures import Vidu
from vendor_fixtures import Receiver, receiving, until

KEY = "one-key"


@pytest.fixture(scope="module")
def running() -> Iterator[Twin]:
    with Twin(seed=1, speed=0) as twin:
        yield twin


@pytest.fixture
def twin(running: Twin) -> Twin:
    running.reset(seed=1)
    return running


@pytest.fixture
def vidu(twin: Twin) -> Iterator[Vidu]:
    client = Vidu(twin, KEY)
    yield client
    client.http.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def states(receiver: Receiver) -> list[str]:
    return [one.json["state"] for one in receiver.received]


def begun(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    vidu.begun(callback_url=f"{receiver.url}/told")


def is_genuine(receiver: Receiver, at: int) -> bool:
    one = receiver.received[at]
    return genuine(KEY, "POST", one.path, one.query, one.headers)


def settled(twin: Twin, count: int) -> None:
    """So many callbacks stand in the log, sent or not."""
    until(lambda: [one for one in twin.log() if one["kind"] == "callback"], lambda found: len(found) >= count)


def test_the_beginning_and_the_end_are_told_once_each_and_signed(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    begun(twin, vidu, receiver)
    twin.advance(2)
    receiver.wait(1)
    twin.advance(60)
    receiver.wait(2)
    twin.advance(600)
    settled(twin, 2)
    assert states(receiver) == ["processing", "success"]
    assert is_genuine(receiver, 0)
    assert is_genuine(receiver, 1)


def test_a_callback_may_be_lost(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="lose", nth=1, each="all")
    begun(twin, vidu, receiver)
    twin.advance(2)
    twin.advance(60)
    receiver.wait(1)
    settled(twin, 2)
    assert states(receiver) == ["success"]
    lost, sent = [one for one in twin.log() if one["kind"] == "callback"]
    assert (lost["sent"], lost["faults"][0]["do"], sent["code"]) == (False, "lose", 200)


def test_a_callback_may_come_three_times(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="repeat", sent=3, apart=10)
    begun(twin, vidu, receiver)
    twin.advance(2)
    receiver.wait(1)
    twin.advance(2)
    assert len(receiver.received) == 1
    twin.advance(8)
    receiver.wait(2)


def test_a_callback_that_is_late_comes_after_a_later_one(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="delay", seconds=100, nth=1, each="all")
    begun(twin, vidu, receiver)
    twin.advance(2)
    twin.advance(60)
    receiver.wait(1)
    twin.advance(60)
    receiver.wait(2)
    assert states(receiver) == ["success", "processing"]


def test_a_forged_callback_lies_and_its_signature_is_wrong(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="forge", instead=True)
    begun(twin, vidu, receiver)
    twin.advance(2)
    receiver.wait(1)
    assert states(receiver) == ["success"], "it only runs"
    assert not is_genuine(receiver, 0)


def test_a_forged_callback_may_come_before_the_genuine_one(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="forge")
    begun(twin, vidu, receiver)
    twin.advance(2)
    receiver.wait(2)
    assert sorted([is_genuine(receiver, 0), is_genuine(receiver, 1)]) == [False, True]


def test_a_callback_may_say_a_word_nobody_knows_or_be_dated_wrong(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    twin.add(do="status", verb="callback", word="rebalancing", nth=1)
    begun(twin, vidu, receiver)
    twin.advance(2)
    receiver.wait(1)
    twin.remove()
    twin.add(do="skew", verb="callback", seconds=-86_400 * 400)
    twin.advance(60)
    receiver.wait(2)
    assert states(receiver) == ["rebalancing", "success"]
    years = [one.headers["date"].split()[3] for one in receiver.received]
    assert int(years[0]) > int(years[1])
    assert is_genuine(receiver, 1)


def test_a_receiver_that_fails_is_told_again(twin: Twin, vidu: Vidu, receiver: Receiver) -> None:
    receiver.status = 500
    begun(twin, vidu, receiver)
    twin.advance(2)
    settled(twin, 1)
    receiver.status = 200
    twin.advance(11)
    settled(twin, 3)
    assert [one["code"] for one in twin.log() if one["kind"] == "callback" and one["state"] == "running"] == [500, 200]
