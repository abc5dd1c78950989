"""Video of every kind through the vendors' own doors: real HTTP in, previz behind it, real files out."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import av
import httpx2
import numpy as np
import pytest
from PIL import Image

from callsheet.settings import load
from render_fixtures import landscape
from vendor_fixtures import Serve, until
from vendor_media import a_clip

Shape = dict[str, Any]
WITHIN = 60


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[str]:
    """A real server as anyone starts it: previz behind every door, no key yet."""
    settings = load(tmp_path_factory.mktemp("video"), environ={"CALLSHEET_FETCH__ALLOW": "127.0.0.1"})
    with serve_home(settings) as served:
        yield served.url


def door(url: str, vendor: str) -> httpx2.Client:
    return httpx2.Client(base_url=f"{url}/as/{vendor}", timeout=30, trust_env=False)


def picture(seed: int, width: int = 384, height: int = 216) -> str:
    """A picture as a data: address."""
    out = io.BytesIO()
    Image.fromarray(landscape(width, height, seed=seed)).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def stored(url: str, content: bytes, name: str) -> str:
    """The address of a file that was uploaded here."""
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        answer = client.post("/v1/files", files={"file": (name, content)}).raise_for_status().json()
    return answer["url"]


def vidu(url: str, endpoint: str, **body: Any) -> Shape:
    """What Vidu's client gets of a task that it creates and polls: its one creation, and the task as we keep it."""
    with door(url, "vidu") as client:
        answer = client.post(f"/ent/v2/{endpoint}", json=body)
        assert answer.status_code == 200, answer.text
        path = f"/ent/v2/tasks/{answer.json()['task_id']}/creations"
        ended = until(lambda: client.get(path).json(), lambda found: found["state"] in ("success", "failed"), WITHIN)
    assert (ended["state"], ended["err_code"]) == ("success", ""), newest(url)
    return ended["creations"][0]


def newest(url: str) -> Shape:
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        return client.get("/v1/tasks", params={"limit": 1}).json()["data"][0]


def left_out(url: str) -> set[str]:
    return {one["param"] for one in newest(url)["usage"].get("approximations", ())}


def opened(address: str) -> tuple[int, int, int, float]:
    """Width, height, frames and seconds of a clip, every frame decoded."""
    answer = httpx2.get(address, timeout=30, trust_env=False).raise_for_status()
    with av.open(io.BytesIO(answer.content)) as container:
        video = container.streams.video[0]
        frames = sum(1 for _ in container.decode(video))
        assert video.duration is not None
        assert video.time_base is not None
        return video.width, video.height, frames, float(video.duration * video.time_base)


def test_vidu_leads_through_key_pictures(url: str) -> None:
    made = vidu(
        url,
        "multiframe",
        model="viduq2-turbo",
        start_image=picture(1),
        image_settings=[
            {"prompt": "the light goes", "key_image": picture(2), "duration": 2},
            {"key_image": picture(3), "duration": 2},
        ],
        resolution="540p",
        watermark=True,
        wm_position=1,
    )
    assert opened(made["url"]) == (960, 540, 96, 4.0)
    shots = newest(url)["artifacts"][0]["extra"]["shots"]
    assert [(shot["key_frame"], shot["end"]) for shot in shots] == [(48, 2.0), (95, 4.0)]
    assert left_out(url) == set()


def test_vidu_puts_subjects_into_a_scene_goes_on_from_it_and_enlarges_it(url: str) -> None:
    cast = [{"id": "place", "images": [picture(4, 256, 256)]}]
    said = {"model": "viduq2", "resolution": "540p", "duration": 1}
    first = vidu(url, "reference2video", prompt="@place by the sea", subjects=cast, aspect_ratio="1:1", **said)
    assert opened(first["url"]) == (540, 540, 24, 1.0)
    assert newest(url)["artifacts"][0]["extra"]["subjects"][0]["name"] == "place"
    large = vidu(url, "upscale-new", video_creation_id=first["id"], upscale_resolution="1080p")
    assert opened(large["url"]) == (1080, 1080, 24, 1.0)
    assert left_out(url) == set()
    with door(url, "vidu") as client:
        again = client.post("/ent/v2/upscale", json={"model": "vidu1.0", "creation_id": first["id"]})
        assert again.status_code == 200, again.text
        assert newest(url)["stage"] == "previz"
        client.post(f"/ent/v2/tasks/{again.json()['task_id']}/cancel", json={})


