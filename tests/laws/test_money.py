"""Law *money*: holds = settled + released + open, whatever happens, and nothing is settled twice."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from callsheet.engine import advance
from callsheet.engine.advance import Move
from callsheet.engine.till import Till
from callsheet.errors import CallsheetError, NoCredit, TooMany
from callsheet.money import MICRO, Limits, Standing
from callsheet.settings.ledger import LedgerRules, PriceRule
from callsheet.store import Clash, KeyRow, Limited, Lost, Row, Short, Sqlite, Store
from callsheet.tasks import Failure, NewTask
from engine_fixtures import INPUT, MODEL, a_catalog, a_house
from store_fixtures import NOW, a_row, task_id

T = TypeVar("T")

MEMORY = Path("/dev/shm")
"""Thousands of commits, none of which has to outlive the test."""

ACCOUNTS = ("open", "funded")
STAGES = ("studio/swift", "studio/sketch", "loft/calm", "previz/text-to-video")
"""With a price of 3; with one per output; with none; and free."""

RULES = LedgerRules(prices={"studio/sketch": PriceRule(credits=1.5, per="output")}, rates={"loft": 2})  # pyright: ignore[reportCallIssue]
TOLD = st.sampled_from([{}, {"credits": 0}, {"credits": 2}, {"credits": 3.25}, {"credits": 9}])
COUNT = st.integers(1, 4)


class Money(RuleBasedStateMachine):
    """Tasks are handed in, go on to other stages, end in every way, are charged late, given back, and told again."""

    live = Bundle("live")
    ended = Bundle("ended")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.runner = asyncio.Runner()
        self.now = NOW
        self.store = Store(Sqlite(Path(self.folder.name) / "a.db"), lambda: self.now)
        self.catalog = a_catalog(Path(self.folder.name))
        self.till = Till(self.store, self.catalog, RULES, lambda: self.now)
        self.made = 0
        self.paid: Counter[str] = Counter()
        self.cost: dict[str, int | None] = {}
        self.do(self.store.fund("funded", 10 * MICRO, ""))
        self.paid["funded"] = 10 * MICRO
        standing = Standing(Limits(concurrent=3, budget=20 * MICRO))
        self.do(self.store.add_key(KeyRow("key_k", "open", "n", "h", "s", NOW, standing=standing)))

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        self.do(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(
        target=live, account=st.sampled_from(ACCOUNTS), stage=st.sampled_from(STAGES), count=COUNT, keyed=st.booleans()
    )
    def submit(self, account: str, stage: str, count: int, keyed: bool) -> Any:
        """As the engine does it: a price, what it sets aside, one transaction. Refused is as if it had never been."""
        run = self.catalog.model(stage)
        input = run.check({"prompt": "x"} | ({"count": count} if "count" in run.params else {}))
        key = "key_k" if keyed and account == "open" else None
        self.made += 1
        bare = dataclasses.replace(
            a_row(self.made, account=account, model=stage, at=self.now), run_model=stage, run_input=input, key_id=key
        )
        before = self.do(self.store.balance(account))
        row, moves = self.till.opened(bare, self.till.tariff.price(run, input))
        try:
            self.do(self.store.add_task(row, (), None, (), (), moves))
        except (Short, Limited):
            assert self.do(self.store.balance(account)) == before
            assert account == "funded" or key is not None, "only who has an end can be at it"
            return multiple()
        return row.task.id

    @rule(
        target=ended,
        task=consumes(live),
        told=TOLD,
        sent=st.booleans(),
        how=st.sampled_from(["done", "failed", "stopped"]),
    )
    def end(self, task: str, told: dict[str, Any], sent: bool, how: str) -> str:
        """Any end, before it was sent or after, with what its vendor tells."""
        row = self.taken(task, sent)
        usage = {**row.task.usage, **told}
        if how == "done":
            move = advance.succeeded(row, (), usage, self.now)
        elif how == "failed":
            move = advance.failed(row, Failure("rejected", "no"), self.now, told)
        else:
            move = advance.canceled(row, self.now, told)
        kept = self.written(row, move)
        assert kept.held == 0
        self.cost[task] = kept.spent
        self.again(row, move)
        return task

    @rule(task=live, stage=st.sampled_from(STAGES))
    def go_on(self, task: str, stage: str) -> None:
        """To another stage: the hold is made anew, or the task stays as it was where the account has not as much."""
        row = self.taken(task, sent=False)
        run = self.catalog.model(stage)
        move = advance.rerouted(row, run, run.check({"prompt": "x"}), (), row.onward, {"why": "-"}, self.now)
        try:
            kept = self.written(row, move)
        except Short:
            assert self.do(self.store.row(task)).held == row.held
            self.do(self.store.patch(task, row.fence, {"due": self.now}))
            return
        price = self.till.tariff.price(run, run.check({"prompt": "x"})).amount
        assert kept.held == (price or 0)
        self.again(row, move)

    @rule(task=live)
    def crash(self, task: str) -> None:
        """In the middle of the transaction that ends it: nothing of it stands."""
        row = self.taken(task, sent=True)
        move, moves = self.till.reckoned(row, advance.failed(row, Failure("x", "x"), self.now, {"credits": 1}))
        twice = (*moves.entries, *moves.entries[:1])
        if twice:
            broken = dataclasses.replace(moves, entries=twice)
            with pytest.raises((Lost, Clash)):
                self.do(self.store.patch(task, row.fence, move.changes, move.events, moves=broken))
        self.do(self.store.recover((), self.now))
        assert self.do(self.store.row(task)).held == row.held

    @rule(task=ended, told=TOLD)
    def late(self, task: str, told: dict[str, Any]) -> None:
        """It succeeded after all: what it costs beyond what it was charged is charged once, often as it is told."""
        row = self.do(self.store.row(task))
        self.do(self.till.late(row, f"r-{task}", told))
        kept = self.do(self.store.row(task))
        assert self.do(self.till.late(kept, f"r-{task}", told)) is False
        assert kept.spent >= row.spent

    @rule(task=ended)
    def refund(self, task: str) -> None:
        """What it has cost is given back, once."""
        cost = self.do(self.store.row(task)).spent
        for number in range(2):
            try:
                entry = self.do(self.store.refund(task, ""))
            except CallsheetError:
                continue
            assert (number, entry.amount) == (0, cost)

    @rule(account=st.sampled_from(ACCOUNTS[1:]), amount=st.integers(1, 12 * MICRO))
    def fund(self, account: str, amount: int) -> None:
        """Pay in."""
        self.do(self.store.fund(account, amount, ""))
        self.paid[account] += amount

    @rule(seconds=st.integers(1, 40_000))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.now += seconds * 1000

    def taken(self, task: str, sent: bool) -> Row:
        row = self.do(self.store.take(task, ["submit", "poll"], self.now, self.now + 1, early=True))
        assert row is not None
        if sent and row.phase == "submit":
            self.do(self.store.patch(task, row.fence, {"phase": "poll", "remote": "r", "sent_at": self.now}))
            return self.taken(task, sent)
        return row

    def written(self, row: Row, move: Move) -> Row:
        paid, moves = self.till.reckoned(row, move)
        return self.do(self.store.patch(row.task.id, row.fence, paid.changes, paid.events, moves=moves))

    def again(self, row: Row, move: Move) -> None:
        """A replay by one that was thought dead changes nothing."""
        self.do(self.store.take(row.task.id, ["submit"], self.now, self.now, early=True))
        before = self.do(self.store.balances())
        with pytest.raises((Lost, Short)):  # Short where a second hold would not even fit
            self.written(row, move)
        assert self.do(self.store.balances()) == before

    @invariant()
    def every_credit_is_somewhere(self) -> None:
        """The books agree with the entries, and each account with what was paid in; nobody spends what it has not."""
        assert self.do(self.store.audit())[0] == []
        for account in ACCOUNTS:
            balance = self.do(self.store.balance(account))
            assert balance.funds + balance.held + balance.spent == self.paid[account]
            assert min(balance.held, balance.spent) >= 0

    @invariant()
    def nothing_is_settled_twice(self) -> None:
        """One settlement at the end of a task, and at most one after it; a task that ended holds nothing."""
        for number in range(1, self.made + 1):
            entries = self.do(self.store.entries_of_task(None, task_id(number)))
            kinds = Counter((entry.kind, entry.sequence) for entry in entries)
            assert all(count == 1 for count in kinds.values())
            assert sum(kind == "settle" for kind, _ in kinds) <= 2
            holds = sum(e.amount for e in entries if e.target == "held")
            out = sum(e.amount for e in entries if e.source == "held")
            assert holds - out == (0 if task_id(number) in self.cost else self._open(number))

    def _open(self, number: int) -> int:
        try:
            return self.do(self.store.row(task_id(number))).held
        except CallsheetError:
            return 0  # it was refused


Money.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_any_sequence_of_events_leaves_the_books_right = Money.TestCase


@pytest.mark.parametrize(
    ("limits", "funds", "error"),
    [
        (Limits(budget=15 * MICRO, period="day"), 0, NoCredit),
        (Limits(concurrent=5), 0, TooMany),
        (Limits(rate=5), 0, TooMany),
        (Limits(), 15, NoCredit),
    ],
    ids=["budget", "concurrent", "rate", "funds"],
)
def test_of_many_at_once_exactly_those_are_let_in_for_whom_there_is_room(
    tmp_path: Path, limits: Limits, funds: int, error: type[CallsheetError]
) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False, clock=lambda: NOW) as house:
            key, _, _ = await house.keyring.create("k", "local", limits)
            if funds:
                await house.store.fund("local", funds * MICRO, "")
            new = NewTask(MODEL, INPUT, key_id=key.id)
            asked = [house.engine.submit("local", new) for _ in range(40)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            refused = [one for one in answers if isinstance(one, BaseException)]
            assert (len(answers) - len(refused), {type(one) for one in refused}) == (5, {error})
            assert (await house.store.balance("local")).held == 15 * MICRO
            assert (await house.store.audit())[0] == []

    asyncio.run(story())


def test_the_same_idempotency_key_is_charged_and_counted_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            key, _, _ = await house.keyring.create("k", "local", Limits(rate=1, concurrent=1, budget=3 * MICRO))
            new = NewTask(MODEL, INPUT, key_id=key.id, idempotency_key="once")
            answers = await asyncio.gather(*(house.engine.submit("local", new) for _ in range(8)))
            assert len({task.id for task, _ in answers}) == 1
            assert (await house.store.balance("local")).held == 3 * MICRO
            assert (await house.store.standing(key.id)).unfinished == 1

    asyncio.run(story())


def test_every_end_of_a_task_is_reckoned_by_the_till() -> None:
    """An end that is written past the till would keep its hold for ever: who writes past it writes no end."""
    texts = {path.name: path.read_text() for path in Path(advance.__file__).parent.glob("*.py")}
    past = {name: text for name, text in texts.items() if ".patch(" in text and ".reckoned(" not in text}
    moves = {name: set(re.findall(r"\badvance\.(\w+)\(", text)) - {"unmade", "lane"} for name, text in past.items()}
    assert {name: found for name, found in moves.items() if found} == {}
    assert not [name for name, text in past.items() if re.search(r"[\"']state[\"']\s*:", text)]
    assert {"steps.py", "resolve.py"} <= {name for name, text in texts.items() if ".reckoned(" in text}
