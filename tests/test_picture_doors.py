"""Every vendor's picture flow through its own dialect, on a served app, to real files that are opened and measured."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image

from callsheet.catalog import load
from callsheet.engine.routing import fit
from picture_fixtures import Rgb, data_uri, disc, overlap, painted

CREATE, ASK = "/as/wondershare/v1/open/capacity/application/", "/as/wondershare/v1/open/pub/task"


def until(ask: Any, done: Any) -> Any:
    """Ask until it is done, at most two minutes."""
    end = time.monotonic() + 120
    while not done(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def wondershare(client: httpx2.Client, capability: str, **body: Any) -> list[Rgb]:
    """The pictures that a task of Wondershare's API ends in."""
    answer = client.post(CREATE + capability, json=body).json()
    assert answer["code"] == 0, answer
    asked = {"task_id": answer["data"]["task_id"]}
    data = until(lambda: client.post(ASK, json=asked).json()["data"], lambda data: data["status"] in (3, 4, 5, 6))
    assert data["status"] == 3, data
    made = json.loads(data["result"])
    key = next(key for key in ("mask_path", "images_path", "image_path") if key in made)
    return [opened(client, url) for url in made[key]]


def opened(client: httpx2.Client, url: str) -> Rgb:
    """The picture at an address."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))


def large() -> Rgb:
    """A disc in a picture as large as the vendors want at least."""
    return disc(width=640, height=520)[0]


def test_wondershares_recognition_then_redraw_changes_the_subject_alone(client: httpx2.Client) -> None:
    still, where = disc(width=640, height=520)
    (mask,) = wondershare(client, "tm_reference_img2mask", image=data_uri(still), control_type="2")
    assert overlap(mask[..., 0] > 127, where) > 0.95
    (made,) = wondershare(
        client, "tm_redrawing", prompt="a green tree", init_image=data_uri(still), mask_url=data_uri(mask)
    )
    assert made.shape == still.shape
    same = (made == still).all(axis=2)
    assert same[mask[..., 0] == 0].all()
    assert same[mask[..., 0] > 0].mean() < 0.2


@pytest.mark.parametrize("control", ["0", "2", "3"])
def test_wondershares_reference_gives_as_many_pictures_in_that_size(control: str, client: httpx2.Client) -> None:
    made = wondershare(
        client, "tm_reference_img2img", prompt="in a desert at sunset", reference_image=data_uri(large()),
        control_type=control, width=640, height=512, batch_size=2, control_intensity=0.6, init_image=data_uri(large()),
    )  # fmt: skip
    assert [rgb.shape for rgb in made] == [(512, 640, 3)] * 2
    assert (made[0] != made[1]).any()


def test_wondershares_pose_is_refused_and_names_the_model_that_could(client: httpx2.Client) -> None:
    body = {"image": data_uri(large()), "control_type": "1"}
    answer = client.post(CREATE + "tm_reference_img2mask", json=body).json()
    assert answer["code"] != 0
    assert "ViTPose" in answer["msg"]


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("mediaio/i2i-banana", {"aspect_ratio": "1:1"}),
        ("mediaio/i2i-seedream-v4-0", {"aspect_ratio": "3:4"}),
        ("mediaio/i2i-banana-2", {"aspect_ratio": "1:1", "resolution": "1k"}),
        ("vidu/viduq2/reference2image", {"aspect_ratio": "auto", "resolution": "1080p"}),
        ("wondershare/tm_redrawing", {"resolution": "512x512", "count": 2}),
    ],
)
def test_a_vendors_model_is_made_by_previz_without_an_approximation(model: str, asked: dict[str, Any]) -> None:
    catalog = load()
    theirs = catalog.model(model)
    media = {"image": "file_a"} if "image" in theirs.params else {"images": ["file_a", "file_b"]}
    checked = theirs.check({"prompt": "anime", **media, **asked})
    taken, notes = fit(catalog.model(f"previz/{theirs.capability}"), checked, {"prompt", *media, *asked})
    assert notes == ()
    assert taken.items() >= asked.items()


def test_every_size_of_every_vendors_picture_model_is_one_of_previz() -> None:
    catalog = load()
    for capability in ("text-to-image", "image-to-image", "reference-to-image", "redraw", "upscale"):
        ours = catalog.model(f"previz/{capability}").params
        for model in catalog.models(capability=capability):
            for name in ("resolution", "aspect_ratio"):
                theirs = model.params.get(name)
                assert theirs is None or set(theirs.values) <= set(ours[name].values), (model.id, name)


def test_mediaios_pictures_become_one_picture(client: httpx2.Client) -> None:
    body = {
        "data": {
            "images": [data_uri(large()), data_uri(painted(width=560, height=320))],
            "prompt": "on a beach",
            "ratio": "1:1",
        }
    }
    answer = client.post("/as/mediaio/generation/banana/i2i-banana", json=body, headers={"X-API-KEY": "k"}).json()
    assert answer["code"] == 0, answer
    task = answer["data"]["task_id"]
    done = until(
        lambda: client.post(f"/as/mediaio/generation/result/{task}", headers={"X-API-KEY": "k"}).json()["data"],
        lambda data: data["status"] in ("completed", "failed", "timeout"),
    )
    assert done["status"] == "completed", done
    (made,) = done["result"]
    url = next(value for value in made.values() if isinstance(value, str) and value.startswith("http"))
    assert opened(client, url).shape == (720, 720, 3)


def test_vidus_references_become_one_picture(client: httpx2.Client) -> None:
    body = {
        "model": "viduq2", "images": [data_uri(large()), data_uri(painted("a cat in the snow"))],
        "prompt": "in a forest",
        "aspect_ratio": "16:9", "resolution": "1080p", "seed": 4,
    }  # fmt: skip
    task = client.post("/as/vidu/ent/v2/reference2image", json=body).json()
    done = until(
        lambda: client.get(f"/as/vidu/ent/v2/tasks/{task['task_id']}/creations").json(),
        lambda found: found.get("state") in ("success", "failed"),
    )
    assert done["state"] == "success", done
    assert opened(client, done["creations"][0]["url"]).shape == (1080, 1920, 3)
