"""Files in Wiro's dialect: sent as parts, uploaded, named, deleted."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from vendor_fixtures import Serve, Stage, staged
from vendor_media import a_png as png
from wiro_fixtures import complaint, detail, ended, run, said, upload


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("wiro")) as found:
        yield found


@pytest.fixture
def wiro(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("wiro") as client:
        yield client


@pytest.mark.parametrize("field", ["image", "imageUrl"])
def test_a_file_comes_as_a_part_an_upload_or_its_id(stage: Stage, wiro: httpx2.Client, field: str) -> None:
    file = upload(wiro, "still.png", png())
    by_url = run(wiro, "previz/image-to-video", {field: file["url"], "duration": "1"})
    by_id = run(wiro, "previz/image-to-video", {field: file["id"], "duration": 1})
    as_list = run(wiro, "previz/image-to-video", {field: [file["url"]]})
    part = said(wiro, "/Run/previz/image-to-video", files={field: ("still.png", png())}, data={"duration": "1"})
    tokens = [one["socketaccesstoken"] for one in (by_url, by_id, as_list, part)]
    assert [ended(wiro, token)["pexit"] for token in tokens] == ["0"] * 4
    for order in stage.stub.orders:
        assert order.media[order.input["image"]].read_bytes() == png()


def test_several_files_come_as_parts_and_addresses_together(stage: Stage, wiro: httpx2.Client) -> None:
    urls = [upload(wiro, f"{number}.png", png(400, 400, number))["url"] for number in (1, 2)]
    fields = {"imagesUrl": ",".join(urls), "prompt": "two of them", "images": urls[0]}
    files = [("images", ("a.png", png(400, 400, 3))), ("images", ("b.png", png(400, 400, 4)))]
    answer = said(wiro, "/Run/vidu/viduq2/reference2image", data=fields, files=files)
    assert answer["result"] is True, answer
    ended(wiro, answer["socketaccesstoken"])
    assert len(stage.stub.orders[-1].input["images"]) == 5


def test_files_are_deleted_once_the_task_has_ended(stage: Stage, wiro: httpx2.Client) -> None:
    kept, stub = upload(wiro, "still.png", png()), stage.stub
    stub.run()
    mine = run(wiro, "previz/image-to-video", {"image": kept["url"]})["socketaccesstoken"]
    early = said(wiro, "/Task/InputOutputDelete", {"tasktoken": mine})
    assert complaint(early)[1] == "Task must be completed or cancelled before deleting files"
    stub.succeed()
    url = ended(wiro, mine)["outputs"][0]["url"]
    sent = said(wiro, "/Run/previz/image-to-video", files={"image": ("still.png", png())})["socketaccesstoken"]
    ended(wiro, sent)
    part = stage.newest()["input"]["image"]
    for token in (mine, mine, sent):
        assert said(wiro, "/Task/InputOutputDelete", {"tasktoken": token}) == {"result": True, "errors": []}
    assert detail(wiro, mine)["outputs"] == []
    assert httpx2.get(url, trust_env=False, timeout=60).status_code == 404
    assert httpx2.get(kept["url"], trust_env=False, timeout=60).content == png()
    with stage.as_operator() as native:
        assert native.get(f"/v1/files/{part}").status_code == 404
    unknown = said(wiro, "/Task/InputOutputDelete", {"tasktoken": "x"})
    assert complaint(unknown) == (1, "task-not-exist")


def test_folders_and_uploads_answer_as_documented(wiro: httpx2.Client) -> None:
    (folder,) = said(wiro, "/File/FolderCreate", {"name": "training-data", "parentId": None})["list"]
    assert folder["name"] == "training-data"
    file = upload(wiro, "notes.txt", b"hello", data={"folderid": folder["id"]})
    assert file["parentid"] == folder["id"]
    assert (file["size"], file["name"]) == ("5", "notes.txt")
    assert httpx2.get(file["url"], trust_env=False, timeout=60).content == b"hello"
    assert complaint(said(wiro, "/File/Upload", {}))[1] == "Request files [file] required"


def test_what_came_with_a_refused_call_is_not_kept(stage: Stage, wiro: httpx2.Client) -> None:
    sent = {"image": ("refused.png", png(number=9))}
    answer = said(wiro, "/Run/previz/image-to-video", files=sent, data={"duration": "999"})
    assert "must be between" in complaint(answer)[1]
    answer = said(wiro, "/Run/previz/image-to-video", files=sent, data={"resolution": "9p"})
    assert "[resolution]" in complaint(answer)[1]
    with stage.as_operator() as native:
        names = [file["name"] for file in native.get("/v1/files", params={"limit": 100}).json()["data"]]
    assert "refused.png" not in names


def test_a_file_too_many_and_a_body_cut_short_are_refused(wiro: httpx2.Client) -> None:
    two = [("image", ("a.png", png())), ("image", ("b.png", png()))]
    answer = said(wiro, "/Run/previz/image-to-video", files=two)
    assert complaint(answer) == (0, "Request files [image] takes one file.")
    cut = wiro.post(
        "/v1/File/Upload", content=b"--b\r\nContent-Disp", headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert complaint(cut.json())[0] == 0
