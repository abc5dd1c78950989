from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.errors import SetupError
from callsheet.signing import Seal, hash_key, link_opens, new_key, open_seal, sign, sign_link, verify, webhook_secret

# The reference vector of the Standard Webhooks libraries (go/webhook_test.go, TestWebhookSign).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": MESSAGE, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}

secrets_of_any_length = st.binary(min_size=1, max_size=64).map(lambda raw: "whsec_" + base64.b64encode(raw).decode())


def test_a_webhook_is_signed_as_the_reference_libraries_do() -> None:
    assert sign(SECRET, MESSAGE, AT, BODY) == HEADERS
    assert verify(SECRET, HEADERS, BODY, AT)


@given(secrets_of_any_length, st.text(min_size=1), st.integers(0, 10**12), st.binary(), st.integers(-300, 300))
def test_what_was_signed_is_verified_and_nothing_else(
    secret: str, message: str, at: int, body: bytes, skew: int
) -> None:
    if message.encode("utf-8", "replace").decode() != message:
        return
    headers = sign(secret, message, at, body)
    assert verify(secret, headers, body, at + skew)
    assert not verify(secret, headers, body + b" ", at + skew)
    assert not verify(secret, {**headers, "webhook-id": message + "x"}, body, at)
    assert not verify(secret, {**headers, "webhook-timestamp": str(at + 1)}, body, at)
    assert not verify("whsec_" + base64.b64encode(b"another secret").decode(), headers, body, at)


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"webhook-signature": f"v1,AAAA v2,xyz {SIGNATURE}"}, True),
        ({"webhook-signature": SIGNATURE.replace("v1,", "v1a,")}, False),
        ({"webhook-signature": SIGNATURE[:-2]}, False),
        ({"webhook-signature": "v1,ключ"}, False),
        ({"webhook-signature": ""}, False),
        ({"webhook-signature": "v1,"}, False),
        ({"webhook-id": ""}, False),
        ({"webhook-timestamp": "now"}, False),
        ({"webhook-timestamp": "-1614265330"}, False),
        ({"webhook-timestamp": "१"}, False),
    ],
)
def test_headers_are_judged_as_they_come(changes: dict[str, str], good: bool) -> None:
    headers = {name.title(): value for name, value in {**HEADERS, **changes}.items()}
    assert verify(SECRET, headers, BODY, AT) is good
    for name in headers:
        assert not verify(SECRET, {other: value for other, value in headers.items() if other != name}, BODY, AT)


@pytest.mark.parametrize(("now", "good"), [(AT + 300, True), (AT - 300, True), (AT + 301, False), (AT - 301, False)])
def test_an_old_or_early_webhook_is_refused(now: int, good: bool) -> None:
    assert verify(SECRET, HEADERS, BODY, now) is good


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%", "whsec_ключ", "whsec_abc"]
)
def test_a_secret_of_another_form_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ followed by base64") as refused:
        sign(secret, MESSAGE, AT, BODY)
    assert len(secret) < 7 or secret not in str(refused.value)


def test_a_keys_secret_signs_webhooks_as_it_is() -> None:
    _, _, secret = new_key()
    assert webhook_secret(secret) == "whsec_" + secret.removeprefix("css_")
    assert verify(webhook_secret(secret), sign(webhook_secret(secret), "m", 1, b"x"), b"x", 1)


def test_keys_are_long_recognisable_and_never_twice_the_same() -> None:
    made = [new_key() for _ in range(200)]
    for key_id, key, secret in made:
        assert re.fullmatch(r"key_0[0-9A-HJKMNP-TV-Z]{25}", key_id)
        assert re.fullmatch(r"cs_[A-Za-z0-9]{43}", key)
        assert re.fullmatch(r"css_[A-Za-z0-9]{44}", secret)
    assert len({part for one in made for part in one}) == 600
    assert len({hash_key(key) for _, key, _ in made}) == 200


def test_a_key_is_kept_as_its_sha256() -> None:
    assert hash_key("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(hash_key("\ud800")) == 64, "a key that cannot be one is looked up, not a crash"


def test_a_signed_link_opens_its_file_until_it_expires() -> None:
    key = os.urandom(32)
    signature = sign_link(key, "file_1", 1000)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", signature)
    assert link_opens(key, "file_1", "1000", signature, 999)
    assert not link_opens(key, "file_1", "1000", signature, 1000)
    for about, expires, given_signature in [
        ("file_2", "1000", signature),
        ("file_1", "1001", signature),
        ("file_1", "01000", signature),
        ("file_1", "1_000", signature),
        ("file_1", "1000\n", signature),
        ("file_1", "", signature),
        ("file_1", "9" * 400, signature),
        ("file_1", "1000", ""),
        ("file_1", "1000", signature + "="),
        ("file_1", "1000", "ключ\ud800"),
    ]:
        assert not link_opens(key, about, expires, given_signature, 10)
    assert not link_opens(os.urandom(32), "file_1", "1000", signature, 10)


def test_a_sealed_secret_opens_under_its_own_key_and_name_only(tmp_path: Path) -> None:
    seal = open_seal(tmp_path)
    sealed = seal.seal("css_tell-no-one", "key_1")
    assert "tell-no-one" not in sealed
    assert sealed != seal.seal("css_tell-no-one", "key_1"), "the same secret never looks the same"
    assert open_seal(tmp_path).unseal(sealed, "key_1") == "css_tell-no-one"
    other = Seal(os.urandom(32))
    turned = sealed[:-4] + ("A" if sealed[-4] != "A" else "B") + sealed[-3:]
    for opener, text, about in [(seal, sealed, "key_2"), (other, sealed, "key_1"), (seal, turned, "key_1")]:
        with pytest.raises(SetupError, match="another master key"):
            opener.unseal(text, about)
    for text in ("", "v1.", "v2." + sealed[3:], "v1.AAAA", "v1.ключ"):
        with pytest.raises(SetupError, match="another master key"):
            seal.unseal(text, "key_1")


def test_the_master_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    first = open_seal(home)
    path = home / "seal.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in home.iterdir()] == ["seal.key"], "no draft is left"
    assert open_seal(home).derive("links") == first.derive("links") != first.derive("other")
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        open_seal(home)
    path.chmod(0o600)
    path.write_text("short\n")
    with pytest.raises(SetupError, match="not 32 bytes") as refused:
        open_seal(home)
    assert "short" not in str(refused.value)


def test_the_master_key_can_be_given_by_a_setting(tmp_path: Path) -> None:
    raw = b"\xfb\xff" * 16
    for text in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode() + "\n"):
        assert open_seal(tmp_path, text).derive("x") == Seal(raw).derive("x")
    assert list(tmp_path.iterdir()) == []
    for bad in ("", "x", "ключ", base64.b64encode(raw[:31]).decode()):
        with pytest.raises(SetupError, match="setting seal"):
            open_seal(tmp_path, bad)


def test_a_home_that_cannot_hold_the_master_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="master key"):
        open_seal(tmp_path / "file")
