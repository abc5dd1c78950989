"""Speech over HTTP on a bare machine: with word times by /v1, as Vidu's answer with its file, as Wondershare's task."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import av
import httpx2
import pytest

from callsheet.settings import Settings, load
from vendor_fixtures import until


class Served(Protocol):
    url: str
    operator: str

    def client(self, key: str | None = None, **more: Any) -> httpx2.Client: ...


class Serve(Protocol):
    def __call__(self, settings: Settings) -> AbstractContextManager[Served]: ...


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Served]:
    with serve_home(load(tmp_path_factory.mktemp("bare") / "home", environ={})) as served:
        yield served


@contextmanager
def opened(url: str) -> Iterator[Any]:
    answer = httpx2.get(url, timeout=60, trust_env=False).raise_for_status()
    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content)) as container:
        yield container


def length(url: str) -> float:
    """Seconds of sound that really decode."""
    with opened(url) as container:
        return sum(frame.samples for frame in container.decode(audio=0)) / container.streams.audio[0].rate


def test_a_speech_is_a_file_whose_words_are_told(bare: Served) -> None:
    text = "Hello there. " * 20
    with bare.client() as client:
        asked = {"model": "speech", "input": {"text": text, "voice": "en-US-JennyNeural", "format": "mp3"}}
        task = client.post("/v1/tasks", json=asked).raise_for_status().json()
        done = until(lambda: client.get(f"/v1/tasks/{task['id']}").json(), lambda one: one["state"] == "succeeded")
        (artifact,) = done["artifacts"]
        said = artifact["extra"]["words"]
        assert [word["text"] for word in said] == ["Hello", "there"] * 20
        assert len(artifact["extra"]["sentences"]) == 20
        assert 0 <= said[0]["start"] < said[-1]["end"] <= artifact["duration"]
        assert length(f"{bare.url}{artifact['url']}" if artifact["url"].startswith("/") else artifact["url"]) > 10


def test_vidus_client_gets_the_file_in_its_answer(bare: Served) -> None:
    body = {
        "text": "Hello<#2#>I am here<#2#>Nice to meet you, omg",
        "voice_setting_voice_id": "Wise_Woman",
        "voice_setting_speed": 1,
        "voice_setting_volume": 0,
        "voice_setting_pitch": 2,
        "voice_setting_emotion": "calm",
        "pronunciation_dict_tone": ["omg/oh my god"],
    }
    with bare.client() as client:
        answer = client.post("/as/vidu/ent/v2/audio-tts", json=body).raise_for_status().json()
        assert answer["state"] == "success"
        assert length(answer["file_url"]) > 5
        polled = client.get(f"/as/vidu/ent/v2/tasks/{answer['task_id']}/creations").raise_for_status().json()
        assert polled["state"] == "success"
        # The links are signed anew, each for its own second.
        assert polled["creations"][0]["url"].partition("?")[0] == answer["file_url"].partition("?")[0]


def test_wondershares_client_polls_and_gets_the_file(bare: Served) -> None:
    base = "/as/wondershare/v1/open/capacity/application"
    text = "欢迎使用天幕AI视频生成平台。我们提供专业的视频、图像和音频生成服务。"
    with bare.client() as client:
        made = client.post(f"{base}/tm_text2speech", json={"text": text}).json()
        assert made["code"] == 0, made
        task = {"task_id": made["data"]["task_id"]}

        def result() -> dict[str, Any]:
            return client.post("/as/wondershare/v1/open/pub/task", json=task).json()["data"]

        done = until(result, lambda one: one["status"] not in (1, 2))
        assert done["reason"] == "success", done
        (url,) = json.loads(done["result"])["audio_path"]
        assert length(url) > 5


def test_what_only_a_neural_model_does_is_refused_by_its_name(bare: Served) -> None:
    with bare.client() as client:
        sound = {"text": "Hello.", "audio": "https://media.example.com/a.mp3", "voice": "my_voice_1"}
        refused = client.post("/v1/tasks", json={"model": "vidu/audio-clone", "input": sound})
        assert refused.status_code == 409
        assert "a neural model such as CSM" in refused.json()["error"]["hint"]
        assert "CALLSHEET_VENDORS__VIDU__KEY" in refused.json()["error"]["hint"]
        refused = client.post("/v1/tasks", json={"model": "lip-sync", "input": {}})
        assert "LatentSync" in refused.json()["error"]["hint"]


def test_a_language_nobody_speaks_is_refused_with_the_way_out(bare: Served) -> None:
    with bare.client() as client:
        refused = client.post("/v1/tasks", json={"model": "speech", "input": {"text": "x", "language": "tlh"}})
        assert (refused.status_code, refused.json()["error"]["param"]) == (422, "language")
        assert "It speaks" in refused.json()["error"]["hint"]


def test_the_extra_keeps_the_words_of_five_thousand_characters(bare: Served) -> None:
    text = "word " * 999
    with bare.client() as client:
        asked = {"model": "speech", "input": {"text": text, "speed": 2, "format": "wav"}}
        task = client.post("/v1/tasks", json=asked).raise_for_status().json()
        done = until(lambda: client.get(f"/v1/tasks/{task['id']}").json(), lambda one: one["state"] == "succeeded")
        assert len(done["artifacts"][0]["extra"]["words"]) == 999
