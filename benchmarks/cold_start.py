"""How long the command line takes to come up, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.table import interleaved, median, show, spread

ROUNDS = 21
CALLSHEET = str(Path(sys.executable).with_name("callsheet"))
COMMANDS: dict[str, Sequence[str]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "callsheet --help": (CALLSHEET, "--help"),
    "callsheet models": (CALLSHEET, "models"),
}


def main() -> None:
    """One table; no server runs and the home is empty."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"CALLSHEET_HOME": home, "PATH": "/usr/bin:/bin"}

        def starter(command: Sequence[str]) -> Callable[[], object]:
            return lambda: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

        taken = interleaved({name: starter(command) for name, command in COMMANDS.items()}, ROUNDS)
    bare = median(taken["python -c pass"])
    rows = [[name, spread(values), f"{median(values) / bare:.1f}"] for name, values in taken.items()]
    show(f"Cold start: median of {ROUNDS} rounds", ["command", "ms (min to max)", "times a bare Python"], rows)
