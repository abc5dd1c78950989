"""Runs the benchmarks named, or all: each prints one table, whose ratios come from one run on one machine.

`chaos`, which takes long and flags of its own, and `litellm`, which is fetched, only run by their names.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from benchmarks import capabilities, chaos, cold_start, listing, litellm, previz, submit, watching, webhooks

ALL: dict[str, Callable[[], None]] = {
    "previz": previz.main,
    "capabilities": capabilities.main,
    "submit": submit.main,
    "cold-start": cold_start.main,
    "listing": listing.main,
    "webhooks": webhooks.main,
    "watching": watching.main,
}


def main() -> int:
    """The names on the command line, in their order; none means all."""
    if sys.argv[1:2] == ["chaos"]:
        return chaos.main(sys.argv[2:])
    wanted = sys.argv[1:] or list(ALL)
    known = {**ALL, "litellm": litellm.main}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join([*known, 'chaos'])}.")
        return 2
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores\n")
    for name in wanted:
        before = os.getloadavg()[0]
        known[name]()
        print(f"Load of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} after.\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
