"""Spans by OpenTelemetry, where the environment asks for them: a task's request, steps and calls in one trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from importlib.metadata import version
from typing import Any

from callsheet import context
from callsheet.errors import SetupError
from callsheet.tasks import Task

log = logging.getLogger("callsheet.telemetry")

_SWITCHES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")


class Span:
    """One span that is open; where traces are off, one that forgets what it is told."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner

    def set(self, name: str, value: str | int) -> None:
        """One thing known of it: never an input, an address or a secret."""
        if self._inner is not None:
            self._inner.set_attribute(name, value)

    def rename(self, name: str) -> None:
        """What it is called, where that is known only at its end."""
        if self._inner is not None:
            self._inner.update_name(name)


_NOTHING = nullcontext(Span())


class NoSpans:
    """Traces are off: every span is the same nothing."""

    on = False

    def span(self, name: str, kind: str, known: Mapping[str, str]) -> AbstractContextManager[Span]:
        """Nothing."""
        return _NOTHING

    def around(self, task: Task, step: str) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    async def close(self) -> None:
        """Nothing is open."""


class Spans:
    """Spans of one tracer provider.

    A span's parent is what `context.trace` names, and inside it that names the span: so a task's row carries its trace
    to whatever process runs its steps, and requests and webhooks carry it over the network.
    """

    on = True

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("callsheet", version("callsheet"))
        self._api = import_module("opentelemetry.trace")
        self._carrier = import_module("opentelemetry.trace.propagation.tracecontext").TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: str, known: Mapping[str, str]) -> Generator[Span]:
        """A span around what happens inside; `kind` is `server`, `client` or `internal`. An error is told by class."""
        begun = self._tracer.start_span(
            name,
            context=self._carrier.extract({"traceparent": context.trace.get() or ""}),
            kind=self._api.SpanKind[kind.upper()],
            attributes=dict(known),
        )
        token = context.trace.set(self._written(begun))
        try:
            yield Span(begun)
        except BaseException as error:  # an exception's text may quote what a vendor said: only its class is told
            begun.set_attribute("error.type", type(error).__name__)
            begun.set_status(self._api.StatusCode.ERROR)
            raise
        finally:
            context.trace.reset(token)
            begun.end()

    @contextmanager
    def around(self, task: Task, step: str) -> Generator[None]:
        """A span around one step of a task: `submit`, `poll`, `collect`, `tell` and so on."""
        known = {"callsheet.task_id": task.id, "callsheet.stage": task.stage}
        with self.span(f"task {step}", "internal", known):
            yield

    async def close(self) -> None:
        """Send what is not yet sent."""
        await asyncio.to_thread(self._provider.shutdown)

    def _written(self, span: Any) -> str | None:
        written: dict[str, str] = {}
        self._carrier.inject(written, self._api.set_span_in_context(span))
        return written.get("traceparent")


def opened(environ: Mapping[str, str]) -> Spans | NoSpans:
    """Traces as the standard `OTEL_…` variables ask for them; off without them, or without the extra `otel`.

    SetupError for an exporter or a protocol that is not there.
    """
    asked = [name for name in _SWITCHES if environ.get(name)]
    exporter = environ.get("OTEL_TRACES_EXPORTER") or "otlp"
    if not asked or exporter == "none" or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return NoSpans()
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        batches = import_module("opentelemetry.sdk.trace.export")
        made = _exporter(exporter, environ, batches)
    except ModuleNotFoundError:
        log.warning("traces are asked for, and not made: install callsheet[otel]", extra={"variable": asked[0]})
        return NoSpans()
    named = "OTEL_SERVICE_NAME" in environ or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = import_module("opentelemetry.sdk.resources").Resource.create(
        {"service.version": version("callsheet"), **({} if named else {"service.name": "callsheet"})}
    )
    provider = sdk.TracerProvider(resource=resource)
    provider.add_span_processor(batches.BatchSpanProcessor(made))
    return Spans(provider)


def _exporter(name: str, environ: Mapping[str, str], batches: Any) -> Any:
    if name == "console":
        return batches.ConsoleSpanExporter()
    if name != "otlp":
        raise SetupError(f"There is no exporter {name!r}.", hint="Set OTEL_TRACES_EXPORTER to otlp, console or none.")
    protocols = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocol = next((environ[one] for one in protocols if environ.get(one)), "http/protobuf")
    if protocol != "http/protobuf":
        raise SetupError(
            f"Traces are not sent by {protocol}.", hint="Set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf (port 4318)."
        )
    return import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter()
