"""What the server refuses, told in the language of the page by its reason and its values: in Chinese, and at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from callsheet.settings import load
from studio.studio_fixtures import MakeTab, signed_in

TOLD = """async ({ method, path, body, headers }) => {
  const at = document.querySelector("script[type=module]").src;
  const { call } = await import(new URL("core/api.js", at));
  const asked = call(method, path, { body: body ?? undefined, headers });
  return asked.then(() => null, (error) => [error.message, error.hint]);
}"""


def told(page: Page, path: str, body: Any = None, method: str = "POST", **headers: str) -> list[str | None]:
    """What an error of the API says on this page."""
    return page.evaluate(TOLD, {"method": method, "path": path, "body": body, "headers": headers})


def task(**input: Any) -> dict[str, Any]:
    return {"model": "text-to-video", "input": {"prompt": "a fox", **input}}


def test_every_refusal_that_one_meets_is_chinese_on_a_chinese_page(open_tab: MakeTab) -> None:
    page = open_tab(lang="zh").open("/make")
    expect(page.get_by_role("heading").first).to_be_attached()
    assert told(page, "/v1/tasks", task(duraton=2))[0] == "没有“duraton”这个参数。"
    assert "是否指“时长 (duration)”？" in str(told(page, "/v1/tasks", task(duraton=2))[1])
    assert told(page, "/v1/tasks", {"model": "text-to-video", "input": {}})[0] == "缺少“提示词 (prompt)”。"
    assert told(page, "/v1/tasks", {"input": {}})[0] == "缺少“model”。"
    said, way = told(page, "/v1/tasks", task(duration=900))
    assert (said, str(way).startswith("范围 ")) == ("“时长 (duration)”不能是 900。", True)
    assert "可用：" in str(told(page, "/v1/tasks", task(resolution="900p"))[1])
    blank = told(page, "/v1/tasks", {"model": "text-to-video", "input": {"prompt": "  "}})
    assert blank[0] == "“提示词 (prompt)”至少需要 1 个字符，不能只有空白。"
    assert told(page, "/v1/tasks", task(duration="two"))[0] == "“时长 (duration)”不能是 'two'。"
    gone = told(page, "/v1/tasks/task_0", method="GET")
    assert gone == ["没有任务 task_0。", None]
    nothing = told(page, "/v1/tasks", {"model": "previz/text-to-vidoe", "input": {}})
    assert nothing[0] == "没有名为“previz/text-to-vidoe”的模型。"
    assert str(nothing[1]).startswith("是否指“previz/text-to-video、")
    neural = told(page, "/v1/tasks", {"model": "voice-clone", "input": {"text": "hello"}})
    assert (neural[0], "CALLSHEET_VENDORS__" in str(neural[1])) == ("这里没有可以运行 voice-clone 的供应商。", True)
    wrong = told(page, "/studio/session", {"key": "cs_wrong"})
    assert (wrong[0], str(wrong[1]).startswith("callsheet keys create 可创建密钥")) == ("密钥未知或已撤销。", True)
    once = {"idempotency-key": "errors once"}
    assert told(page, "/v1/tasks", {"model": "flowchart", "input": {"prompt": "a"}}, **once) is None
    assert (
        told(page, "/v1/tasks", {"model": "flowchart", "input": {"prompt": "b"}}, **once)[1] == "新任务请使用新的键。"
    )
    page.context.set_offline(True)
    assert told(page, "/v1/tasks", method="GET") == ["无法连接服务器。", None]


def test_english_stays_as_the_server_says_it(open_tab: MakeTab) -> None:
    page = open_tab(lang="en").open("/make")
    assert told(page, "/v1/tasks", task(duration=900))[0] == "duration cannot be 900."
    page.context.set_offline(True)
    assert told(page, "/v1/tasks", method="GET") == ["The server could not be reached.", None]


def test_limits_and_budgets_of_a_key_are_told_with_their_numbers(
    tmp_path: Path, serve_home: Callable[..., AbstractContextManager[Any]], open_tab: MakeTab
) -> None:
    environ = {"CALLSHEET_LEDGER__PRICES": '{"vidu/*": {"credits": 4, "per": "second"}}'}
    environ |= {"CALLSHEET_VENDORS": '{"vidu": {"key": "key-of-vidu"}}'}
    with serve_home(load(tmp_path, environ=environ)) as running, running.client(running.operator) as operator:
        key = operator.post("/v1/keys", json={"name": "small", "budget": 3, "rate": 1}).json()["key"]
        page = signed_in(open_tab(server=running, lang="zh"), key, "/make")
        dear = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a fox", "duration": 5}}
        assert told(page, "/v1/tasks", dear) == ["最多需要 20 积分，此密钥只剩 3 积分。", "预演不花积分。"]
        chart = {"model": "flowchart", "input": {"prompt": "a"}}
        assert told(page, "/v1/tasks", chart) is None
        assert told(page, "/v1/tasks", chart) == ["此密钥每分钟最多提交 1 个任务。", "请稍后再试。"]


def test_the_story_of_a_take_is_chinese_on_a_chinese_page(studio: Any, open_tab: MakeTab, pictures: Path) -> None:
    with studio.client() as api:
        asked = {"model": "text-to-image", "input": {"prompt": "a fox [[reject]]"}}
        failed = api.post("/v1/tasks", json=asked).raise_for_status().json()["id"]
        api.get(f"/v1/tasks/{failed}/events").raise_for_status()  # which ends with the task
        error = api.get(f"/v1/tasks/{failed}").json()["error"]
        assert (error["code"], error["reason"]) == ("rejected", "asked_to_reject")
        assert api.get(f"/v1/tasks/{failed}/timeline").json()["data"][-1]["data"]["reason"] == "asked_to_reject"
    tab = open_tab(lang="zh", theme="dark", width=360)
    page = tab.open(f"/takes/{failed}")
    expect(page.locator(".timeline .created")).to_contain_text("提交给 text-to-image。")
    expect(page.locator(".timeline .failed")).to_contain_text("失败。")
    expect(page.locator(".error-box").first).to_contain_text("提示词未通过审核")
    expect(page.locator(".task-side dt").first).to_have_text("提示词")
    page.screenshot(path=pictures / "task-failed-zh.png", full_page=True)
    assert (tab.overflow(), tab.axe()) == ([], [])


FAILED = """async (error) => {
  const at = document.querySelector("script[type=module]").src;
  const { message, hint } = (await import(new URL("core/refusing.js", at))).told(error);
  return [message, hint];
}"""


def test_why_a_vendor_failed_is_chinese_with_its_own_words_as_they_came(open_tab: MakeTab) -> None:
    page = open_tab(lang="zh").open("/make")

    def why(kind: str, reason: str, **values: Any) -> list[str | None]:
        return page.evaluate(FAILED, {"code": kind, "message": "said", "reason": reason, "values": values})

    gave_up = why("rejected", "vendor_failed", vendor="Vidu", quoted="CreationPolicyViolation")
    assert gave_up == ["供应商 Vidu 未能完成。", "原话：“CreationPolicyViolation”"]
    silent = why("timed_out", "vendor_timed_out", vendor="Wondershare", quoted="")
    assert silent == ["供应商 Wondershare 处理超时。", "没有说明原因。"]
    answered = why("vendor_unauthorized", "vendor_answered", code="401", quoted="who are you?")
    assert answered == ["供应商不接受此处配置的密钥。", "供应商答复 401。 原话：“who are you?”"]
    assert why("rejected", "key_changed", vendor="vidu", setting="X")[1] == "请将 X 设为当时使用的密钥。"
    assert why("vendor_error", "brand_new") == ["供应商出错。", "said"]


TELL = """async ([name, said]) => {
  const at = document.querySelector("script[type=module]").src;
  return (await import(new URL("core/telling.js", at)))[name](said);
}"""


def test_what_a_cancel_came_to_a_price_and_a_refused_sheet_are_chinese_on_a_chinese_page(
    studio: Any, open_tab: MakeTab
) -> None:
    with studio.client() as api:
        task = api.post("/v1/tasks", json={"model": "flowchart", "input": {"prompt": "a"}}).json()["id"]
        api.get(f"/v1/tasks/{task}/events").raise_for_status()  # which ends with the task
        ended = api.post(f"/v1/tasks/{task}/cancel").json()["cancel"]
        quote = api.post("/v1/quotes", json={"model": "flowchart", "input": {"prompt": "a"}}).json()
        sheet = '[shots.a]\nmodel = "image-to-video"\nprompt = "a fox"\nimage = "fox.png"\n'
        plan = api.post("/v1/sheets/plan", json={"sheet": sheet, "files": {"fox.png": f"sha256:{'0' * 64}"}}).json()
    page = open_tab(lang="zh").open("/make")
    assert page.evaluate(TELL, ["whyOf", ended]) == "此前已结束，没有任何变化。"
    assert page.evaluate(TELL, ["basisOf", quote]) == "在本机渲染，不花积分。"
    assert page.evaluate(TELL, ["refusalOf", plan]) == "a：fox.png 尚未上传。"
    by_time = {"price": 0.5, "unit": "usd", "amount": 5, "rate": 10}
    dear = {"basis": "said", "reason": "per_second", "values": by_time}
    assert page.evaluate(TELL, ["basisOf", dear]) == "每秒 0.5 美元 × 5，每单位折合 10 积分"
    held = {"kind": "hold", "source": "funds", "task": task, "memo": "4 credits per task"}
    paid = {"kind": "fund", "source": "world", "task": None, "memo": "November"}
    assert [page.evaluate(TELL, ["memoOf", one]) for one in (held, paid)] == ["任务最多可能的花费", "November"]
    page = open_tab(lang="en").open("/make")
    assert page.evaluate(TELL, ["basisOf", quote]) == quote["basis"]
    assert page.evaluate(TELL, ["memoOf", held]) == held["memo"]


NAME = """async (entry) => {
  const at = document.querySelector("script[type=module]").src;
  return (await import(new URL("core/naming.js", at))).titleOfModel(entry);
}"""


def test_the_models_of_this_machine_have_chinese_titles_and_a_vendors_keep_theirs(open_tab: MakeTab) -> None:
    ours = {"vendor": "previz", "capability": "text-to-video", "title": "Previz text to video"}
    theirs = {"vendor": "vidu", "capability": "text-to-video", "title": "Vidu Q3 Pro"}
    page = open_tab(lang="zh").open("/make")
    assert [page.evaluate(NAME, one) for one in (ours, theirs)] == ["预演：文生视频", "Vidu Q3 Pro"]
