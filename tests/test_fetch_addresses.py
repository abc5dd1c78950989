from __future__ import annotations

import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.errors import CallsheetError, Forbidden, InvalidInput
from callsheet.fetch import Guard, why_not
from fetch_fixtures import names

PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.169.0.1", "223.255.255.255"),
    *("2606:4700:4700::1111", "2a00:1450:4001:830::200e", "::ffff:8.8.8.8"),
]

INSIDE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "0.0.0.0": "this host",
    "0.1.2.3": "this host",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "169.254.169.254": "link-local",
    "168.63.129.16": "a cloud's metadata service",
    "192.0.0.192": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "198.51.100.1": "reserved",
    "203.0.113.1": "reserved",
    "192.88.99.1": "a 6to4 relay",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "this host",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "link-local",
    "::127.0.0.1": "reserved",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "2002:7f00:1::": "6to4",
    "2001::1": "reserved",
    "2001:db8::1": "reserved",
    "3fff::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "not an address",
    "fec0::1": "reserved",
    "ff02::1": "multicast",
    "100::1": "reserved",
    "4000::1": "reserved",
    "": "not an address",
    "example.com": "not an address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_fetched(address: str) -> None:
    assert why_not(address) is None


@pytest.mark.parametrize(("address", "why"), INSIDE.items())
def test_an_address_inside_is_named_for_what_it_is(address: str, why: str) -> None:
    assert why_not(address) == why


@given(st.ip_addresses())
def test_whatever_python_holds_for_not_global_is_not_fetched(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inside = not address.is_global or address.is_multicast or address.is_reserved
    if inside and getattr(address, "ipv4_mapped", None) is None:
        assert why_not(str(address)) is not None


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "017700000001", "1.2.3.4.5"),
        *("8.8.8.08", "127.0.0.1.", "0x7F.0.0.1", "evil.0x10", "evil.123", "%31%32%37.0.0.1", "１２７.0.0.1"),
    ],
)
def test_an_address_in_disguise_is_refused_before_any_resolver_sees_it(host: str) -> None:
    async def never(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was resolved")

    with pytest.raises((Forbidden, InvalidInput)):
        Guard(resolver=never).check(f"http://{host}/")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1/", Forbidden),
        ("http://[::1]/", Forbidden),
        ("http://[::ffff:10.0.0.1]:8080/", Forbidden),
        ("http://[fe80::1%25eth0]/", CallsheetError),
        ("http://169.254.169.254/latest/meta-data/", Forbidden),
        ("http://example.com:22/", Forbidden),
        ("http://example.com:25/", Forbidden),
        ("ftp://example.com/", InvalidInput),
        ("file:///etc/passwd", InvalidInput),
        ("gopher://example.com/", InvalidInput),
        ("//example.com/", InvalidInput),
        ("example.com", InvalidInput),
        ("", InvalidInput),
        ("http://", InvalidInput),
        ("http:///path", InvalidInput),
        ("http://exa mple.com/", InvalidInput),
        ("http://example.com:99999/", InvalidInput),
        ("http://me@example.com/", InvalidInput),
        ("http://me:hush@example.com/", InvalidInput),
        ("http://example.com\n.evil.com/", InvalidInput),
    ],
)
def test_a_url_that_may_not_be_fetched_is_refused_by_itself(url: str, error: type[CallsheetError]) -> None:
    with pytest.raises(error) as refused:
        Guard().check(url)
    assert refused.value.hint
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://example.com/a?b=c#d",
        "HTTPS://EXAMPLE.com:8443/",
        "http://1.1.1.1:8080/",
        "http://灯笼.example/",
    ],
)
def test_an_ordinary_url_passes(url: str) -> None:
    assert Guard().check(url).host


@pytest.mark.parametrize("found", ["10.0.0.1", "1.1.1.1 10.0.0.1", "2606:4700::1111 ::1", "1.1.1.1 nonsense"])
def test_one_address_inside_is_enough_to_refuse_a_name(found: str) -> None:
    guard = Guard(resolver=names(mixed_example=found))
    with pytest.raises(Forbidden, match="leads to") as refused:
        asyncio.run(guard.addresses("mixed.example", 443))
    assert "CALLSHEET_FETCH__ALLOW" in str(refused.value)
    assert "10.0.0.1" not in str(refused.value), "the caller does not learn where a name leads inside"


@pytest.mark.parametrize(
    ("allow", "host", "found"),
    [
        ("minio.local", "minio.local", "10.0.0.9"),
        ("MinIO.local.", "minio.LOCAL", "10.0.0.9 ::1"),
        ("10.0.0.9", "minio.local", "10.0.0.9"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1", "::1"),
        ("0:0::1", "::1", "::1"),
    ],
)
def test_an_allowed_host_passes_by_name_or_address(allow: str, host: str, found: str) -> None:
    guard = Guard(frozenset({allow}), names(**{"minio_local": found, "minio_LOCAL": found}))
    bracketed = f"[{host}]" if ":" in host else host
    assert guard.check(f"http://{bracketed}:9000/").host
    assert asyncio.run(guard.addresses(host, 22)) == found.split()


def test_a_url_can_be_judged_before_it_is_kept() -> None:
    guard = Guard(resolver=names(public_example="1.1.1.1", inside_example="10.0.0.1"))
    asyncio.run(guard.admit("https://public.example/hook"))
    for url, error in [
        ("https://inside.example/hook", Forbidden),
        ("https://nowhere.example/hook", InvalidInput),
        ("http://127.0.0.1/hook", Forbidden),
        ("mailto:me@public.example", InvalidInput),
    ]:
        with pytest.raises(error):
            asyncio.run(guard.admit(url))


def test_an_operators_own_host_may_use_any_port() -> None:
    assert Guard(frozenset({"minio.local"})).check("http://minio.local:81/").port == 81


def test_allowing_one_host_allows_no_other() -> None:
    guard = Guard(frozenset({"minio.local"}), names(other_local="10.0.0.9", minio_local_evil_com="10.0.0.9"))
    for host in ("other.local", "minio.local.evil.com"):
        with pytest.raises(Forbidden):
            asyncio.run(guard.addresses(host, 80))
    with pytest.raises(Forbidden):
        guard.check("http://10.0.0.9/")


def test_a_guarded_client_cannot_be_unguarded() -> None:
    for named in ({"transport": None}, {"proxy": "http://a"}, {"mounts": {}}, {"verify": False}, {"trust_env": True}):
        with pytest.raises(ValueError, match="decides"):
            Guard().client(**named)
