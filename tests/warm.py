"""Real processes without the seconds of their imports: forked from one that has imported all of callsheet.

A page of the docs runs dozens of commands, servers and renderers. Each stays a process of its own, with its own
arguments, environment, folder, streams, signals and exit code; only what `import` does was done once, before.
`python tests/warm.py SOCKET BIN` is the process that they are forked from.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import marshal
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

PYTHON = sys.executable

Order = tuple[str, list[str], dict[str, str], str, bool]
"""What it is to be, with which arguments and environment, in which folder, and whether it leads a session."""


@contextmanager
def warm() -> Iterator[Path]:
    """A folder for the front of PATH whose `callsheet`, `python` and `python3` need no imports."""
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        bin = Path(folder) / "bin"
        bin.mkdir()
        caller = Path(__file__).with_name("warm_call.py")
        for name in ("callsheet", "python", "python3"):
            words = f'exec "{sys.executable}" -I -S "{caller}" "{folder}/socket" {name} "$@"'
            (bin / name).write_text(f"#!/bin/sh\n{words}\n")
            (bin / name).chmod(0o755)
        source = subprocess.Popen(
            [sys.executable, __file__, f"{folder}/socket", str(bin / "python")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert source.stdout is not None
        try:
            assert source.stdout.readline() == b"ready\n", "the warm process did not come up"
            yield bin
        finally:
            source.terminate()
            source.wait(30)
            source.stdout.close()


class Source:
    """Forks a process for each order, tells the caller its id and its end, and ends what a dead caller left."""

    def __init__(self, path: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.bell, ringer = socket.socketpair()
        for one in (self.bell, ringer):
            one.setblocking(False)
        self.ringer = ringer
        signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.listener, selectors.EVENT_READ)
        self.ready.register(self.bell, selectors.EVENT_READ)
        self.callers: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Go on until SIGTERM; every child ends with it."""
        while True:
            for key, _ in self.ready.select():
                if key.fileobj is self.listener:
                    self._begin(self.listener.accept()[0])
                elif key.fileobj is self.bell:
                    self.bell.recv(4096)
                elif isinstance(key.data, int) and key.data in self.callers:
                    self._forget(key.data)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(key.data, signal.SIGKILL)
            self._reap()

    def _begin(self, caller: socket.socket) -> None:
        order, streams = _read(caller)
        pid = os.fork()
        if pid == 0:
            _become(order, streams, [caller, *self.callers.values(), self.listener, self.bell, self.ringer])
        for stream in streams:
            os.close(stream)
        self.callers[pid] = caller
        self.ready.register(caller, selectors.EVENT_READ, pid)
        with contextlib.suppress(OSError):
            caller.sendall(pid.to_bytes(4, "big", signed=True))

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                caller = self.callers.get(pid)
                if caller is not None:
                    with contextlib.suppress(OSError):
                        caller.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
                    self._forget(pid)

    def _forget(self, pid: int) -> None:
        caller = self.callers.pop(pid)
        self.ready.unregister(caller)
        caller.close()

    def close(self) -> None:
        """End every child that is still there."""
        for pid in self.callers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _read(caller: socket.socket) -> tuple[Order, list[int]]:
    head, streams, _, _ = socket.recv_fds(caller, 4, 3)
    left, parts = int.from_bytes(head, "big"), list[bytes]()
    while left:
        parts.append(caller.recv(left))
        left -= len(parts[-1])
    return marshal.loads(b"".join(parts)), list(streams)


def _become(order: Order, streams: list[int], not_ours: list[socket.socket]) -> NoReturn:
    """In the child: be what was ordered, and never return."""
    name, arguments, environment, folder, leads = order
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for one in not_ours:
        one.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if leads:
        os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), "utf-8")  # noqa: SIM115 -- open to the end
    sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), "utf-8")  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(open(2, "wb", closefd=False), "utf-8", "backslashreplace", line_buffering=True)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    code = _ended(lambda: _run(name, arguments))
    with contextlib.suppress(BaseException):
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run(name: str, arguments: list[str]) -> Any:
    """What the command line says, as the interpreter would."""
    if name == "callsheet":
        sys.argv = [name, *arguments]
        sys.exit(importlib.import_module("callsheet.cli").main())
    first, *rest = arguments
    if first == "-m" and not rest[0].startswith("callsheet"):
        os.execv(PYTHON, [PYTHON, *arguments])  # tools that mind what was imported before them
    if first == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv = rest
        sys.modules.pop(rest[0], None)  # or runpy warns that it was imported before
        return runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    if first == "-c":
        return _execute(rest[0], "<string>", "", ["-c", *rest[1:]])
    if first == "-":
        return _execute(sys.stdin.read(), "<stdin>", "", arguments)
    return _execute(Path(first).read_text(), first, str(Path(first).resolve().parent), arguments)


def _execute(source: str, name: str, beside: str, arguments: list[str]) -> None:
    sys.argv = arguments
    sys.path.insert(0, beside)
    main = types.ModuleType("__main__")
    main.__dict__.update({"__file__": name, "__builtins__": __builtins__})
    sys.modules["__main__"] = main
    exec(compile(source, name, "exec", dont_inherit=True), main.__dict__)


def _ended(run: Any) -> int:
    """The exit code that the interpreter would leave with."""
    try:
        run()
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return (left.code or 0) & 0xFF
        sys.stderr.write(f"{left.code}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _import_all() -> None:
    """Every module of callsheet but those that are only ever run; what cannot be imported fails where it is wanted."""
    package = importlib.import_module("callsheet")
    for module in pkgutil.walk_packages(package.__path__, "callsheet."):
        if not module.name.endswith(".__main__"):
            with contextlib.suppress(Exception):
                importlib.import_module(module.name)


def main() -> None:
    """Import, say so, and fork whatever is asked for."""
    path, python = sys.argv[1:]
    sys.path.remove(str(Path(__file__).parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # no thread may run where a process forks
    sys.executable = python
    _import_all()
    gc.collect()
    gc.freeze()
    source = Source(path)

    def leave(*_: object) -> NoReturn:
        source.close()
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    os.write(1, b"ready\n")
    source.serve()


if __name__ == "__main__":
    main()
