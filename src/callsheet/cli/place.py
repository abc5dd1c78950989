"""Where a command works: the home and server that its flags and the environment name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Place:
    """What was given on the command line, before and after the subcommand alike; later wins."""

    home: Path | None = None
    url: str | None = None
    key: str | None = None
    json: bool = False

    @property
    def remote(self) -> bool:
        """Whether a server elsewhere was named; a --home on the command line outweighs CALLSHEET_URL."""
        return bool(self.url or (os.environ.get("CALLSHEET_URL") and self.home is None))
