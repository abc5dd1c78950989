"""The synthesiser's own process: lines to speak come in as JSON, each is answered with its sound and its words' times.

espeak-ng is loaded here and nowhere else: it is GPL-3, keeps its state in globals, and is C that may crash. A request
is one line of JSON, `{text, voices, rate, pitch, range, ends}`. The answer is one line of JSON and then its samples:
`{samples, voice, events: [[kind, sample, position], ...]}`, mono of 16 bits at RATE; kind 1 is a word, 2 a sentence;
positions count characters of the text from 0. `{error, languages}` where it knows none of the voices. The process ends
with its stdin.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import queue
import sys
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from callsheet.renderers.previz.speech.tongues import nobody

RATE = 22_050
"""Samples per second of what it speaks."""

WORD, SENTENCE = 1, 2

_RETRIEVAL, _DONT_EXIT = 1, 0x8000
_UTF8, _END_PAUSE = 1, 0x1000
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_FULL = 100
_SEED = 1  # of the noise in consonants: left alone it is the time of day, and no line would sound the same again


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Synthesiser:
    """The library, once per process."""

    def __init__(self) -> None:
        loader: Any = importlib.import_module("espeakng_loader")
        self._library: Any = ctypes.CDLL(loader.get_library_path())
        if self._library.espeak_Initialize(_RETRIEVAL, 0, loader.get_data_path().encode(), _DONT_EXIT) != RATE:
            raise OSError("espeak-ng could not be started: its voices are missing or of another version.")
        self._samples = bytearray()
        self._events: list[tuple[int, int, int]] = []
        self._heard = _Callback(self._hear)
        self._library.espeak_SetSynthCallback(self._heard)

    def speak(self, text: str, voices: Sequence[str], rate: int, pitch: int, range: int, ends: bool) -> dict[str, Any]:
        """What to answer, without the samples: those are in `samples` until the next call."""
        voice = next((name for name in voices if not self._library.espeak_SetVoiceByName(name.encode())), None)
        if voice is None:
            return {"error": nobody(voices), "languages": self.languages()}
        for parameter, value in ((_RATE, rate), (_VOLUME, _FULL), (_PITCH, pitch), (_RANGE, range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._samples.clear()
        self._events.clear()
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        said = text.encode("utf-8", "replace") + b"\0"
        flags = _UTF8 | (_END_PAUSE if ends else 0)
        failure = self._library.espeak_Synth(said, len(said), 0, 0, 0, flags, None, None)
        if failure or self._library.espeak_Synchronize():
            return {"error": f"espeak-ng could not speak this text (code {failure})."}
        return {"samples": len(self._samples) // 2, "voice": voice, "events": self._events}

    @property
    def samples(self) -> bytes:
        """The sound of the last line."""
        return bytes(self._samples)

    def languages(self) -> list[str]:
        """Every language that it speaks, as BCP 47 tags."""
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        listed, found, at = self._library.espeak_ListVoices(None), set[str](), 0
        while listed[at]:
            # The first byte is a priority; then comes the tag.
            found.add(listed[at].contents.languages[1:].decode("ascii", "replace"))
            at += 1
        return sorted(found)

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        if count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        at = 0
        while events[at].type:
            event = events[at]
            if event.type in (WORD, SENTENCE):
                self._events.append((event.type, event.sample, event.text_position - 1))
            at += 1
        return 0


def main() -> None:
    """Serve lines until stdin closes; then end at once, whatever is being spoken."""
    answers = _own_stdout()
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, asked), daemon=True).start()
    synthesiser = Synthesiser()
    while True:
        answer = synthesiser.speak(**json.loads(asked.get()))
        answers.write(json.dumps(answer).encode() + b"\n")
        if "samples" in answer:
            answers.write(synthesiser.samples)
        answers.flush()


def _read(stream: BinaryIO, asked: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        asked.put(line)
    os._exit(0)


def _own_stdout() -> BinaryIO:
    """The real stdout for answers only: whatever the library prints goes to stderr."""
    mine = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(mine, "wb")


if __name__ == "__main__":
    main()
