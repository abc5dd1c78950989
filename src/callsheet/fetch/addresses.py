"""Which addresses are on the public internet, and which would lead a fetch back into this network."""

from __future__ import annotations

import ipaddress
import re

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC_4 = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's metadata service",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "reserved",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "reserved",
    "198.51.100.0/24": "reserved",
    "203.0.113.0/24": "reserved",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_NOT_PUBLIC_6 = {
    "::/128": "this host",
    "::1/128": "loopback",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64",
    "2001::/23": "reserved",
    "2001:db8::/32": "reserved",
    "2002::/16": "6to4",
    "3fff::/20": "reserved",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}
_NAMED = [(ipaddress.ip_network(text), why) for text, why in (_NOT_PUBLIC_4 | _NOT_PUBLIC_6).items()]
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")


def why_not(address: str) -> str | None:
    """None for a public address, else in a word or two what it is instead. Anything unclear is not public.

    Sources: the IANA special-purpose address registries for IPv4 and IPv6. An IPv4 address inside an IPv6 one is
    judged as itself where it is mapped; the translating prefixes (NAT64, 6to4, Teredo) are refused whole.
    """
    found = parse(address)
    if found is None:
        return "not an address"
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    if mapped is not None:
        found = mapped
    for network, why in _NAMED:
        if found in network:
            return why
    if isinstance(found, ipaddress.IPv6Address):
        return None if found in _PUBLIC_6 else "reserved"
    return None if found.is_global else "reserved"


def parse(host: str) -> Address | None:
    """An address in its one plain spelling; None for names, for other spellings and for addresses with a zone."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return None if getattr(found, "scope_id", None) else found


def canonical(host: str) -> str:
    """A host for comparing: lower case, no dot at the end, no brackets, an address in its shortest spelling."""
    bare = host.strip().rstrip(".").lower().removeprefix("[").removesuffix("]")
    found = parse(bare)
    return str(found) if found is not None else bare


def disguised(host: str) -> bool:
    """Whether a host that is no plain address is one to some resolvers: `127.1`, `2130706433`, `0x7f.1`, `0177.0.0.1`.

    Such a host is an IPv4 address in every URL parser that follows the WHATWG rules, and is written plainly by anyone
    who means well.
    """
    bare = host.rstrip(".")
    return parse(bare) is None and re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", bare.rpartition(".")[2]) is not None
