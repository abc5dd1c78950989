"""The authority of a home: signs for the vendors' hosts and nothing else, keeps its key, and renews in time."""

from __future__ import annotations

import datetime
import json
import ssl
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from callsheet.app.ports import answered
from callsheet.app.tls import Authority
from callsheet.catalog import load as load_catalog
from callsheet.cli import main
from callsheet.errors import SetupError
from callsheet.settings import load
from engine_fixtures import Clock

HOSTS = ("api.vidu.com", "api.wiro.ai")
DAY = 86_400


def a_clock() -> Clock:
    """Now, as OpenSSL looks at the real clock; it passes when it is told to."""
    return Clock(time.time_ns() // 1_000_000)


def shake_hands(server: ssl.SSLContext, name: str | None, trusted: str | None = None) -> x509.Certificate:
    """A TLS handshake in memory: the certificate that was shown. Without `trusted` PEM nothing is checked."""
    client = ssl.create_default_context(cadata=trusted)
    if trusted is None:
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    else:
        client.verify_flags |= ssl.VERIFY_X509_STRICT
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname=name)
    answering = server.wrap_bio(there, back, server_side=True)
    for side in (asking, answering, asking, answering):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    shown = asking.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown)


def holds(leaf: x509.Certificate, authority: x509.Certificate, host: str, clock: Clock) -> None:
    """Check it as a client would whose clock says this. VerificationError."""
    at = datetime.datetime.fromtimestamp(clock() / 1000, datetime.UTC)
    checks = PolicyBuilder().store(Store([authority])).time(at.replace(tzinfo=None))
    checks.build_server_verifier(x509.DNSName(host)).verify(leaf, [])


def forged(authority: Authority, folder: Path, name: str) -> ssl.SSLContext:
    """What a thief of the key would show for another name."""
    stolen = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(stolen, ec.EllipticCurvePrivateKey)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(authority.certificate.subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(stolen.public_key()), critical=False)
        .sign(stolen, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "forged.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "forged.pem")
    return context


def test_all_hosts_of_the_catalogue_are_answered_and_the_names_that_the_operator_adds(tmp_path: Path) -> None:
    plain = answered(load(tmp_path, environ={}))
    assert plain == sorted({host for vendor in load_catalog().vendors for host in vendor.hosts})
    assert set(HOSTS) < set(plain)
    added = {
        "CALLSHEET_SERVER__PUBLIC_URL": "https://Media.Example.org",
        "CALLSHEET_SERVER__ALLOWED_HOSTS": "box.lan,10.0.0.7,*.lan,box",
    }
    assert set(answered(load(tmp_path, environ=added))) - set(plain) == {"media.example.org", "box.lan"}


def test_each_host_is_shown_a_certificate_of_its_own_and_others_are_turned_away(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca", HOSTS, a_clock())
    server = authority.context()
    for name in (*HOSTS, "localhost"):
        shown = shake_hands(server, name, authority.pem)
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [name]
    assert shake_hands(server, "127.0.0.1", authority.pem) == shake_hands(server, "localhost", authority.pem)
    assert shake_hands(server, None) == shown, "who names no host is shown this machine's own"
    for stranger in ("api.vidu.com.evil.example", "example.com", "vidu.com"):
        with pytest.raises(ssl.SSLError):
            shake_hands(server, stranger)


def test_a_stolen_key_opens_no_other_host(tmp_path: Path) -> None:
    authority = Authority(tmp_path, HOSTS, a_clock())
    shake_hands(forged(authority, tmp_path, "api.vidu.com"), "api.vidu.com", authority.pem)  # the forgery is a good one
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(forged(authority, tmp_path, "bank.example"), "bank.example", authority.pem)


def test_a_certificate_is_kept_until_it_is_near_its_end_and_then_made_anew(tmp_path: Path) -> None:
    clock = a_clock()
    authority = Authority(tmp_path, HOSTS, clock)
    server = authority.context()
    first = shake_hands(server, HOSTS[0])
    clock.pass_(59 * DAY)
    assert shake_hands(server, HOSTS[0]) == first
    holds(first, authority.certificate, HOSTS[0], clock)
    clock.pass_(2 * DAY)
    second = shake_hands(server, HOSTS[0])
    assert second.serial_number != first.serial_number
    clock.pass_(40 * DAY)
    with pytest.raises(VerificationError):
        holds(first, authority.certificate, HOSTS[0], clock)
    holds(second, authority.certificate, HOSTS[0], clock)


def test_the_authority_is_made_once_and_its_key_is_for_its_owner_only(tmp_path: Path) -> None:
    first = Authority(tmp_path / "ca", HOSTS, a_clock())
    shake_hands(first.context(), HOSTS[0])
    assert Authority(tmp_path / "ca", HOSTS[:1], a_clock()).pem == first.pem
    assert (tmp_path / "ca").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "ca").iterdir()) == ["ca.key", "ca.pem"], "no leaf is left behind"


def test_a_new_host_needs_a_new_export_and_the_earlier_one_goes_on_for_its_hosts(tmp_path: Path) -> None:
    clock = a_clock()
    before = Authority(tmp_path, HOSTS[:1], clock)
    after = Authority(tmp_path, HOSTS, clock)
    assert after.pem != before.pem
    shake_hands(after.context(), HOSTS[0], before.pem)
    shake_hands(after.context(), HOSTS[1], after.pem)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(after.context(), HOSTS[1], before.pem)


def test_the_authority_itself_is_renewed_a_year_before_its_end_with_the_same_key(tmp_path: Path) -> None:
    clock = a_clock()
    first = Authority(tmp_path, HOSTS, clock)
    clock.pass_(3284 * DAY)
    assert Authority(tmp_path, HOSTS, clock).pem == first.pem
    clock.pass_(2 * DAY)
    second = Authority(tmp_path, HOSTS, clock)
    assert second.pem != first.pem
    assert second.certificate.public_key() == first.certificate.public_key()
    holds(shake_hands(second.context(), HOSTS[0]), first.certificate, HOSTS[0], clock)


@pytest.mark.parametrize("name", ["ca.key", "ca.pem"])
def test_a_damaged_authority_is_named_with_the_way_out(tmp_path: Path, name: str) -> None:
    Authority(tmp_path / "ca", HOSTS, a_clock())
    (tmp_path / "ca" / name).write_text("garbage")
    with pytest.raises(SetupError, match="certificate authority") as refused:
        Authority(tmp_path / "ca", HOSTS, a_clock())
    assert "Move" in (refused.value.hint or "")


def test_export_gives_the_certificate_and_never_the_key(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ca.pem"
    assert main(["ca", "export", "--home", str(home)]) == 0
    printed = capsys.readouterr().out
    assert main(["ca", "export", "--home", str(home), "--out", str(out)]) == 0
    assert main(["ca", "export", "--home", str(home), "--json"]) == 0
    said, told = capsys.readouterr().out.split("\n", 1)
    assert said == str(out)
    found = json.loads(told)
    assert out.read_text() == printed == found["pem"]
    assert (out.stat().st_mode & 0o777, home.stat().st_mode & 0o777) == (0o644, 0o700)
    certificate = x509.load_pem_x509_certificate(out.read_bytes())
    assert certificate.fingerprint(hashes.SHA256()).hex() == found["sha256"]
    assert set(found["hosts"]) == {*answered(load(home, environ={})), "localhost"}
    secret = (home / "authority" / "ca.key").read_text()
    for text in (printed, told):
        assert "PRIVATE" not in text
        assert secret.splitlines()[1] not in text
    assert main(["ca", "export", "--home", str(home), "--out", str(tmp_path / "no" / "ca.pem")]) == 5
