"""Who signs: the certificate and key that were given, or ones that this installation made for itself."""

from __future__ import annotations

import datetime
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

FOLDER = "provenance"
CERTIFICATE, KEY = "certificate.pem", "key.pem"
YEARS = 20

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_DAY = datetime.timedelta(days=1)

_MAKING = threading.Lock()
"""Several files are signed at once, and the first of them makes it."""


class BadCredential(Exception):
    """The certificate or its key will not do; the message says why."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A chain of certificates, the signer's first, its key, both PEM, and C2PA's name of the algorithm."""

    certificates: bytes
    key: bytes
    algorithm: str


def given(certificate: Path, key: Path) -> Credential:
    """The credential in these files. BadCredential where they cannot be read or do not belong together."""
    try:
        chain, secret = certificate.read_bytes(), key.read_bytes()
        first = x509.load_pem_x509_certificates(chain)[0]
        private = serialization.load_pem_private_key(secret, None)
    except OSError as error:
        raise BadCredential(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise BadCredential(f"{certificate} and {key} are not a certificate and its key in PEM") from error
    if _public(private.public_key()) != _public(first.public_key()):
        raise BadCredential(f"{key} is not the key of the certificate in {certificate}")
    return Credential(chain, secret, _algorithm(private))


def own(home: Path, now: datetime.datetime) -> Credential:
    """This installation's own credential, made at the first use and kept in the home, its key for the owner only.

    Nobody else trusts it: it shows that a file was not changed since, not who made it.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _MAKING:
        try:
            return given(folder / CERTIFICATE, folder / KEY)
        except BadCredential:  # there is none yet, or whoever made it was killed between the two
            chain, key = _made(now)
            _keep(folder / KEY, key)
            _keep(folder / CERTIFICATE, chain)
        return given(folder / CERTIFICATE, folder / KEY)


def _made(now: datetime.datetime) -> tuple[bytes, bytes]:
    """A chain of two, since C2PA takes no signer that vouches for itself; the root's key is not kept."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("callsheet, this installation"), _name("callsheet")
    until = now + YEARS * 365 * _DAY

    def begun(subject: x509.Name, public: ec.EllipticCurvePublicKey, root: bool) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(root_name, subject, public, x509.random_serial_number(), now - _DAY, until)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
        return (
            builder.add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
            .add_extension(_usage(root), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(issuer, critical=False)
        )

    root = begun(root_name, root_key.public_key(), root=True).sign(root_key, hashes.SHA256())
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING])
    leaf = begun(name, key.public_key(), root=False).add_extension(purposes, critical=False)
    chain = [leaf.sign(root_key, hashes.SHA256()), root]
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain), secret


def _name(common: str) -> x509.Name:
    """C2PA shows the organisation as the issuer of a manifest."""
    own = "callsheet (self-signed)"
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, own), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _usage(root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )


def _algorithm(key: object) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise BadCredential("C2PA signs with keys on the curves P-256, P-384 and P-521, with Ed25519 or with RSA")


def _public(key: object) -> bytes:
    formats = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(*formats)  # pyright: ignore[reportAttributeAccessIssue]


def _keep(path: Path, data: bytes) -> None:
    """Whole or not there."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
