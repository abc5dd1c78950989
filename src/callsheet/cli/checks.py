"""What `callsheet doctor` looks at: each check tries the real thing and says what it found."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import httpx2
import numpy as np

from callsheet.app.health import clock_fault, disk_fault, files_fault, migrations_fault
from callsheet.app.house import DATABASE, blobs_of, now
from callsheet.catalog import LOCAL, Vendor, load
from callsheet.cli.checks_database import database, forsaken
from callsheet.cli.home_server import find
from callsheet.contract import Driver
from callsheet.errors import CallsheetError, SetupError
from callsheet.renderers.encode import ClipWriter, samples
from callsheet.renderers.media import probe
from callsheet.renderers.previz.lettering import coverage
from callsheet.settings import Settings
from callsheet.store.database import queries
from callsheet.store.lock import owner
from callsheet.store.opening import examine, is_damage

OK, NOTE, WRONG = "ok", "note", "wrong"

_LITTLE_SPACE = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: `ok`, a `note` worth knowing, or `wrong` with the way out in `hint`."""

    name: str
    level: str
    said: str
    hint: str | None = None


def examine_all(settings: Settings) -> Iterator[Found]:
    """Every check, in order. One that breaks is a finding, not the end."""
    checks: tuple[tuple[str, Callable[[Settings], Found]], ...] = (
        ("home", _home),
        ("store", _store),
        ("tasks", _unsure),
        ("disk", _disk),
        ("files", _files),
        ("clock", _clock),
        ("server", _server),
        ("video", _video),
        ("fonts", _fonts),
        ("port", _port),
    )
    for name, check in checks:
        try:
            yield check(settings)
        except (CallsheetError, OSError, ValueError) as error:
            yield Found(name, WRONG, str(error))
    yield from (_vendor(vendor, settings) for vendor in load().vendors)


def _home(settings: Settings) -> Found:
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        hint = "Give yourself the right to write there, or choose another folder with --home or CALLSHEET_HOME."
        return Found("home", WRONG, f"{home} cannot be written: {error.strerror}", hint)
    path = home / DATABASE
    if path.exists() and path.stat().st_mode & 0o044 and home.stat().st_mode & 0o011:
        hint = f"Keep it to yourself: chmod -R go-rwx {home}"
        return Found("home", NOTE, f"{home} is open to others on this machine, prompts and all", hint)
    running = find(home)
    if running:
        return Found("home", OK, f"{home}, served at {running.url} by process {running.pid}")
    holder = owner(home)
    if holder is not None:
        hint = f"It is starting or stopping; if it stays so, end it: kill {holder}"
        return Found("home", NOTE, f"{home}, owned by process {holder}, which does not answer", hint)
    return Found("home", OK, f"{home}, no server runs")


def _store(settings: Settings) -> Found:
    if settings.database is not None:
        said, hint = database(settings)
        return Found("store", NOTE if hint else OK, said, hint)
    path = settings.home / DATABASE
    if not path.exists():
        return Found("store", OK, "none yet: it is made with the first task")
    try:
        with _reading(path) as connection:
            problems = examine(connection)
            schema = connection.execute(queries()["schema_number"]).fetchone()
        behind = migrations_fault(schema["number"])
    except sqlite3.Error as error:
        if not is_damage(error):
            hint = "Give yourself the right to read and write it and what lies beside it, or choose another --home."
            return Found("store", WRONG, f"{path} cannot be read: {error}", hint)
        problems, behind = [str(error)], None
    if problems:
        hint = f"Keep a copy of {path} and {path.name}-wal, then move both away, or choose another --home."
        return Found("store", WRONG, f"{path} is damaged: {'; '.join(problems[:3])}", hint)
    if behind:
        return Found("store", NOTE, f"{path} is sound, its schema {behind}", "The next start brings it up to date.")
    return Found("store", OK, f"{path} is sound ({path.stat().st_size / 1e6:.1f} MB)")


def _unsure(settings: Settings) -> Found:
    """Tasks that wait for the operator's word, or for a worker that nobody started."""
    if settings.database is not None:
        return _forsaken(settings)
    path = settings.home / DATABASE
    if not path.exists():
        return Found("tasks", OK, "none yet")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM task WHERE phase = 'unsure'").fetchone()
    except sqlite3.Error as error:
        return Found("tasks", NOTE, f"cannot be counted: {error}")
    if not count:
        return Found("tasks", OK, "none is unsure")
    hint = "`callsheet tasks list --unsure`, then `callsheet tasks resolve TASK --remote ID` or `--lost`."
    return Found("tasks", NOTE, f"{count} sent to a vendor, and nobody knows whether they arrived", hint)


def _forsaken(settings: Settings) -> Found:
    waiting = forsaken(settings)
    if not waiting:
        return Found("tasks", OK, "none waits for a render that no worker makes")
    said = ", ".join(f"{name} ({count})" for name, count in sorted(waiting.items()))
    hint = f"Start one: `callsheet work --capabilities {','.join(sorted(waiting))}`; without the flag it makes all."
    return Found("tasks", NOTE, f"no worker that is alive declares what these wait for: {said}", hint)


@contextlib.contextmanager
def _reading(path: Path) -> Generator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = _record
    try:
        yield connection
    finally:
        connection.close()


