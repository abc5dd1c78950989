"""EdrawMax's four skills on a bare machine over real HTTP: no key, no stub; previz draws, and the links open."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from PIL import Image

from callsheet.settings import load
from vendor_fixtures import Serve

SKILLS = {
    "flowchart": ("用户注册登录流程", "mermaid_code", "flowchart TD"),
    "infographic": ("2025年全球AI市场规模分析", "source_code", "vega-lite"),
    "gantt": ("新产品上线项目计划，包含需求分析、开发、测试、上线四个阶段", "source_code", "gantt"),
    "mindmap": ("人工智能的发展历程", "source_code", "mindmap"),
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Any]:
    settings = load(tmp_path_factory.mktemp("bare") / "home", environ={"CALLSHEET_RENDER__SLOTS": "1"})
    with serve_home(settings) as served:
        yield served


def ask(bare: Any, skill: str, body: dict[str, Any]) -> Any:
    url = f"{bare.url}/as/edrawmax/api/ai/skills/generate-{skill}"
    response = httpx2.post(url, json=body, timeout=60, trust_env=False)
    assert response.status_code == 200
    return response.json()


@pytest.mark.parametrize("skill", SKILLS)
def test_the_documented_prompt_is_answered_with_links_that_open(bare: Any, skill: str) -> None:
    prompt, key, begins = SKILLS[skill]
    answer = ask(bare, skill, {"prompt": prompt, "lang": "cn", "platform": "web"})
    assert (answer["code"], answer["msg"]) == (0, "")
    assert set(answer["data"]) == {"png_url", "svg_url", key}
    png, svg = (httpx2.get(answer["data"][name], timeout=60, trust_env=False) for name in ("png_url", "svg_url"))
    assert (png.headers["content-type"], svg.headers["content-type"]) == ("image/png", "image/svg+xml")
    root = ET.fromstring(svg.content)
    assert Image.open(io.BytesIO(png.content)).size == tuple(
        2 * int(root.get(name) or 0) for name in ("width", "height")
    )
    assert begins in answer["data"][key]
    if skill == "infographic":
        assert json.loads(answer["data"][key])["vconcat"]


def test_a_prompt_that_cannot_be_drawn_has_the_code_of_a_bad_param_so_that_it_is_not_tried_once_more(bare: Any) -> None:
    answer = ask(bare, "mindmap", {"prompt": "🚀🌙", "lang": "en"})
    assert answer["code"] == 400
    assert "No letter of the prompt can be drawn" in answer["msg"]


def test_a_task_says_what_was_understood(bare: Any) -> None:
    with bare.client() as client:
        asked = {
            "prompt": "Design 2 days, build 3 days. Be nice.",
            "style": "warm",
            "width": 640,
            "count": 2,
            "seed": 3,
        }
        task = client.post("/v1/tasks", json={"model": "previz/gantt", "input": asked}).json()
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as events:
            assert '"succeeded"' in "".join(events.iter_lines())
        done = client.get(f"/v1/tasks/{task['id']}").json()
    assert done["state"] == "succeeded", done["error"]
    assert [one["content_type"] for one in done["artifacts"]] == ["image/png", "image/svg+xml", "text/plain"] * 2
    assert [one["width"] for one in done["artifacts"][:2]] == [1280, 640]
