"""Signing in to the studio, and what it is served with: over plain HTTP, as a browser is not needed to know it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import HTTPConnection

from callsheet.server.studio.route import PAGES
from callsheet.server.studio.shelf import STATIC, Shelf
from callsheet.server.studio.tokens import LIFETIME, Sessions
from callsheet.settings import load

STUDIO = {"x-callsheet-studio": "1"}
TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}
MUST = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob: data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(scope="module")
def guarded(serve_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server with a key, which accepts tasks and does not run them."""
    settings = load(tmp_path_factory.mktemp("guarded"), {"server.worker": False}, environ={})
    with serve_home(settings) as running, running.client(running.operator) as operator:
        running.key = operator.post("/v1/keys", json={"name": "studio"}).json()
        yield running


@contextmanager
def sign_in(served: Any, key: str) -> Iterator[httpx2.Client]:
    """A client with the cookie that a browser would have."""
    with served.client() as client:
        answer = client.post("/studio/session", json={"key": key}, headers=STUDIO)
        assert answer.status_code == 201, answer.text
        assert key not in answer.text + str(answer.headers)
        yield client


def code(response: httpx2.Response, status: int) -> str:
    assert response.status_code == status, response.text
    return response.json()["error"]["code"]


def test_a_key_becomes_a_cookie_that_no_script_reads_and_no_other_page_sends(guarded: Any) -> None:
    with guarded.client() as client:
        answer = client.post("/studio/session", json={"key": guarded.key["key"]}, headers=STUDIO)
    cookie = answer.headers["set-cookie"]
    assert re.match(r"callsheet_studio_[0-9a-f]{10}=key_", cookie)
    said = {one.strip().lower() for one in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", f"max-age={LIFETIME}"} <= said
    assert "secure" not in said
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_is_its_keys_account_with_its_limits(guarded: Any) -> None:
    with sign_in(guarded, guarded.key["key"]) as browser:
        said = browser.get("/studio/session", headers=STUDIO).json()
        assert said["account"] == guarded.key["account"]
        assert (said["name"], said["key"], said["operator"]) == ("studio", guarded.key["id"], False)
        assert said["guarded"] is said["signed_in"] is True
        task = browser.post("/v1/tasks", json=TASK, headers={**STUDIO, "origin": guarded.url})
        assert task.status_code == 201
        assert code(browser.get("/v1/keys", headers=STUDIO), 403) == "forbidden"
    with guarded.client(guarded.key["key"]) as program:
        assert program.get(f"/v1/tasks/{task.json()['id']}").status_code == 200


def test_the_operators_token_signs_in_the_operator(guarded: Any) -> None:
    with sign_in(guarded, guarded.operator) as browser:
        assert browser.get("/studio/session", headers=STUDIO).json()["operator"] is True
        assert browser.get("/v1/keys", headers=STUDIO).status_code == 200
        assert guarded.operator not in str(browser.cookies)


def test_signing_out_and_revoking_the_key_both_end_the_session(guarded: Any) -> None:
    with guarded.client(guarded.operator) as operator:
        issued = operator.post("/v1/keys", json={"name": "short"}).json()
        with sign_in(guarded, issued["key"]) as browser, sign_in(guarded, issued["key"]) as other:
            assert browser.delete("/studio/session", headers=STUDIO).status_code == 204
            assert not browser.cookies
            assert code(browser.get("/v1/tasks", headers=STUDIO), 401) == "unauthenticated"
            assert other.get("/v1/tasks", headers=STUDIO).status_code == 200
            operator.delete(f"/v1/keys/{issued['id']}")
            assert code(other.get("/v1/tasks", headers=STUDIO), 401) == "unauthenticated"
            assert other.get("/studio/session", headers=STUDIO).json()["account"] is None


@pytest.mark.parametrize("key", ["", "cs_wrong", "ключ", "x" * 100_000])
def test_what_is_no_key_signs_nobody_in(guarded: Any, key: str) -> None:
    with guarded.client() as client:
        answer = client.post("/studio/session", json={"key": key}, headers=STUDIO)
        assert code(answer, 401) == "unauthenticated"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-callsheet-studio": "0"},
        {**STUDIO, "origin": "https://evil.example"},
        {**STUDIO, "origin": "http://127.0.0.1:1"},
        {**STUDIO, "sec-fetch-site": "cross-site"},
        {**STUDIO, "sec-fetch-site": "same-site"},
    ],
)
def test_another_page_can_neither_use_a_session_nor_begin_or_end_one(guarded: Any, headers: dict[str, str]) -> None:
    with sign_in(guarded, guarded.key["key"]) as browser:
        for method, path in (("GET", "/v1/tasks"), ("POST", "/v1/tasks"), ("POST", "/v1/files")):
            answer = browser.request(method, path, json=TASK if method == "POST" else None, headers=headers)
            assert code(answer, 403) == "forbidden", path
        begun = browser.post("/studio/session", json={"key": guarded.key["key"]}, headers=headers)
        assert code(begun, 403) == "forbidden"
        assert code(browser.delete("/studio/session", headers=headers), 403) == "forbidden"
        assert browser.get("/v1/tasks", headers=STUDIO).status_code == 200