def _record(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> dict[str, object]:
    return dict(zip((column[0] for column in cursor.description), values, strict=True))


def _disk(settings: Settings) -> Found:
    folder = settings.home if settings.home.exists() else Path(settings.home.anchor)
    fault = disk_fault(folder)
    if fault:
        return Found("disk", WRONG, fault, "Make room, or choose a --home on another disk: nothing more can be kept.")
    free = shutil.disk_usage(folder).free
    return Found("disk", OK if free > _LITTLE_SPACE else NOTE, f"{free / 1e9:.1f} GB free")


def _files(settings: Settings) -> Found:
    """The place of the files is asked, as a server does."""
    where = settings.files.store or str(settings.home / "files")
    fault = asyncio.run(files_fault(blobs_of(settings).reached, settings.home))
    if fault:
        return Found("files", WRONG, f"{where}: {fault}", "Give yourself the right to write there.")
    return Found("files", OK, f"{where} answers")


def _clock(settings: Settings) -> Found:
    """Against the newest task: a clock that was set back would make everything look as if it were not yet due."""
    path, newest = settings.home / DATABASE, 0
    if path.exists():
        with contextlib.suppress(sqlite3.Error), _reading(path) as connection:  # `store` has said what is wrong there
            newest = connection.execute(queries()["newest_task"]).fetchone()["latest"]
    fault = clock_fault(now(), newest)
    if fault:
        return Found("clock", WRONG, f"it {fault}", "Set it right (NTP): due times, signatures and links go by it.")
    return Found("clock", OK, "it shows a time that can be")


def _server(settings: Settings) -> Found:
    """What the running server says of itself: the same as `/readyz`."""
    running = find(settings.home)
    if running is None:
        return Found("server", OK, "none runs: commands start one as they need it")
    try:
        checks = httpx2.get(f"{running.url}/readyz", timeout=10, trust_env=False).json()["checks"]
    except (httpx2.HTTPError, ValueError, KeyError) as error:
        return Found("server", WRONG, f"{running.url} does not answer: {error}", "Its log on standard error says more.")
    wrong = [f"{name} {said}" for name, said in checks.items() if said != "ok"]
    if wrong:
        return Found("server", WRONG, f"not ready: {', '.join(wrong)}", "Its log on standard error says more.")
    return Found("server", OK, f"ready: {', '.join(checks)}")


def _video(settings: Settings) -> Found:
    """Write a clip of four frames with sound, and measure what came out."""
    rate, count = Fraction(24), 4
    with tempfile.TemporaryDirectory(prefix="callsheet-doctor-") as folder:
        path = Path(folder) / "clip.mp4"
        sound = np.zeros((samples(count, rate), 2), np.float32)
        with ClipWriter(path, 64, 48, rate, count, sound) as clip:
            for shade in range(count):
                clip.write(np.full((48, 64, 3), shade * 60, np.uint8))
        facts = probe(path)
    measured = (facts.width, facts.height, facts.frames, facts.has_audio)
    if measured != (64, 48, count, True):
        return Found("video", WRONG, f"a clip of 64x48 with {count} frames and sound came out as {measured}", _INSTALL)
    return Found("video", OK, "H.264 and AAC are written and read back exactly")


def _fonts(settings: Settings) -> Found:
    """Two Chinese signs must be drawn, and differently: a missing font draws the same box for both."""
    drawn = [coverage(sign, 32)[0] for sign in "镜头"]
    if not all(mask.any() for mask in drawn) or np.array_equal(drawn[0], drawn[1]):
        return Found("fonts", WRONG, "Chinese text is not drawn", _INSTALL)
    return Found("fonts", OK, "Chinese and Latin text is drawn with the fonts of the installation")


def _port(settings: Settings) -> Found:
    host, port = settings.server.host, settings.server.port
    running = find(settings.home)
    if port == 0 or (running and running.url.endswith(f":{port}")):
        return Found("port", OK, f"{port} is this home's own" if port else "any free one")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe_socket:
        probe_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe_socket.bind((host, port))
        except OSError as error:
            hint = "`callsheet serve --port 0` takes a free one; commands that start a server by themselves do so."
            return Found("port", NOTE, f"{host}:{port} cannot be had: {error.strerror}", hint)
    return Found("port", OK, f"{host}:{port} is free")


def _vendor(vendor: Vendor, settings: Settings) -> Found:
    access = settings.vendors.get(vendor.id)
    if vendor.id in LOCAL:
        return Found(f"vendor {vendor.id}", OK, "live: it renders here and needs no key")
    if access is None or access.key is None:
        variable = f"CALLSHEET_VENDORS__{vendor.id.upper()}__KEY"
        return Found(
            f"vendor {vendor.id}", NOTE, "no key: its models run on previz where previz can", f"Set {variable}."
        )
    if find_spec(f"callsheet.vendors.{vendor.id}.driver") is None:
        return Found(f"vendor {vendor.id}", NOTE, "a key is set, but this version has no driver for it: previz runs")
    try:
        driver: Driver | None = import_module(f"callsheet.vendors.{vendor.id}.driver").driver(settings)
    except SetupError as error:
        return Found(f"vendor {vendor.id}", WRONG, error.message, error.hint)
    if driver is None:
        return Found(f"vendor {vendor.id}", NOTE, "a key is set, and its driver wants more: see its how-to page")
    asyncio.run(driver.close())
    return Found(f"vendor {vendor.id}", OK, "live: a key is set")


_INSTALL = "Install callsheet again in a fresh environment: make clean setup"
