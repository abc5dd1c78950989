"""Wiro's clients on a server that asks for keys: the documented shell lines, signatures, and what accounts can see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vendor_fixtures import IssuedKey, Serve, Stage, shell, staged, until
from vendor_media import a_clip, length
from vendor_media import a_png as png
from wiro_fixtures import complaint, detail, ended, run, said, signed, upload

SEED_HEADERS = """
# unix time or any random integer value
export NONCE=$(date +%s);

# hmac-SHA256 (YOUR_API_SECRET+Nonce) with YOUR_API_KEY
export SIGNATURE="$(echo -n "${YOUR_API_SECRET}${NONCE}" | openssl dgst -sha256 -hmac "${YOUR_API_KEY}")";
"""
SEED_RUN = """
curl -X POST "https://api.wiro.ai/v1/Run/wiro/ShareGPT4Video-EN" -H "Content-Type: multipart/form-data" \
-H "x-api-key: ${YOUR_API_KEY}" -H "x-nonce: ${NONCE}" -H "x-signature: ${SIGNATURE}" -d '{
  "inputVideoUrl": "ani-portrait-audio2video-sampleinput-2.mp4",
  "convMode": "v0",
  "callbackUrl": "You can provide a callback URL; Wiro will send a POST request to it when the task is completed."
}';
"""
SEED_DETAIL = """
curl -X POST "https://api.wiro.ai/v1/Task/Detail" -H "Content-Type: multipart/form-data" \
-H "x-api-key: ${YOUR_API_KEY}" -H "x-nonce: ${NONCE}" -H "x-signature: ${SIGNATURE}" -d '{
  "tasktoken": 'eDcCm5yyUfIvMFspTwww49OUfgXkQt',
}';
"""
SAMPLE = "ani-portrait-audio2video-sampleinput-2.mp4"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[tuple[Stage, IssuedKey]]:
    """A server that asks for keys, and a first one."""
    with staged(serve_home, tmp_path_factory.mktemp("guarded")) as found:
        yield found, found.make_key("first")


def test_the_caption_of_the_seed_with_curl_as_it_is_written(guarded: tuple[Stage, IssuedKey]) -> None:
    stage, _ = guarded
    key = stage.make_key("seed")
    with stage.client("wiro", headers={"x-api-key": key.key}) as client:
        upload(client, SAMPLE, a_clip())
    environ = {"YOUR_API_KEY": key.key, "YOUR_API_SECRET": key.secret}
    host = {"https://api.wiro.ai": stage.base("wiro")}
    begun = shell(SEED_HEADERS + SEED_RUN, host, **environ)
    assert begun.status == 200
    assert begun.json["result"] is True, begun.json
    assert list(begun.json) == ["errors", "taskid", "socketaccesstoken", "result"]
    token = begun.json["socketaccesstoken"]
    command = SEED_HEADERS + SEED_DETAIL
    shown = until(
        lambda: shell(command, {**host, "eDcCm5yyUfIvMFspTwww49OUfgXkQt": token}, **environ).json["tasklist"][0],
        lambda task: task["status"] == "task_postprocess_end",
    )
    assert shown["pexit"] == "0"
    assert shown["outputs"][0]["contenttype"] == "raw"
    order = stage.stub.orders[-1]
    assert order.model.id == "wiro/ShareGPT4Video-EN"
    assert order.input["conversation_mode"] == "v0"
    assert length(next(iter(order.media.values())).read_bytes()) == pytest.approx(1.0)


@pytest.mark.parametrize("prefix", ["", "SHA2-256(stdin)= ", "(stdin)= "])
def test_a_signature_proves_a_key_again_and_again(guarded: tuple[Stage, IssuedKey], prefix: str) -> None:
    stage, key = guarded
    with stage.client("wiro", headers=signed(key, "1734513807", prefix)) as client:
        for _ in range(2):
            assert complaint(said(client, "/Task/Detail", {"tasktoken": "test"}))[0] == 1


def test_wrong_keys_and_signatures_are_refused_in_wiros_words(guarded: tuple[Stage, IssuedKey]) -> None:
    stage, key = guarded
    good = signed(key, "7")
    wrong = {
        "Project authorization is not founded.": [{}, {"x-api-key": "wrong"}, {**good, "x-api-key": key.key + "x"}],
        "Project requires signature authentication. x-signature and x-nonce headers are required.": [
            {"x-api-key": key.key, "x-nonce": "7"},
            {"x-api-key": key.key, "x-signature": good["x-signature"]},
        ],
        "Project authorization is not valid.": [{**good, "x-nonce": "8"}, signed(key, "7", secret="guess")],
    }
    with stage.client("wiro") as client:
        for message, tries in wrong.items():
            for headers in tries:
                response = client.post("/v1/Task/List", json={}, headers=headers)
                assert response.status_code == 401
                assert complaint(response.json()) == (0, message)
        assert said(client, "/Task/List", {}, headers={"x-api-key": key.key})["result"] is True


def test_one_account_never_sees_anothers_tasks_or_files(guarded: tuple[Stage, IssuedKey]) -> None:
    stage, _ = guarded
    mine, theirs = ({"x-api-key": stage.make_key(name).key} for name in ("mine", "theirs"))
    with stage.client("wiro") as client:
        begun = run(client, "previz/text-to-image", {"prompt": "mine"}, headers=mine)
        task = ended(client, begun["socketaccesstoken"], headers=mine)
        file = upload(client, "mine.png", png(), headers=mine)
        for name in (begun["taskid"], begun["socketaccesstoken"], task["uuid"], task["outputs"][0]["id"]):
            for path in ("/Task/Detail", "/Task/Cancel", "/Task/Kill", "/Task/InputOutputDelete"):
                for field in ("tasktoken", "taskid", "socketaccesstoken"):
                    assert complaint(said(client, path, {field: name}, headers=theirs))[0] == 1
        assert said(client, "/Task/List", {}, headers=theirs)["tasklist"] == []
        for reference in (file["id"], "mine.png", file["url"]):
            answer = said(client, "/Run/previz/image-to-video", {"image": reference}, headers=theirs)
            assert answer["result"] is False, reference
        assert detail(client, begun["taskid"], headers=mine)["pexit"] == "0"
