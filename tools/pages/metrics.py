"""The metrics page: every metric of `/metrics` with its labels, read from where they are made."""

from __future__ import annotations

from callsheet.telemetry.page import described

INTRODUCTION = """# Metrics

`GET /metrics` answers in Prometheus' text format; [monitoring](../howto/monitoring.md) says who may read it and which
alerts are worth having. What is a gauge of tasks, rows or webhooks is read from the store when it is asked for, so it
is the same in every process and after a restart; all else was counted by the process that answers.
No label holds an id, an address or anyone's words. A counter's samples end in `_total`, a histogram's in `_bucket`,
`_sum` and `_count`. Python's own `process_…` and `python_info` are there too.

| metric | type | labels | says |
|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """One page."""
    rows = "\n".join(
        f"| `{name}` | {kind} | {' '.join(f'`{label}`' for label in labels) or 'none'} | {said} |"
        for name, kind, labels, said in sorted(described())
    )
    return {"docs/reference/metrics.md": f"{INTRODUCTION}{rows}\n"}
