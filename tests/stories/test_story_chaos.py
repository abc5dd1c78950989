"""Six vendors' tasks through a bad day, with kill -9 of random processes: none lost, none paid twice, all told."""

import pytest

from benchmarks.chaos import ENDS, Plan, run
from many_fixtures import fresh


def through(plan: Plan, database: str | None = None) -> None:
    found = run(plan, database)
    assert found.faults == []
    assert sum(found.kills.values()) == plan.kills
    assert sum(found.states[end] for end in ENDS) + found.unsure == plan.tasks
    assert found.states["succeeded"] > plan.tasks / 2
    assert found.artifacts >= found.states["succeeded"]


@pytest.mark.timeout(400)
def test_through_kills_at_random_no_task_is_lost_or_paid_twice_and_every_webhook_arrives() -> None:
    through(Plan(tasks=40, kills=5))


@pytest.mark.timeout(400)
def test_through_kills_of_a_server_and_three_workers_on_postgres_too(postgres: str) -> None:
    through(Plan(tasks=40, kills=5), fresh(postgres))
