"""C2PA manifests, read back by the library itself: valid, bound to the bytes, and another's is kept inside ours."""

from __future__ import annotations

import dataclasses
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import c2pa
import pytest

from callsheet.errors import SetupError
from callsheet.provenance import Ingredient, inspect, manifest, read
from callsheet.provenance import credential as credentials
from callsheet.provenance.credential import CERTIFICATE, FOLDER, KEY, Credential
from callsheet.provenance.stamping import Stamped, Stamper
from provenance_fixtures import FACTS, MAKERS, decoded, laid, made

SIGNED = [kind for kind in MAKERS if kind != "flac"]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Credential:
    """Some vendor's credential."""
    return credentials.own(tmp_path_factory.mktemp("vendor"), NOW)


def signed(home: Path, folder: Path, data: bytes, *ingredients: Ingredient, edited: bool = False) -> Stamped:
    return Stamper("c2pa", home).stamp(laid(folder, data), folder / "draft", FACTS, ingredients, edited=edited)


def manifests(path: Path, content_type: str) -> tuple[str, dict[str, Any]]:
    with path.open("rb") as file, c2pa.Reader(content_type, file) as reader:
        return reader.get_validation_state(), json.loads(reader.json())


def active(path: Path, content_type: str) -> dict[str, Any]:
    state, told = manifests(path, content_type)
    assert state == "Valid"
    codes = {one["code"] for one in told.get("validation_status", [])}
    assert codes <= {"signingCredential.untrusted"}  # our own: what is signed is whole, by whom is not vouched for
    return told["manifests"][told["active_manifest"]]


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signed_file_is_valid_plays_the_same_and_tells_the_same(kind: str, home: Path, tmp_path: Path) -> None:
    before = made(kind)
    found = signed(home, tmp_path, before)
    assert found.told["form"] == "c2pa", found.told
    assert decoded(found.path.read_bytes(), kind) == decoded(before, kind)
    assert read(found.path) == FACTS
    told = active(found.path, inspect(found.path)["content_type"])
    assert told["claim_generator_info"][0]["name"] == "callsheet"
    said = {one["label"]: one["data"] for one in told["assertions"]}
    assert said["callsheet.task"]["task"] == FACTS.task
    [created] = said["c2pa.actions.v2"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/trainedAlgorithmicMedia")


def test_flac_is_not_signed_and_still_carries_its_metadata(home: Path, tmp_path: Path) -> None:
    found = signed(home, tmp_path, made("flac"))
    assert found.told["form"] == "metadata"
    assert read(found.path) == FACTS


@pytest.mark.parametrize("kind", ["png", "mp4", "wav", "svg"])
def test_one_changed_byte_of_a_signed_file_is_found(kind: str, home: Path, tmp_path: Path) -> None:
    path = signed(home, tmp_path, made(kind)).path
    assert inspect(path)["c2pa"] == {"state": "Valid", "issuer": "callsheet (self-signed)", "generator": "callsheet"}
    data = bytearray(path.read_bytes())
    at = (
        data.index(b"204060")
        if kind == "svg"
        else data.index({"png": b"IDAT", "mp4": b"mdat", "wav": b"data"}[kind]) + 40
    )
    data[at] ^= 1
    path.write_bytes(data)
    assert inspect(path)["c2pa"]["state"] == "Invalid"


def test_ingredients_are_told_of_with_their_own_manifests(home: Path, tmp_path: Path) -> None:
    still = signed(home, tmp_path, made("png")).path.rename(tmp_path / "still")
    words = laid(tmp_path, b"words", "words")
    parts = [Ingredient(still, "c" * 64, "image/png", "task_00"), Ingredient(words, "d" * 64, "text/plain")]
    found = signed(home, tmp_path, made("mp4"), *parts)
    told = active(found.path, "video/mp4")
    assert [(one["title"], one["relationship"]) for one in told["ingredients"]] == [
        ("task_00", "inputTo"),
        ("d" * 64, "inputTo"),
    ]
    assert told["ingredients"][0]["active_manifest"]
    edit = signed(home, tmp_path, made("mp4, index first"), *parts, edited=True)
    told = active(edit.path, "video/mp4")
    actions = next(one["data"]["actions"] for one in told["assertions"] if one["label"] == "c2pa.actions.v2")
    assert [one["action"] for one in actions] == ["c2pa.created", "c2pa.placed", "c2pa.edited"]
    assert {one["relationship"] for one in told["ingredients"]} == {"componentOf"}


@pytest.mark.parametrize("kind", ["png", "jpeg", "mp4", "mp3", "webp", "wav", "gif", "svg"])
def test_a_vendors_own_manifest_becomes_the_parent_of_ours(
    kind: str, home: Path, another: Credential, tmp_path: Path
) -> None:
    theirs = by_another(tmp_path, made(kind), another)
    found = Stamper("c2pa", home).stamp(theirs, tmp_path / "draft", FACTS, edited=False)
    assert found.told["form"] == "c2pa", found.told
    assert read(found.path) == FACTS
    assert decoded(found.path.read_bytes(), kind) == decoded(made(kind), kind)
    content_type = inspect(found.path)["content_type"]
    told = active(found.path, content_type)
    [parent] = told["ingredients"]
    assert parent["relationship"] == "parentOf"
    both = manifests(found.path, content_type)[1]["manifests"]
    assert "Their model" in json.dumps(both[parent["active_manifest"]])


@pytest.mark.parametrize("kind", ["png", "jpeg", "mp4", "mp3", "webp", "wav", "gif", "svg"])
def test_without_the_extra_a_vendors_manifest_is_not_touched(kind: str, another: Credential, tmp_path: Path) -> None:
    theirs = by_another(tmp_path, made(kind), another)
    found = Stamper("metadata", tmp_path).stamp(theirs, tmp_path / "draft", FACTS, edited=False)
    assert found.path == theirs
    assert found.told["stamped"] is False
    assert "C2PA manifest" in found.told["why"]


def by_another(folder: Path, data: bytes, credential: Credential) -> Path:
    """The file as a vendor that signs would send it."""
    plain, out = laid(folder, data, "plain"), folder / "theirs"
    facts = dataclasses.replace(FACTS, model="Their model")
    manifest.sign(plain, out, inspect(plain)["content_type"], facts, credential)
    return out


def test_a_home_makes_one_credential_and_keeps_its_key_to_itself(home: Path, tmp_path: Path) -> None:
    signed(home, tmp_path, made("png"))
    first = (home / FOLDER / CERTIFICATE).read_bytes()
    signed(home, tmp_path, made("jpeg"))
    assert (home / FOLDER / CERTIFICATE).read_bytes() == first
    assert stat.S_IMODE((home / FOLDER / KEY).stat().st_mode) == 0o600


def test_files_that_are_signed_at_once_in_a_new_home_make_one_credential_that_fits(home: Path) -> None:
    now = datetime.now(UTC)
    with ThreadPoolExecutor(8) as at_once:
        assert len(set(at_once.map(lambda _: credentials.own(home, now), range(8)))) == 1


def test_a_credential_that_was_half_made_is_made_anew(home: Path) -> None:
    now = datetime.now(UTC)
    first = credentials.own(home, now)
    other = credentials.own(home / "other", now)
    (home / FOLDER / KEY).write_bytes(other.key)
    second = credentials.own(home, now)
    assert second not in (first, other)
    assert credentials.own(home, now) == second


def test_a_given_credential_signs_and_one_that_does_not_fit_is_refused(
    home: Path, another: Credential, tmp_path: Path
) -> None:
    certificate, key = laid(tmp_path, another.certificates, "c.pem"), laid(tmp_path, another.key, "k.pem")
    found = Stamper("auto", tmp_path, certificate, key).stamp(
        laid(tmp_path, made("png")), tmp_path / "draft", FACTS, edited=False
    )
    assert inspect(found.path)["c2pa"]["state"] == "Valid"
    assert not (tmp_path / FOLDER).exists()
    credentials.own(home, NOW)
    with pytest.raises(SetupError, match="is not the key of"):
        Stamper("c2pa", tmp_path, certificate, home / FOLDER / KEY)
    with pytest.raises(SetupError, match="cannot be read"):
        Stamper("c2pa", tmp_path, tmp_path / "none", key)
    with pytest.raises(SetupError, match="not a certificate"):
        Stamper("c2pa", tmp_path, key, key)


def test_without_the_extra_auto_writes_metadata_and_c2pa_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(manifest, "available", lambda: False)
    found = Stamper("auto", tmp_path).stamp(laid(tmp_path, made("png")), tmp_path / "draft", FACTS, edited=False)
    assert found.told["form"] == "metadata"
    with pytest.raises(SetupError, match=r"callsheet\[c2pa\]"):
        Stamper("c2pa", tmp_path)


def test_what_cannot_be_signed_is_kept_with_its_metadata(home: Path, tmp_path: Path) -> None:
    broken = Credential(b"no certificate", b"no key", "es256")
    stamper = Stamper("c2pa", home)
    stamper._credential = broken
    found = stamper.stamp(laid(tmp_path, made("png")), tmp_path / "draft", FACTS, edited=False)
    assert found.told["form"] == "metadata"
    assert found.told["why"].startswith("It could not be signed")
    assert read(found.path) == FACTS
