"""A renderer's child process: reads scenes from stdin, one JSON line each, and tells on stdout what becomes of them.

It renders one scene at a time and lives as long as its stdin is open: when the parent ends in whatever way, so does it,
at once, leaving no half file.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import cv2

from callsheet.errors import CallsheetError
from callsheet.renderers import disk, lines, render
from callsheet.renderers.scene import Scene

_NICENESS = 5
_REPORT_EVERY = 0.1


def main() -> None:
    """Serve scenes until stdin closes."""
    tell = Teller(_own_stdout())
    cv2.setNumThreads(_threads())
    with suppress(OSError):
        os.nice(_NICENESS)
    out: Path | None = None
    for line in _requests(sys.stdin.buffer):
        scene, out = lines.read_request(line)
        threading.Thread(target=_serve, args=(scene, out, tell), daemon=True).start()
    _leave(out)


@dataclass(slots=True)
class Teller:
    """Writes news to the parent, progress at most ten times a second. A parent that is gone ends this process."""

    stream: BinaryIO
    last: float = 0.0

    def __call__(self, news: lines.News) -> None:
        try:
            self.stream.write(lines.report(news))
            self.stream.flush()
        except OSError:
            os._exit(1)

    def progress(self, share: float) -> None:
        now = time.monotonic()
        if share >= 1 or now - self.last >= _REPORT_EVERY:
            self.last = now
            self(lines.Progress(share))


def _own_stdout() -> BinaryIO:
    """Keep stdout for ourselves: what libraries print goes to stderr, or it would garble the lines."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    return ours


def _threads() -> int:
    """OpenCV's share of the cores: the encoder has threads of its own, and neighbours render too."""
    return max(1, min(4, (os.cpu_count() or 1) // 2))


def _requests(stream: BinaryIO) -> Iterator[bytes]:
    with suppress(OSError):
        yield from iter(stream.readline, b"")


def _serve(scene: Scene, out: Path, tell: Teller) -> None:
    try:
        made = render.render(scene, out, tell.progress)
    except CallsheetError as error:
        tell(lines.failed(error))
    except Exception as error:
        if no_room := disk.full(error, "what was rendered"):
            tell(lines.failed(no_room))
            return
        traceback.print_exc()
        said = f"{type(error).__name__}: {error}"
        told = ("render_broke", {"quoted": said})
        tell(lines.Failed("render_failed", f"The renderer failed: {said}", None, None, False, *told))
    else:
        tell(lines.Done(tuple(made)))


def _leave(out: Path | None) -> None:
    """Go at once: a render in its thread is not waited for, but what it has half written is removed."""
    if out is not None:
        for half in out.glob(".*.part"):
            half.unlink(missing_ok=True)
    os._exit(0)


if __name__ == "__main__":
    main()
