"""Around the database: how long it takes, and, from what was written, what became of tasks and webhooks."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from prometheus_client import Histogram

from callsheet.errors import StorageError
from callsheet.store.database import Database, Params, Records, Step
from callsheet.telemetry.meters import Meters, family

A = TypeVar("A")

ENDS = ("succeeded", "failed", "canceled")
_STATES = {"started": "running", **{end: end for end in ENDS}}
_HEARD = frozenset({*_STATES, "retrying", "unsure", "parked", "rerouted", "collected", "webhook"})
"""Types of events that are counted."""


class ObservedDatabase:
    """`store.Database` around another one.

    Whatever changes a task passes here as a transaction's steps, whoever asked for it: only what was really committed
    is counted, and the engine knows nothing of it.
    """

    def __init__(self, inner: Database, meters: Meters) -> None:
        self._inner = inner
        self._meters = meters

    async def write(self, steps: Sequence[Step]) -> list[Records]:
        """All steps in one transaction, durable on return."""
        answers = await self._timed(self._inner.write(steps), "write", self._meters.write_seconds)
        self._tell(steps, answers)
        return answers

    async def read(self, query: str, params: Params) -> Records:
        """One statement."""
        return await self._timed(self._inner.read(query, params), "read", self._meters.read_seconds)

    async def read_all(self, steps: Sequence[Step]) -> list[Records]:
        """Several statements that see the same moment."""
        return await self._timed(self._inner.read_all(steps), "read", self._meters.read_seconds)

    async def close(self) -> None:
        """Finish what was accepted and let go."""
        await self._inner.close()

    async def _timed(self, asked: Awaitable[A], what: str, seconds: Histogram) -> A:
        began = time.perf_counter()
        try:
            return await asked
        except StorageError:
            self._meters.store_failures.labels(what).inc()
            raise
        finally:
            seconds.observe(time.perf_counter() - began)

    def _tell(self, steps: Sequence[Step], answers: Iterable[Records]) -> None:
        rows: dict[str, Mapping[str, Any]] = {}
        for step, records in zip(steps, answers, strict=True):
            if step.query == "add_task":
                rows[step.params["id"]] = step.params
                self._entered("queued", step.params)
            for record in records:
                if "run_model" in record:
                    rows[record["id"]] = record
        for step in steps:
            if step.query == "add_delivery":
                self._tried(step.params)
            elif step.query == "add_event" and step.params["type"] in _HEARD:
                self._happened(step.params["type"], json.loads(step.params["data"]), rows.get(step.params["task_id"]))

    def _happened(self, kind: str, data: Mapping[str, Any], row: Mapping[str, Any] | None) -> None:
        if kind == "webhook":
            self._meters.gave_up.inc(data["told"] == "gave_up")
        elif row is not None:
            self._went(kind, data, row)

    def _went(self, kind: str, data: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        meters, vendor = self._meters, row["run_model"].partition("/")[0]
        match kind:
            case "retrying":
                meters.retries.labels(vendor, data["phase"], data["code"]).inc()
            case "unsure":
                meters.unsure.labels(vendor).inc()
            case "parked":
                meters.parked.labels(vendor).inc()
            case "rerouted":
                meters.rerouted.labels(row["stage"]).inc()
            case "collected":
                meters.artifact_bytes.labels(row["capability"]).inc(sum(file["bytes"] for file in data["files"]))
            case _:
                self._moved(_STATES[kind], data, row)

    def _moved(self, state: str, data: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        self._entered(state, row)
        named, started = family(row["run_model"]), row["started_at"]
        if state == "running" and started is not None:
            self._meters.queue.labels(named).observe((started - row["created_at"]) / 1000)
        if state in ENDS and started is not None and row["ended_at"] is not None:
            self._meters.run.labels(named, state).observe((row["ended_at"] - started) / 1000)
        if state == "failed" and data.get("code") == "unsure":
            self._meters.unsure.labels(row["run_model"].partition("/")[0]).inc()

    def _entered(self, state: str, row: Mapping[str, Any]) -> None:
        account = row["account"] if self._meters.accounts else ""
        self._meters.transitions.labels(state, row["capability"], row["stage"], row["door"], account).inc()

    def _tried(self, delivery: Mapping[str, Any]) -> None:
        status = delivery["status"]
        outcome = "unreachable" if status is None else "delivered" if 200 <= status < 300 else "refused"
        self._meters.webhooks.labels(outcome).inc()
        self._meters.webhook_seconds.observe(delivery["took"] / 1000)
