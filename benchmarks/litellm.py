"""Submits beside LiteLLM's proxy: its `/v1/videos` and our `/v1/tasks`, before the same vendor, taking turns.

LiteLLM comes from the package index into an environment of its own, once. It answers when the vendor has answered
and keeps nothing; callsheet answers when the task is durable, and sends it then. So three figures are ours: answers,
answers with no worker, and how many the vendor has really accepted.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import median, show, spread
from benchmarks.wire import PYTHON, Connection, free_port, server

LITELLM = "litellm[proxy]==1.106.2"
KEY = "sk-benchmark-0123456789abcdef"
CLIENTS, PER_CLIENT, ROUNDS, ALONE = 64, 5, 5, 60
"""`ALONE` is how many requests a single client makes, of each in turn."""

UP_WITHIN = 240.0
"""Seconds for LiteLLM to come up: its imports alone take ten, and a minute on a busy machine."""

PROMPT = "a lighthouse on a cliff at dusk, light rain"
VIDEO = {"model": "clip", "prompt": PROMPT, "seconds": "4", "size": "1280x720"}
TASK = {"model": "runway_relay/gen2/text-to-video", "input": {"prompt": PROMPT}}


def main() -> None:
    """One table."""
    proxy = _fetched()
    print(f"{LITELLM} on {_version(proxy)}, callsheet on Python {platform.python_version()}; one process each\n")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        vendor = free_port()
        stack.enter_context(server([PYTHON, "-m", "benchmarks.vendor", str(vendor)], vendor))
        doors = {
            "LiteLLM, /v1/videos": stack.enter_context(_litellm(proxy, Path(folder), vendor)),
            "callsheet, /v1/tasks": stack.enter_context(_callsheet(Path(folder) / "whole", vendor, worker=True)),
            "callsheet, no worker": stack.enter_context(_callsheet(Path(folder) / "alone", vendor, worker=False)),
        }
        asyncio.run(_measure(doors, vendor))


@dataclass(frozen=True, slots=True)
class _Door:
    """Where a submit is posted; `sends` where the vendor is to have it in the end."""

    port: int
    path: str
    body: bytes
    key: str
    sends: bool = True

    async def client(self) -> Connection:
        """One connection to it."""
        return await Connection(self.port, self.path, self.body, {"Authorization": f"Bearer {self.key}"}).open()


async def _measure(doors: Mapping[str, _Door], vendor: int) -> None:
    waits = await _alone(doors)
    answers: dict[str, list[float]] = {name: [] for name in doors}
    accepted: dict[str, list[float]] = {name: [] for name, door in doors.items() if door.sends}
    for number in range(ROUNDS + 1):  # the first round is not counted
        for name, door in doors.items():
            answered, arrived = await _together(door, vendor)
            if number:
                answers[name].append(answered)
                if arrived is not None:
                    accepted[name].append(arrived)
    first = next(iter(doors))
    rows = [
        [
            name,
            f"{median(waits[name]) * 1000:.1f}",
            *_rates(answers[name], answers[first]),
            *_rates(took, accepted[first]),
        ]
        for name in doors
        for took in [accepted.get(name, [])]
    ]
    title = f"Submits with {CLIENTS} clients, {CLIENTS * PER_CLIENT} in each of {ROUNDS} rounds, before the same vendor"
    heads = ["", "one client: p50, ms", "answers per second", "times", "accepted there per second", "times"]
    show(title, heads, rows)


def _rates(found: Sequence[float], beside: Sequence[float]) -> list[str]:
    """Per second, and how many times those of LiteLLM."""
    return [spread(found, 0, 1), f"{median(found) / median(beside):.1f}"] if found else ["", ""]


async def _alone(doors: Mapping[str, _Door]) -> dict[str, list[float]]:
    clients = {name: await door.client() for name, door in doors.items()}
    waits: dict[str, list[float]] = {name: [] for name in doors}
    for turn in range(ALONE + 10):
        for name, client in clients.items():
            took = await client.ask()
            if turn >= 10:
                waits[name].append(took)
    for client in clients.values():
        await client.close()
    return waits


async def _together(door: _Door, vendor: int) -> tuple[float, float | None]:
    """Answers a second with all clients asking at once, and how many a second arrived at the vendor."""
    clients = [await door.client() for _ in range(CLIENTS)]
    before, wanted = await asyncio.to_thread(_accepted, vendor), CLIENTS * PER_CLIENT

    async def ask(client: Connection) -> None:
        for _ in range(PER_CLIENT):
            await client.ask()

    began = time.perf_counter()
    await asyncio.gather(*(ask(client) for client in clients))
    answered = wanted / (time.perf_counter() - began)
    while door.sends and await asyncio.to_thread(_accepted, vendor) < before + wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    arrived = wanted / (time.perf_counter() - began)
    for client in clients:
        await client.close()
    return answered, arrived if door.sends else None


def _accepted(vendor: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{vendor}/accepted", timeout=30) as answer:
        return json.loads(answer.read())


@contextmanager
def _litellm(python: Path, folder: Path, vendor: int) -> Iterator[_Door]:
    """Its proxy with one model, an OpenAI-compatible one with `api_base`; without a database, as it is by itself."""
    port, config = free_port(), folder / "litellm.json"
    access = {"model": "openai/sora-2", "api_base": f"http://127.0.0.1:{vendor}/v1", "api_key": "fake"}
    config.write_text(json.dumps({"model_list": [{"model_name": "clip", "litellm_params": access}]}))
    environ = {"LITELLM_MASTER_KEY": KEY, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    command = [str(python.with_name("litellm")), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with server([*command, "--num_workers", "1"], port, {**os.environ, **environ}, UP_WITHIN):
        yield _Door(port, "/v1/videos", json.dumps(VIDEO).encode(), KEY)


@contextmanager
def _callsheet(home: Path, vendor: int, *, worker: bool) -> Iterator[_Door]:
    """A server whose only vendor is that one."""
    port = free_port()
    access = {"runway_relay": {"key": "fake", "base_url": f"http://127.0.0.1:{vendor}"}}
    environ = {"CALLSHEET_VENDORS": json.dumps(access), "CALLSHEET_SERVER__WORKER": str(worker).lower()}
    command = [PYTHON, "-m", "callsheet", "serve", "--port", str(port), "--home", str(home)]
    with server(command, port, {**os.environ, **environ}, UP_WITHIN):
        yield _Door(port, "/v1/tasks", json.dumps(TASK).encode(), _token(home / "server.json"), sends=worker)


def _token(place: Path) -> str:
    """What opens the server of a home; it is written as soon as the server answers."""
    until = time.monotonic() + UP_WITHIN
    while not place.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return json.loads(place.read_text())["token"]


def _fetched() -> Path:
    """The Python of an environment that has LiteLLM, made in the user's cache where it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "callsheet" / "benchmarks" / LITELLM.replace("[proxy]==", "-")
    python, whole = place / "bin" / "python", place / "whole"
    if not whole.exists():
        print(f"fetching {LITELLM} into {place} ...", flush=True)
        for command in _installing(place, python):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                why = done.stderr.strip()[-1500:]
                raise SystemExit(
                    f"LiteLLM could not be fetched, so there is nothing to compare with:\n{why}\n"
                    "This one benchmark needs a package index, once; `python -m benchmarks submit` needs none."
                )
        whole.touch()
    return python


def _installing(place: Path, python: Path) -> list[list[str]]:
    uv = shutil.which("uv", path=f".tools/uv/bin{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        return [[PYTHON, "-m", "venv", "--clear", str(place)], [str(python), "-m", "pip", "install", LITELLM]]
    return [
        [uv, "venv", "--quiet", "--clear", "--python", PYTHON, str(place)],
        [uv, "pip", "install", "--python", str(python), LITELLM],
    ]


def _version(python: Path) -> str:
    asked = "import platform, uvicorn; print('Python', platform.python_version(), 'and uvicorn', uvicorn.__version__)"
    return subprocess.run([str(python), "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
