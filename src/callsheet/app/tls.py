"""A certificate authority of one's own, kept in the home: what lets https clients of the vendors' hosts come here."""

from __future__ import annotations

import datetime
import ipaddress
import logging
import os
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from callsheet.app.home import write_private
from callsheet.errors import SetupError
from callsheet.tasks import Clock

FOLDER, KEY, CERTIFICATE = "authority", "ca.key", "ca.pem"
LOCAL = "localhost"

CA_DAYS, CA_SPARE = 3650, 365
LEAF_DAYS, LEAF_SPARE = 90, 30
"""How many days a certificate is valid, and with how many left it is renewed."""

_SKEW = datetime.timedelta(days=1)
_HERE = tuple(ipaddress.ip_address(one) for one in ("127.0.0.1", "::1"))

log = logging.getLogger("callsheet.server")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What is shown to who asks for one host, and until when."""

    context: ssl.SSLContext
    until: datetime.datetime


class Authority:
    """Signs for `hosts`, this machine's own names, and for nothing else: its name constraints say so to every client.

    Made in `folder` when it is not there. Its certificate is made anew, with the same key, when it does not cover a
    host or is about to expire: who trusts an earlier one goes on trusting it for the hosts it named. SetupError when
    the folder cannot be used.
    """

    def __init__(self, folder: Path, hosts: Iterable[str], clock: Clock) -> None:
        self.hosts = frozenset(hosts) | {LOCAL}
        self._clock = clock
        self._folder = folder
        self._leaves: dict[str, _Leaf] = {}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = _read_key(folder / KEY)
            self.certificate = self._read_certificate(folder / CERTIFICATE)
        except (OSError, ValueError, TypeError) as error:
            raise SetupError(
                f"The certificate authority in {folder} cannot be used: {getattr(error, 'strerror', None) or error}.",
                hint=f"Move {folder} away: another is made, and its certificate is to be exported and trusted again.",
            ) from error

    @property
    def pem(self) -> str:
        """The certificate for clients to trust. The key never leaves the home."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self.certificate.fingerprint(SHA256()).hex()

    def context(self) -> ssl.SSLContext:
        """For a listener: shows each client a certificate of the host it asks for, and ends who asks for another."""
        context = _context()
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> int | None:
        host = (name or LOCAL).lower().rstrip(".")  # who connects to an address names no host
        if host not in self.hosts:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        try:
            connection.context = self._leaf(host).context
        except OSError as error:
            log.error("no certificate could be made: %s", error, extra={"host": host})
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        return None

    def _leaf(self, host: str) -> _Leaf:
        leaf = self._leaves.get(host)
        if leaf is None or leaf.until - self._now() < datetime.timedelta(days=LEAF_SPARE):
            leaf = self._leaves[host] = self._new_leaf(host)
        return leaf

    def _new_leaf(self, host: str) -> _Leaf:
        """A key and a certificate that are nowhere but in memory, save for the moment in which OpenSSL reads them."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(host), *(x509.IPAddress(one) for one in _HERE if host == LOCAL)]
        certificate = (
            self._builder(_named(host), key, LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, SHA256())
        )
        context = _context()
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".leaf-") as shown:
            shown.write(_private(key) + certificate.public_bytes(Encoding.PEM))
            shown.flush()
            context.load_cert_chain(shown.name)
        return _Leaf(context, certificate.not_valid_after_utc)

    def _read_certificate(self, path: Path) -> x509.Certificate:
        """The one that is kept while it serves, else a new one."""
        if path.exists():
            found = x509.load_pem_x509_certificate(path.read_bytes())
            ours = found.public_key() == self._key.public_key() and self.hosts <= _covered(found)
            if ours and found.not_valid_after_utc - self._now() >= datetime.timedelta(days=CA_SPARE):
                return found
            log.warning("the authority's certificate is made anew: export it again with `callsheet ca export`")
        made = self._new_certificate()
        write_private(path, made.public_bytes(Encoding.PEM).decode())
        return made

    def _new_certificate(self) -> x509.Certificate:
        names = [x509.DNSName(host) for host in sorted(self.hosts)]
        networks = [x509.IPAddress(ipaddress.ip_network(one)) for one in _HERE]
        constraints = x509.NameConstraints(permitted_subtrees=[*names, *networks], excluded_subtrees=None)
        return (
            self._builder(self._name(), self._key, CA_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(constraints, critical=True)
            .sign(self._key, SHA256())
        )

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
        """What both kinds have in common. It begins a day ago, for clients whose clock is behind."""
        now = self._now()
        return (
            x509.CertificateBuilder(self._name(), subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _name(self) -> x509.Name:
        """Different for each home, so that a machine may trust several."""
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()).digest.hex()[:8]
        return _named(f"callsheet local authority {own}")

    def _now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._clock() / 1000, datetime.UTC)


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The authority's key. Of several processes that make one at once, the first one's counts for all."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        write_private(draft, _private(ec.generate_private_key(ec.SECP256R1())).decode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} is not a key of the kind made here")
    return key


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _covered(certificate: x509.Certificate) -> set[str]:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return set()
    return {one.value for one in constraints.permitted_subtrees or () if isinstance(one, x509.DNSName)}


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