def test_what_a_page_shows_needs_the_cookie_alone_but_not_for_another_site(guarded: Any) -> None:
    with sign_in(guarded, guarded.key["key"]) as browser, guarded.client() as stranger:
        file = browser.post("/v1/files?name=a.txt", content=b"seen", headers={**STUDIO, "content-type": "text/plain"})
        path = f"/v1/files/{file.json()['id']}/content"
        assert browser.get(path).content == b"seen"
        assert browser.get(path, headers={"sec-fetch-site": "same-origin"}).content == b"seen"
        assert code(browser.get(path, headers={"sec-fetch-site": "cross-site"}), 403) == "forbidden"
        assert code(stranger.get(path), 401) == "unauthenticated"
        assert code(browser.get(f"/v1/files/{file.json()['id']}"), 403) == "forbidden"


def test_a_page_gets_from_here_what_others_are_sent_to_the_bucket_for(house: Any, api: httpx2.Client) -> None:
    file = api.post("/v1/files?name=a.txt", content=b"seen", headers={"content-type": "text/plain"}).json()

    class Bucketed:
        def __getattr__(self, name: str) -> Any:
            return getattr(files, name)

        async def elsewhere(self, file: Any) -> str:
            return "https://bucket.example/a"

    files = house.app.state.parts.files
    page = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors"}
    with house.changed(files=Bucketed()), sign_in(house, house.operator) as browser:
        assert api.get(file["url"]).status_code == 307
        assert api.get(file["url"], headers=page).content == b"seen"
        assert api.get(file["url"], headers={**page, "sec-fetch-mode": "navigate"}).status_code == 307
        assert browser.get(file["url"]).content == b"seen", "where a browser says nothing of itself, its cookie does"


def test_a_cookie_opens_no_vendors_door(guarded: Any) -> None:
    with sign_in(guarded, guarded.key["key"]) as browser, guarded.client(guarded.key["key"]) as program:
        path = "/as/vidu/ent/v2/credits"
        refused = browser.get(path, headers=STUDIO)
        assert refused.status_code in (401, 403), refused.text
        assert program.get(path, headers={"authorization": f"Token {guarded.key['key']}"}).status_code == 200


def test_a_key_that_is_sent_counts_before_the_cookie(guarded: Any) -> None:
    with sign_in(guarded, guarded.key["key"]) as browser:
        wrong = browser.get("/v1/tasks", headers={**STUDIO, "authorization": "Bearer cs_wrong"})
        assert code(wrong, 401) == "unauthenticated"
        right = browser.get("/v1/keys", headers={"authorization": f"Bearer {guarded.operator}"})
        assert right.status_code == 200


def test_a_word_counts_until_it_ends_and_only_as_it_was_written(clock: Any) -> None:
    sessions = Sessions(b"k" * 32, clock)
    word = sessions.issue("key_1")

    def read(word: str, by: Sessions = sessions) -> str | None:
        scope = {"type": "http", "headers": [(b"cookie", f"{sessions.cookie}={word}".encode())]}
        found = by.read(HTTPConnection(scope))
        return found.who if found else None

    assert read(word) == "key_1"
    who, expires, signature = word.split(".")
    for changed in (
        f"key_2.{expires}.{signature}",
        f"{who}.{int(expires) + 9}.{signature}",
        f"{who}.{expires}.",
        "",
        ".",
    ):
        assert read(changed) is None
    assert Sessions(b"o" * 32, clock).cookie != sessions.cookie, "two servers on one host share their cookies"
    clock.pass_(LIFETIME - 1)
    assert read(word) == "key_1"
    clock.pass_(1)
    assert read(word) is None