def test_vidu_extends_a_creation_to_a_given_last_picture(url: str) -> None:
    body = {"model": "viduq3-pro", "prompt": "a red door", "duration": 4, "resolution": "540p", "audio": False}
    first = vidu(url, "text2video", **body, meta_data='{"ours": 1}')
    said = {"model": "viduq2-pro", "duration": 1, "resolution": "540p", "images": [picture(5)]}
    made = vidu(url, "extend", video_creation_id=first["id"], **said)
    assert opened(made["url"]) == (960, 540, 24, 1.0)
    assert newest(url)["input"]["last_image"].startswith("file_")
    assert left_out(url) == set()


def test_vidu_arranges_a_template_and_says_what_it_is(url: str) -> None:
    made = vidu(url, "template", template="hugging", images=[picture(6, 144, 256), picture(7, 144, 256)], seed=3)
    width, height, frames, seconds = opened(made["url"])
    assert (width, height) == (720, 1280)
    assert frames == round(seconds * 24) == 192
    said = newest(url)["artifacts"][0]["extra"]["template"]
    assert said["note"] == "template arrangement, not the vendor's effect"


def test_a_creation_that_is_none_is_refused_in_vidus_words(url: str) -> None:
    with door(url, "vidu") as client:
        answer = client.post("/ent/v2/upscale", json={"model": "vidu1.0", "creation_id": "file_01JNOTHERE"})
    assert (answer.status_code, answer.json()["reason"]) == (404, "CreationNotFound"), answer.text


def test_mediaio_moves_a_picture_as_a_clip_shows(url: str) -> None:
    data = {
        "video": stored(url, moving(1280, 720, 3), "clip.mp4"),
        "image": stored(url, base64.b64decode(picture(8, 640, 360).partition(",")[2]), "still.png"),
    }
    with door(url, "mediaio") as client:
        path = "/generation/kling/i2v-motion-control-kling-v2-6"
        answer = client.post(path, json={"data": data}).json()
        assert (answer["code"], answer["msg"]) == (0, ""), answer
        where = f"/generation/result/{answer['data']['task_id']}"
        ended = until(
            lambda: client.post(where, json={}).json()["data"],
            lambda found: found["status"] in ("completed", "failed"),
            WITHIN,
        )
    assert ended["status"] == "completed", newest(url)
    assert opened(ended["result"][0]["val"]) == (1280, 720, 72, 3.0)
    assert newest(url)["artifacts"][0]["extra"]["motion"]["kept"] == 1.0


def test_mediaio_asks_for_several_shots_and_previz_takes_it(url: str) -> None:
    data = {"prompt": "Shot 1: a lighthouse. Shot 2: the sea.", "duration": "5", "shot_type": "Multi"}
    with door(url, "mediaio") as client:
        assert client.post("/generation/wan/t2v-wan-v2-6", json={"data": data}).json()["code"] == 0
    task = newest(url)
    assert (task["stage"], task["input"]["multi_shot"], left_out(url)) == ("previz", True, set())
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        client.post(f"/v1/tasks/{task['id']}/cancel").raise_for_status()


def test_wondershare_continues_a_clip_under_a_camera_move(url: str) -> None:
    body = {"video": stored(url, a_clip(1280, 720, 5.0, 24), "clip.mp4"), "prompt": "on", "camera_move_index": 7}
    with door(url, "wondershare") as client:
        answer = client.post("/v1/open/capacity/application/tm_video_continuation_b", json=body).json()
        assert answer["code"] == 0, answer
        asked = {"task_id": answer["data"]["task_id"]}
        ended = until(
            lambda: client.post("/v1/open/pub/task", json=asked).json()["data"],
            lambda found: found["status"] in (3, 4),
            WITHIN,
        )
    assert ended["status"] == 3, newest(url)
    assert newest(url)["input"]["camera_move"] == "push-in"
    artifact = newest(url)["artifacts"][0]
    assert (artifact["width"], artifact["height"], artifact["duration"]) == (1280, 720, 5.0)


def moving(width: int, height: int, seconds: int, fps: int = 24) -> bytes:
    """A clip whose camera pans evenly over a place full of detail."""
    wide = landscape(width + 4 * fps * seconds, height, seed=12)
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for at in range(seconds * fps):
            rgb = np.ascontiguousarray(wide[:, 4 * at : 4 * at + width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
