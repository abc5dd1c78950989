from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callsheet.errors import InvalidInput
from callsheet.fetch import Guard, download
from fetch_fixtures import WITHIN, names, plain, serving

HERE = frozenset({"127.0.0.1"})


def test_tls_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    authority, server = certificates(tmp_path, "good.example")
    asked: list[str | None] = []
    server.sni_callback = lambda _, name, __: asked.append(name)

    async def story() -> None:
        guard = Guard(HERE, names(good_example="127.0.0.1", bad_example="127.0.0.1"), authority)
        async with serving({"/": plain(b"sealed")}, server) as site, guard.client() as client:
            url = site.url(host="good.example", scheme="https")
            assert (await download(client, url, tmp_path / "got", 100, WITHIN)).bytes == 6
            with pytest.raises(InvalidInput, match="could not be fetched"):
                await download(client, site.url(host="bad.example", scheme="https"), tmp_path / "no", 100, WITHIN)
            assert asked == ["good.example", "bad.example"]
        async with serving({"/": plain(b"sealed")}, server) as site, Guard(HERE).client() as client:
            with pytest.raises(InvalidInput, match=r"could not be fetched.*certificate"):
                await download(client, site.url(scheme="https"), tmp_path / "no", 100, WITHIN)

    asyncio.run(story())


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A client that trusts one certificate, and a server that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names_in_it = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("10.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names_in_it, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = folder.parent / f"{folder.name}.pem"
    plain_key = serialization.NoEncryption()
    path.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain_key))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return ssl.create_default_context(cadata=pem.decode()), server
