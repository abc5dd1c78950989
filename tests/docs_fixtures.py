"""Markdown as tests see it: the blocks of a page, and a place in which they run from top to bottom."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
PORTS = {"8420": "PORT", "8443": "TLS_PORT", "8444": "PROXY_PORT"}
"""The ports that pages speak of, and the settings that give each page's servers free ones."""

FOREIGN = ("CALLSHEET_", "PYTEST_")
"""What of the environment a newcomer would not have."""

TWIN_PORT = "8430"
"""The port of the twin, which is given on its command line."""

NUMBERED = range(20_000, 32_768)
"""Where free ports are looked for: below those that the system gives to whoever asks it for any."""

LIMIT = 240
"""Seconds that a block may take, and a server until it has stopped."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words behind it (`norun`, `server`, `output`), and where it stands."""

    page: Path
    line: int
    language: str
    flags: frozenset[str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(page: Path, text: str | None = None) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = page.read_text() if text is None else text
    found: list[Block] = []
    for match in FENCE.finditer(text):
        language, *flags = match["info"].split() or [""]
        body = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        found.append(Block(page, text.count("\n", 0, match.start()) + 1, language, frozenset(flags), body))
    return found


class Place:
    """An empty folder with a home of its own, in which the blocks of one page run one after the other.

    `front` is where its `callsheet` and `python` lie; those of `warm.warm` are started in no time.
    """

    def __init__(self, folder: Path, front: Path = Path(sys.executable).parent) -> None:
        self.python = str(front / "python")
        self.folder = folder
        self.work = folder / "work"
        self.home = folder / "home"
        self.work.mkdir(parents=True)
        self.kept, self.ports = _free_ports()
        self.port = self.ports["8420"]
        self.twin_port = self.ports.pop(TWIN_PORT)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        path = os.pathsep.join([str(front), str(Path(sys.executable).parent), kept.get("PATH", "")])
        self.env = {**kept, "PATH": path, "HOME": str(folder), "CALLSHEET_HOME": str(self.home), "NO_COLOR": "1"}
        self.env |= {f"CALLSHEET_SERVER__{setting}": self.ports[port] for port, setting in PORTS.items()}
        self.env |= {"COLUMNS": "100"}
        self.output, self.aside = "", ""
        self.servers: list[subprocess.Popen[str]] = []

    def run(self, block: Block) -> None:
        """Run one block; an exit code other than 0, or an output that was promised and did not come, is a failure."""
        text = re.sub(r"(?<=:)(8420|8443|8444)\b", lambda port: self.ports[port[0]], block.text)
        text = re.sub(rf"(?:(?<=:)|(?<=--port )){TWIN_PORT}\b", self.twin_port, text)
        if block.language == "text":
            came = self.output + self.aside
            assert matches(text, came), f"{block}: promised\n{text}\nbut there came\n{came}"
            return
        script = self.work / f".block-{block.line}"
        script.write_text(text)
        command = (
            [self.python, str(script)] if block.language == "python" else ["bash", "-euo", "pipefail", str(script)]
        )
        if "server" in block.flags:
            self._serve(block, command)
            return
        done = subprocess.run(
            command, cwd=self.work, env=self.env, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        self.output, self.aside = done.stdout, done.stderr
        assert done.returncode == 0, f"{block} ended with {done.returncode}\n{text}\n{done.stdout}\n{done.stderr}"

    def _serve(self, block: Block, command: list[str]) -> None:
        """A block that goes on: it has begun when its first line is out."""
        self.stop()
        server = subprocess.Popen(
            command,
            cwd=self.work,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # the shell and what it started are ended together
        )
        self.servers.append(server)
        assert server.stdout is not None
        line = server.stdout.readline()
        assert self.port in line or self.twin_port in line, f"{block}: no server came up: {line}"

    def stop(self) -> None:
        """End the servers of this place: those of blocks, and the one that a command left in the home."""
        for server in self.servers:
            os.killpg(server.pid, signal.SIGTERM)
            server.communicate(timeout=LIMIT)
        self.servers.clear()
        note = self.home / "server.json"
        if note.exists():
            pid = json.loads(note.read_text())["pid"]
            with _gone():
                os.kill(pid, signal.SIGTERM)
                _wait_for_end(pid)


def _free_ports() -> tuple[contextlib.ExitStack, dict[str, str]]:
    """By the port that a page speaks of, one that is free, and stays so until the stack is closed.

    No other place takes it: its namesake of UDP, which no server wants, is held meanwhile.
    """
    with contextlib.ExitStack() as kept:
        ports = {port: str(_free_port(kept)) for port in (*PORTS, TWIN_PORT)}
        return kept.pop_all(), ports


def _free_port(kept: contextlib.ExitStack) -> int:
    while True:
        number = random.choice(NUMBERED)
        held = socket.socket(type=socket.SOCK_DGRAM)
        with contextlib.suppress(OSError), socket.socket() as probe:
            held.bind(("127.0.0.1", number))
            probe.bind(("127.0.0.1", number))
            kept.enter_context(held)
            return number
        held.close()


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        return


def _wait_for_end(pid: int) -> None:
    """A detached process is nobody's child here: it is over when its id is free."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        os.kill(pid, 0)
        time.sleep(0.02)
    raise AssertionError(f"the server {pid} did not stop")


@contextmanager
def place(folder: Path, front: Path = Path(sys.executable).parent) -> Iterator[Place]:
    """A place, and afterwards nothing that still runs in it."""
    made = Place(folder, front)
    try:
        yield made
    finally:
        made.stop()
        made.kept.close()
        shutil.rmtree(made.home, ignore_errors=True)


def matches(promised: str, came: str) -> bool:
    """Whether the promised lines came, in order and next to each other.

    `…` stands for anything within a line, and as a line of its own for one line or several.
    """
    some = r".*(?:\n.*)*?"
    lines = [
        some if line.strip() == "…" else ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        for line in promised.rstrip().splitlines()
    ]
    clean = "\n".join(line.rstrip() for line in came.splitlines())
    return re.search("^" + "\n".join(lines) + "$", clean, re.MULTILINE) is not None


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    text = FENCE.sub("", page.read_text())
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> list[str]:
    """Where a page points to, pictures included."""
    text = FENCE.sub("", page.read_text())
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href|srcset)="([^"]+)"', text)
