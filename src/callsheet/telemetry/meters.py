"""Every metric that is counted as things happen: its name, its labels, and what it says."""

from __future__ import annotations

import platform
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()

WAITS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
RUNS = (1, 2.5, 5, 10, 20, 30, 60, 120, 180, 300, 600, 1200, 3600)
LAGS = (0.1, 0.25, 0.5, 1, 2, 4, 6, 8, 10, 15, 30, 60)
CALLS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
ANSWERS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WRITES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
GROUPS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)

TASK = ("capability", "stage", "door")
"""What tasks are told apart by: few values each, whatever anyone asks for."""


class Meters:
    """One process's own numbers, in a registry of their own. No label ever holds an id, an address or a free text.

    `accounts` counts tasks for each account apart: only where there are few.
    """

    def __init__(self, *, accounts: bool = False) -> None:
        self.accounts = accounts
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.build = Info("callsheet_build", "The version that runs, and on which Python.", registry=registry)
        self.build.info({"version": version("callsheet"), "python": platform.python_version()})
        self._tasks(registry)
        self._mishaps(registry)
        self._vendors(registry)
        self._files(registry)
        self._webhooks(registry)
        self._store(registry)
        self._doors(registry)

    def _tasks(self, registry: CollectorRegistry) -> None:
        self.transitions = Counter(
            "callsheet_task_transitions",
            "Tasks that came into a state: `queued` when handed in, then `running`, and one of the three ends.",
            ("state", *TASK, "account"),
            registry=registry,
        )
        self.queue = Histogram(
            "callsheet_task_queue_seconds",
            "From handing a task in until its stage began.",
            ("family",),
            buckets=WAITS,
            registry=registry,
        )
        self.run = Histogram(
            "callsheet_task_run_seconds",
            "From the beginning at its stage until the task's end, files brought in.",
            ("family", "state"),
            buckets=RUNS,
            registry=registry,
        )
        self.lag = Histogram(
            "callsheet_task_detection_seconds",
            "From the last answer that was no end to the one that was: the most by which an end was noticed late.",
            ("family",),
            buckets=LAGS,
            registry=registry,
        )

    def _mishaps(self, registry: CollectorRegistry) -> None:
        self.retries = Counter(
            "callsheet_task_retries",
            "Steps that are tried again, by what went wrong.",
            ("vendor", "phase", "code"),
            registry=registry,
        )
        self.unsure = Counter(
            "callsheet_task_unsure",
            "Requests that may have been accepted and paid for, and whose answer was lost.",
            ("vendor",),
            registry=registry,
        )
        self.parked = Counter(
            "callsheet_task_parked", "Tasks that began to wait for a key that is not set up.", ("vendor",),
            registry=registry,
        )  # fmt: skip
        self.rerouted = Counter(
            "callsheet_task_rerouted", "Tasks that went on to the next stage of their rule.", ("stage",),
            registry=registry,
        )  # fmt: skip

    def _vendors(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "callsheet_vendor_calls",
            "Calls of a driver's verbs by what came of them: a state, or the code of an error. Local renderers too.",
            ("vendor", "verb", "outcome"),
            registry=registry,
        )
        self.call_seconds = Histogram(
            "callsheet_vendor_call_seconds",
            "How long a driver's verb took.",
            ("vendor", "verb"),
            buckets=CALLS,
            registry=registry,
        )

    def _files(self, registry: CollectorRegistry) -> None:
        self.artifact_bytes = Counter(
            "callsheet_artifact_bytes", "Bytes of what tasks made, as stored.", ("capability",), registry=registry
        )
        self.fetches = Counter(
            "callsheet_fetches",
            "Requests for files that callers (`input`) and vendors (`artifact`) named, redirects counted apart.",
            ("what", "outcome"),
            registry=registry,
        )
        self.fetch_bytes = Counter(
            "callsheet_fetch_bytes", "Bytes that came with them.", ("what",), registry=registry
        )  # fmt: skip

    def _webhooks(self, registry: CollectorRegistry) -> None:
        self.webhooks = Counter(
            "callsheet_webhooks",
            "Tries to deliver a webhook: `delivered`, `refused` by its receiver, or `unreachable`.",
            ("outcome",),
            registry=registry,
        )
        self.webhook_seconds = Histogram(
            "callsheet_webhook_seconds", "How long a receiver took.", buckets=CALLS, registry=registry
        )
        self.gave_up = Counter(
            "callsheet_webhooks_given_up", "Webhooks that are not tried any more.", registry=registry
        )  # fmt: skip

    def _store(self, registry: CollectorRegistry) -> None:
        self.write_seconds = Histogram(
            "callsheet_store_write_seconds",
            "From asking for a transaction until it is durable, waiting included.",
            buckets=WRITES,
            registry=registry,
        )
        self.read_seconds = Histogram(
            "callsheet_store_read_seconds", "How long reads took, waiting included.", buckets=WRITES, registry=registry
        )
        self.store_failures = Counter(
            "callsheet_store_failures", "Reads and writes that the database refused.", ("what",), registry=registry
        )
        self.group = Histogram(
            "callsheet_store_group_size",
            "How many writers shared one commit.",
            buckets=GROUPS,
            registry=registry,
        )

    def _doors(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "callsheet_http_requests",
            "Requests by the route they met, `none` where there is none, and the answer's status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.request_seconds = Histogram(
            "callsheet_http_request_seconds",
            "From a request until its answer was sent; streams of events and sockets are not counted.",
            ("route", "method"),
            buckets=ANSWERS,
            registry=registry,
        )
        self.inside = Gauge("callsheet_http_requests_inside", "Requests being answered now.", registry=registry)


def family(model: str) -> str:
    """The model family of a model's id: `vidu/viduq3-pro` for `vidu/viduq3-pro/img2video`."""
    return "/".join(model.split("/")[:2])
