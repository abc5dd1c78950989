"""The XMP packet that says where a file comes from: written, added to another's, and read back (ISO 16684-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from callsheet.provenance.carriers.layout import Unfit
from callsheet.provenance.facts import SOURCE_TYPES, Provenance, from_told

NAMESPACE = "urn:callsheet:provenance:1:"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PREFIXES = {"callsheet": NAMESPACE, "xmp": _XMP, "Iptc4xmpExt": _IPTC}

_OURS = re.compile(
    rf"<rdf:Description(?=[^<>]*{re.escape(NAMESPACE)})[^<>]*(?:(?<=/)>|(?<!/)>.*?</rdf:Description>)\s*", re.DOTALL
)
_END = re.compile(r"</[\w.-]+:RDF\s*>")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(facts: Provenance, before: bytes | None = None) -> bytes:
    """A packet that tells these facts. One that is there already keeps what it says, and has the last word on it.

    Unfit where that one cannot be read.
    """
    if before is None:
        return _WHOLE.format(described=_described(facts, "", set())).encode()
    text = _OURS.sub("", _text(before))
    root = _parsed(text)
    ends = [found.start() for found in _END.finditer(text)]
    if not ends:
        raise Unfit("its XMP packet has no RDF to add to")
    about = next((one.get(f"{{{_RDF}}}about", "") for one in root.iter(f"{{{_RDF}}}Description")), "")
    described = _described(facts, about, _named(root))
    return f"{text[: ends[-1]]}{described}\n{text[ends[-1] :]}".encode()


def read(packet: bytes) -> Provenance | None:
    """What a packet tells; None where callsheet did not write in it. Unfit where it cannot be read."""
    text = _text(packet)
    if NAMESPACE not in text:
        return None
    parts: dict[str, Any] = {}
    for one in _parsed(text).iter(f"{{{_RDF}}}Description"):
        for name, value in [*one.attrib.items(), *((child.tag, _value(child)) for child in one)]:
            if name.startswith(f"{{{NAMESPACE}}}"):
                parts[name.rpartition("}")[2]] = value
    return from_told(parts)


_WHOLE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
{described}
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _described(facts: Provenance, about: str, taken: set[str]) -> str:
    """Our description: one property a line, none that another description of the same packet has."""
    shared = {
        "xmp:CreatorTool": f"callsheet/{facts.version}",
        "xmp:CreateDate": facts.created,
        "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPES + facts.source,
    }
    if facts.generative:
        shared["Iptc4xmpExt:AISystemUsed"] = facts.stage
    if facts.prompt is not None:
        shared["Iptc4xmpExt:AIPromptInformation"] = facts.prompt
    lines = [_simple(name, value) for name, value in shared.items() if _full(name) not in taken]
    for name, value in facts.told().items():
        listed = isinstance(value, list | tuple)
        lines.append(_bag(f"callsheet:{name}", value) if listed else _simple(f"callsheet:{name}", str(value)))
    if facts.prompt is not None:
        lines.append(_simple("callsheet:prompt", facts.prompt))
    spaces = " ".join(f"xmlns:{name}={quoteattr(uri)}" for name, uri in _PREFIXES.items())
    opened = f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about={quoteattr(about)} {spaces}>'
    return "\n".join((opened, *lines, "</rdf:Description>"))


def _simple(name: str, value: str) -> str:
    return f"<{name}>{escape(_NOT_XML.sub(' ', value))}</{name}>"


def _bag(name: str, values: Iterable[str]) -> str:
    items = "".join(_simple("rdf:li", one) for one in values)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>"


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


def _named(root: ElementTree.Element) -> set[str]:
    """Every property that the packet has."""
    found = list(root.iter(f"{{{_RDF}}}Description"))
    return {name for one in found for name in (*one.attrib, *(child.tag for child in one))}


def _value(property: ElementTree.Element) -> str | list[str]:
    if len(property) == 0:
        return property.text or ""
    return [one.text or "" for one in property.iter(f"{{{_RDF}}}li")]


def _text(packet: bytes) -> str:
    try:
        return packet.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError as error:
        raise Unfit("its XMP packet is not in UTF-8") from error


def _parsed(text: str) -> ElementTree.Element:
    """The packet's XML. One that declares entities is not read: no writer of XMP does, and they may grow."""
    if "<!" in text:
        raise Unfit("its XMP packet is no plain XML")
    try:
        return ElementTree.fromstring(text.lstrip("\ufeff").strip())
    except ElementTree.ParseError as error:
        raise Unfit("its XMP packet is no XML") from error
