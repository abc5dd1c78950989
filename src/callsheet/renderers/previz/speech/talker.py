"""Our side of the synthesiser's process: starts it, asks it line by line, and says clearly what became of it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz.speech.tongues import unspoken

PATIENCE = 120.0
"""Seconds that one line may take to be spoken; a thousand times what it needs."""

INSTALL = "pip install 'callsheet[speech]'"

_WORKER = "callsheet.renderers.previz.speech.worker"


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text in one voice.

    `voices` are espeak-ng's names in order of preference, each with its variant (`cmn+f2`). `rate` is in words per
    minute, 80 to 450; `pitch` runs from 0 to 100, 50 is the voice's own; `range` from 0 (flat)
    over 50 to 100 (lively). `ends` adds the pause that follows a sentence.
    """

    text: str
    voices: tuple[str, ...]
    rate: int = 175
    pitch: int = 50
    range: int = 50
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A line as it was spoken: mono samples at the worker's RATE, whose voice, and (kind, sample, character) events."""

    samples: NDArray[np.int16]
    voice: str
    events: tuple[tuple[int, int, int], ...]


class Talker:
    """`with Talker() as talker: talker.say(line)`. One process, which ends with the block, and with ours in any case.

    Raises RenderError where the extra is not installed, and from `say` when the process crashes or hangs.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._late = False

    def __enter__(self) -> Self:
        if importlib.util.find_spec("espeakng_loader") is None:
            raise RenderError(
                "Speech on previz needs espeak-ng, which is not installed here.", hint=f"Run: {INSTALL}."
            ).because("tool_missing", tool="espeak-ng", command=INSTALL)
        self.process = subprocess.Popen(
            [sys.executable, "-m", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._complaints = _Complaints(self.process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._complaints.close()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()

    def say(self, line: Line) -> Heard:
        """Speak one line. RenderError where it knows none of the voices, crashes, or takes too long."""
        timer = threading.Timer(self._patience, self._give_up)
        timer.start()
        try:
            answer, samples = self._exchange(json.dumps(asdict(line)).encode() + b"\n")
        finally:
            timer.cancel()
        if "error" in answer:
            raise _refused(answer)
        return Heard(np.frombuffer(samples, "<i2"), answer["voice"], tuple(map(tuple, answer["events"])))

    def _exchange(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        asks, answers = self.process.stdin, self.process.stdout
        assert asks is not None
        assert answers is not None
        try:
            asks.write(request)
            asks.flush()
            head = answers.readline()
            if head.endswith(b"\n"):
                answer: dict[str, Any] = json.loads(head)
                samples = answers.read(2 * answer.get("samples", 0))
                if len(samples) == 2 * answer.get("samples", 0):
                    return answer, samples
        except OSError:
            pass  # its end of a pipe is closed: it has stopped, and says below how
        raise self._stopped()

    def _give_up(self) -> None:
        self._late = True
        self.process.kill()

    def _stopped(self) -> RenderError:
        code = self.process.wait()
        if self._late:
            how = f"took more than {self._patience:g} s over one line and was stopped"
        elif code < 0:
            how = f"was stopped by {signal.Signals(-code).name}"
        else:
            how = f"ended with code {code}"
        last = self._complaints.last()
        return RenderError(
            f"The speech process {how}{f': {last}' if last else ''}.",
            hint="The next task starts a new one. If it happens again with this text, try the text in parts.",
        )


class _Complaints:
    """Reads what the process writes to stderr, so that it never waits for us, and keeps the last line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._stream = process.stderr
        self._line = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def last(self) -> str:
        self._thread.join(1)
        return self._line.decode("utf-8", "replace").strip().rstrip(".")[:200]

    def close(self) -> None:
        self._thread.join(1)
        if self._stream:
            self._stream.close()

    def _drain(self) -> None:
        for line in self._stream or ():
            self._line = line if line.strip() else self._line


def _refused(answer: dict[str, Any]) -> RenderError:
    known: list[str] = answer.get("languages", [])
    return unspoken(str(answer["error"]), known) if known else RenderError(str(answer["error"]), param="text")