def test_behind_https_the_cookie_goes_by_nothing_else(
    serve_home: Callable[..., AbstractContextManager[Any]], tmp_path: Path
) -> None:
    flags = {"server.worker": False, "server.public_url": "https://studio.example"}
    with serve_home(load(tmp_path / "home", flags, environ={})) as running:
        at = {**STUDIO, "host": "studio.example", "origin": "https://studio.example"}
        with running.client() as client:
            answer = client.post("/studio/session", json={"key": running.operator}, headers=at)
            assert answer.headers["set-cookie"].startswith("__Host-callsheet_studio_")
            assert "secure" in answer.headers["set-cookie"].lower()
            word = answer.headers["set-cookie"].partition(";")[0]
            assert client.get("/v1/keys", headers={**at, "cookie": word}).status_code == 200
            here = client.post("/studio/session", json={"key": running.operator}, headers=STUDIO)
            assert "secure" not in here.headers["set-cookie"].lower(), "on the machine itself there is no https"


def test_without_keys_this_machine_is_let_in_and_the_operator_may_still_sign_in(house: Any, api: httpx2.Client) -> None:
    said = api.get("/studio/session").json()
    assert (said["guarded"], said["account"], said["signed_in"]) == (False, "local", False)
    with sign_in(house, house.operator) as browser:
        assert browser.get("/v1/keys", headers=STUDIO).status_code == 200
        assert code(browser.get("/v1/keys"), 403) == "forbidden"
        assert browser.get("/v1/tasks").status_code == 200, "as for anyone on this machine"


@pytest.mark.parametrize("path", ["", *(f"/{name}" for name in PAGES), "/takes/task_1"])
def test_every_page_is_one_document_which_runs_nothing_of_others(api: httpx2.Client, path: str) -> None:
    answer = api.get(f"/studio{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(one.strip().split(" ", 1) for one in answer.headers["content-security-policy"].split(";"))
    assert policy == MUST
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text), "nothing inline"
    for address in re.findall(r'(?:href|src)="([^"]+)"', answer.text):
        piece = api.get(str(api.base_url.join(f"/studio{path}").join(address)))
        assert piece.status_code == 200, address
        assert "immutable" in piece.headers["cache-control"]
        assert piece.headers["content-type"].partition(";")[0] in ("text/css", "text/javascript", "image/svg+xml")


SCRIPTS = [path for path in sorted(STATIC.rglob("*.js")) if path.parent.name != "lib" or path.name == "index.js"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_fits_in_the_head_says_what_it_is_and_asks_no_one_else(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    assert re.match(r"/\*\*[^*]*(\*(?!/)[^*]*)*[.?:)]\s*\*/", text), "a module opens with a sentence"
    code = re.sub(r"/\*.*?\*/|//[^\n]*|placeholder=\"[^\"]*\"", "", text, flags=re.DOTALL)
    assert not re.search(r"\binnerHTML\b|\beval\(|new Function|document\.write|dangerouslySetInnerHTML", code)
    foreign = re.findall(r"""(?:from|import\(|fetch\(|src=|href=)\s*["'`]https?://[^"'`]*""", code)
    assert foreign == []
    for name in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", code):
        assert (path.parent / name).resolve().is_file(), f"{name} is not there"


def test_what_is_no_page_is_said_to_be_none(api: httpx2.Client) -> None:
    assert api.get("/studio/nothing").status_code == 404
    assert code(api.get("/studio/static/0/app.js"), 404) == "not_found"
    assert api.head("/studio/make").status_code == 200


def test_a_file_is_known_again_by_its_etag_and_its_address_changes_with_any_of_them(
    api: httpx2.Client, tmp_path: Path
) -> None:
    address = re.search(r'src="([^"]+app\.js)"', api.get("/studio/make").text)
    assert address
    path = f"/studio/{address[1]}"
    first = api.get(path)
    again = api.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("../route.py", "lib/LICENSE-htm", "..%2Froute.py", "core"):
        assert api.get(f"{path.rpartition('/')[0]}/{name}").status_code == 404
    (tmp_path / "a.js").write_text("1")
    shelf = Shelf(tmp_path)
    shelf.look()
    before, piece = shelf.edition, shelf.find("a.js")
    (tmp_path / "b.css").write_text("b {}")
    shelf.look()
    assert shelf.edition != before
    assert shelf.find("a.js") == piece
