"""The chat model that writes a diagram's source: asked over real HTTP, checked, asked once more, and never trusted."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import SetupError
from callsheet.renderers.previz.diagrams import pages
from callsheet.renderers.scene import Scene
from callsheet.settings import Llm, load
from callsheet.vendors.previz.driver_diagrams import Author

GOOD = 'flowchart TD\n n1(["Start"]) --> n2["Boil water"]\n n2 --> n3{"Hot?"}\n n3 -->|"no"| n2'
KEY = "sk-very-secret-0001"


class Chat:
    """A chat endpoint that says what the test wrote down, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.held = threading.Event()
        self.url = ""

    def say(self, *texts: str) -> None:
        for text in texts:
            self.answers.append((200, json.dumps({"choices": [{"message": {"content": text}}]}).encode()))


@pytest.fixture
def chat() -> Iterator[Chat]:
    with _serving(Chat()) as found:
        yield found


@contextmanager
def _serving(chat: Chat) -> Iterator[Chat]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            chat.asked.append({"path": self.path, **json.loads(body)})
            chat.keys.append(self.headers["authorization"])
            if not chat.answers:
                chat.held.wait(120)
                return
            code, data = chat.answers.pop(0)
            self.send_response(code)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield chat
    finally:
        chat.held.set()
        server.shutdown()
        thread.join()
        server.server_close()


def written(chat: Chat, prompt: str = "how to make tea", kind: str = "flowchart", timeout: float = 60) -> Scene:
    """The scene after the chat model at that address was asked."""

    async def ask() -> Scene:
        settings = Llm(base_url=chat.url, model="small-1", key=KEY, timeout=timeout)  # type: ignore[arg-type]
        author = Author.of(settings)
        assert author is not None
        try:
            return await author.written(Scene(kind, prompt=prompt, extra={"language": "en"}))
        finally:
            await author.close()

    return asyncio.run(ask())


def test_the_model_is_asked_once_at_temperature_0_and_its_source_is_drawn(chat: Chat, tmp_path: Path) -> None:
    chat.say(f"```mermaid\n{GOOD}\n```")
    scene = written(chat)
    (asked,) = chat.asked
    assert (asked["path"], asked["model"], asked["temperature"]) == ("/v1/chat/completions", "small-1", 0)
    assert asked["messages"][-1] == {"role": "user", "content": "how to make tea"}
    assert chat.keys == [f"Bearer {KEY}"]
    extra = pages.render(scene, tmp_path, lambda _: None)[0].extra
    assert (extra["written_by"], extra["understood"]) == ("model", {"nodes": 3, "arrows": 3, "decisions": 1})


def test_broken_source_goes_back_once_with_the_parsers_words(chat: Chat) -> None:
    chat.say("flowchart TD\n A --> --> {{{", GOOD)
    assert written(chat).extra["source"] == GOOD
    said = chat.asked[1]["messages"][-1]["content"]
    assert "parse error" in said
    assert len(chat.asked) == 2


def test_source_that_can_be_mended_needs_no_second_question(chat: Chat, tmp_path: Path) -> None:
    chat.say("flowchart TD\n A[Boil (hot) water] --> end")
    extra = pages.render(written(chat), tmp_path, lambda _: None)[0].extra
    assert len(chat.asked) == 1
    assert extra["mended"]


def test_an_infographic_is_written_as_json_and_checked(chat: Chat, tmp_path: Path) -> None:
    chart = {"kind": "bar", "figures": [{"label": "a", "value": 1}, {"label": "b", "value": 2}]}
    chat.say(json.dumps({"charts": [chart | {"kind": "cake"}]}), json.dumps({"title": "T", "charts": [chart]}))
    extra = pages.render(written(chat, kind="infographic"), tmp_path, lambda _: None)[0].extra
    assert (extra["title"], extra["understood"]) == ("T", {"charts": 1})
    assert "kind" in chat.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([(500, KEY.encode())], "HTTP 500"),
        ([(302, b"")], "HTTP 302"),
        ([(200, b"\xff\xfe no json")], "no chat completion"),
        ([(200, b'{"choices": []}')], "no chat completion"),
        ([(200, b'{"choices": [{"message": {"content": null}}]}')], "empty"),
        ([(200, b" " * 1_000_001)], "longer than"),
    ],
)
def test_an_answer_of_no_use_falls_back_to_the_rules_and_says_so(
    chat: Chat, tmp_path: Path, answers: list[tuple[int, bytes]], reason: str
) -> None:
    chat.answers = answers
    scene = written(chat, "Boil water, then pour it.")
    assert reason in scene.extra["source_failed"]
    extra = pages.render(scene, tmp_path, lambda _: None)[0].extra
    assert (extra["written_by"], extra["understood"]["nodes"]) == ("rules", 4)
    assert reason in extra["model_failed"]
    assert KEY not in repr(extra)


@pytest.mark.parametrize("wrong", ["I am sorry.", "mindmap\n  root((tea))", "flowchart TD\n A --> --> {{{"])
def test_what_is_twice_no_such_source_is_not_drawn(chat: Chat, wrong: str) -> None:
    chat.say(wrong, wrong)
    assert "broken twice" in written(chat).extra["source_failed"]
    assert len(chat.asked) == 2


def test_a_model_that_does_not_answer_in_time_or_is_not_there_holds_nothing_up(chat: Chat) -> None:
    assert "within 0.2 s" in written(chat, timeout=0.2).extra["source_failed"]
    chat.url = "http://127.0.0.1:1/v1"
    assert "could not be reached" in written(chat).extra["source_failed"]


@pytest.mark.parametrize("prompt", [GOOD, '{"title": "T"}'])
def test_a_prompt_that_is_source_is_not_sent(chat: Chat, prompt: str) -> None:
    assert "source" not in written(chat, prompt).extra
    assert chat.asked == []


def test_the_settings_are_whole_or_refused_and_show_no_key(tmp_path: Path) -> None:
    named = {
        "CALLSHEET_LLM__BASE_URL": "https://chat.example/v1/",
        "CALLSHEET_LLM__KEY": KEY,
        "CALLSHEET_LLM__MODEL": "m",
    }
    settings = load(tmp_path, environ=named)
    assert settings.llm.base_url == "https://chat.example/v1"
    assert KEY not in repr(settings)
    assert Author.of(load(tmp_path, environ={}).llm) is None
    with pytest.raises(SetupError, match="base_url and model together"):
        load(tmp_path, environ={"CALLSHEET_LLM__MODEL": "m", "CALLSHEET_LLM__KEY": KEY})
    with pytest.raises(SetupError) as error:
        load(tmp_path, environ={**named, "CALLSHEET_LLM__BASE_URL": f"https://{KEY}@chat.example"})
    assert KEY not in str(error.value)
