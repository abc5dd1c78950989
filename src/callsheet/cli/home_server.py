"""The server of a home: the one that runs, or a detached one started here that leaves when it is idle."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from callsheet.cli.printing import say
from callsheet.errors import SetupError
from callsheet.store.lock import CHALLENGE, PROOF, owner, proof

IDLE_EXIT = 10.0
"""Seconds without a request or an unfinished task after which a server that a command started leaves again."""

PATIENCE = 60.0
"""Seconds until a server must have come up; a slow disk and a loaded machine count."""

ANSWERS_WITHIN = 5.0
"""Seconds in which a server that runs must show that it does; `obtain` asks again and again."""

started: list[subprocess.Popen[bytes]] = []
"""The servers this process started. They outlive it by intention, so nobody waits for them."""

_LOOK_EVERY = 0.05
_STARTS = 2
_LOG_LIMIT = 5_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: its address, its process, and the key for commands on this machine.

    `temporary` is one that a command started; it leaves by itself when idle.
    """

    url: str
    pid: int
    token: str
    temporary: bool = False


def find(home: Path) -> Running | None:
    """The server that runs on this home; None when server.json is missing, or what it names is gone or silent.

    It outlives a server that was killed, and its port may be another program's by now: that one is not sent the token.
    """
    try:
        said = json.loads((home / "server.json").read_text())
        running = Running(said["url"], int(said["pid"]), said["token"], bool(said.get("temporary")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not _lives(running.pid):
        return None
    if not said.get("proves"):  # written by an older version: it is that server's where that process owns the home
        return running if owner(home) == running.pid and _answers(running) is not None else None
    challenge = secrets.token_hex(16)
    shown = _answers(running, challenge)
    return running if shown and hmac.compare_digest(shown.encode(), proof(running.token, challenge).encode()) else None


def obtain(home: Path) -> Running:
    """The server that runs on this home, or a new one. Commands that come at once share one: the home's lock decides.

    While another process owns the home it is coming up or just leaving, so it is waited for. A server that ended at
    once may have met one that was leaving: it is started a second time before that counts as a failure.
    """
    child: subprocess.Popen[bytes] | None = None
    starts = 0
    end = time.monotonic() + PATIENCE
    _make(home)
    while (running := find(home)) is None:
        left = child.poll() if child else None
        if time.monotonic() > end or (starts == _STARTS and left is not None and owner(home) is None):
            raise _no_start(home, left)
        if (child is None or left is not None) and owner(home) is None:
            say(f"Starting a server for {home}; it leaves by itself when idle.")
            child = _start(home)
            starts += 1
        time.sleep(_LOOK_EVERY)
    return running


def _make(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The home {home} cannot be used: {error.strerror}.",
            hint="Choose another folder with --home or CALLSHEET_HOME.",
        ) from error


def _start(home: Path) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C here does not reach it."""
    command = [sys.executable, "-m", "callsheet", "serve", "--port", "0", "--no-tls", "--idle-exit", str(IDLE_EXIT)]
    try:
        with _log(home).open("ab") as log:
            child = subprocess.Popen(
                [*command, "--home", str(home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            started.append(child)
            return child
    except OSError as error:
        raise SetupError(
            f"No server can be started on {home}: {error.strerror}.", hint="Try `callsheet doctor`."
        ) from error


def _log(home: Path) -> Path:
    """The log, begun anew when it has grown large; the one before is kept."""
    log = home / "server.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(home / "server.log.1")
    return log


def _no_start(home: Path, left: int | None) -> SetupError:
    log = home / "server.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    what = f"ended at once (exit code {left})" if left is not None else f"did not come up within {PATIENCE:.0f} s"
    said = "\n  ".join(["", *lines[-5:]])
    return SetupError(
        f"The server for {home} {what}:{said}", hint=f"The whole log is {log}; `callsheet doctor` looks deeper."
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(running: Running, challenge: str = "") -> str | None:
    """The proof that is answered there to a challenge; None where nothing answers. It tells an idle server to stay."""
    place = urlsplit(running.url)
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", "/healthz", headers={CHALLENGE: challenge} if challenge else {})
        answer = connection.getresponse()
        return answer.getheader(PROOF, "") if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
