"""`/metrics`: what was counted, and what is read from the store at the moment it is asked for."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import Collector

from callsheet.errors import StorageError
from callsheet.store.database import Database, Records, Step
from callsheet.tasks import Clock
from callsheet.telemetry.meters import TASK, Meters

CONTENT_TYPE = CONTENT_TYPE_LATEST

Renders = Callable[[], tuple[int, int, int]]
"""How many renders may run at once, how many run, and how many wait."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was just read. The three lists are empty where the store could not be read."""

    up: bool
    now: int
    unfinished: Records
    phases: Records
    due: int | None
    pending: int
    free: int
    renders: tuple[int, int, int]

    def metrics(self) -> Iterator[Metric]:
        """Everything as gauges."""
        yield _gauge("store_up", "1 while the store can be read.", [((), int(self.up))])
        if self.up:
            yield from self._tasks()
        yield _gauge("disk_free_bytes", "Room on the disk that the home is on.", [((), self.free)])
        slots, running, waiting = self.renders
        yield _gauge("render_slots", "How many renders may run here at once.", [((), slots)])
        yield _gauge("renders", "Renders here.", [(("running",), running), (("waiting",), waiting)], ("state",))

    def _tasks(self) -> Iterator[Metric]:
        names = ("state", *TASK)
        found = [(tuple(one[name] for name in names), one["tasks"]) for one in self.unfinished]
        yield _gauge("tasks_unfinished", "Tasks that have not ended.", found, names)
        phases = {one["phase"]: one for one in self.phases}
        waits = [((phase,), one["tasks"]) for phase, one in phases.items()]
        yield _gauge("rows_waiting", "Rows by what happens with them next.", waits, ("phase",))
        unsure = phases["unsure"]["tasks"] if "unsure" in phases else 0
        yield _gauge("tasks_unsure", "Tasks whose paid request has no known answer.", [((), unsure)])
        parked = sum(one["parked"] for one in self.phases)
        yield _gauge("tasks_parked", "Tasks that wait for a key that is not set up.", [((), parked)])
        yield _gauge("webhooks_pending", "Webhooks that are still to be delivered.", [((), self.pending)])
        late = 0 if self.due is None else max(0, self.now - self.due) / 1000
        yield _gauge("schedule_late_seconds", "How long the most overdue row has waited for a worker.", [((), late)])


class Page:
    """Everything in Prometheus' text format. `folder` is the home."""

    def __init__(self, meters: Meters, database: Database, folder: Path, clock: Clock, renders: Renders) -> None:
        self._meters = meters
        self._database = database
        self._folder = folder
        self._clock = clock
        self._renders = renders

    async def __call__(self) -> bytes:
        """Read what stands, and write it all. A store that cannot be read is told, not raised."""
        standing = await self._standing()
        return await asyncio.to_thread(_written, self._meters.registry, standing)

    async def _standing(self) -> Standing:
        now = self._clock()
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        steps = [Step("count_unfinished"), Step("count_phases"), Step("oldest_due", {"now": now})]
        try:
            unfinished, phases, oldest, pending = await self._database.read_all([*steps, Step("count_pending")])
        except StorageError:
            return Standing(False, now, [], [], None, 0, free, self._renders())
        return Standing(True, now, unfinished, phases, oldest[0]["due"], pending[0]["messages"], free, self._renders())


def described() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Every metric as `(name, type, labels, help)`: for the reference page."""
    counted = [one for one in vars(Meters()).values() if isinstance(one, MetricWrapperBase)]
    stands = Standing(True, 0, [], [], None, 0, 0, (0, 0, 0)).metrics()
    return [(one.name, one.type, _labels(origin), one.documentation) for origin, one in _families(counted, stands)]


def _families(counted: Iterable[Collector], stands: Iterable[Metric]) -> Iterator[tuple[object, Metric]]:
    for one in counted:
        yield from ((one, family) for family in one.collect())
    yield from ((one, one) for one in stands)


def _labels(metric: object) -> tuple[str, ...]:
    return tuple(getattr(metric, "_labelnames", ()))


class _Now(Collector):
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterable[Metric]:
        return self._standing.metrics()


def _written(registry: CollectorRegistry, standing: Standing) -> bytes:
    moment = CollectorRegistry()
    moment.register(_Now(standing))
    return generate_latest(registry) + generate_latest(moment)


def _gauge(
    name: str, said: str, found: Iterable[tuple[tuple[str, ...], float]], labels: tuple[str, ...] = ()
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"callsheet_{name}", said, labels=labels)
    for values, number in found:
        gauge.add_metric(values, number)
    return gauge
