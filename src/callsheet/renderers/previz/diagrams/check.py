"""Whether Mermaid source is one that Mermaid can draw, and repairs of what most often keeps it from it."""

from __future__ import annotations

import re
from collections.abc import Callable

import mmdr

from callsheet.renderers.previz.diagrams import mermaid

_RESERVED = "end|graph|subgraph|style|class|click|default|linkStyle|classDef"


def fault(source: str) -> str:
    """What the parser has against the source; nothing when it can be drawn."""
    try:
        mmdr.render(source).svg()
    except ValueError as error:
        return str(error)
    except BaseException as error:  # what a Rust library panics with is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return "the parser gave up"
    return ""


def unfenced(text: str) -> str:
    """The source within what a chat model wrote around it: a fenced block, else the whole."""
    found = re.search(r"```(?:mermaid|json|vega-lite)?[^\S\n]*\n(.*?)(?:```|\Z)", text, re.S)
    return (found[1] if found else text).strip() + "\n"


def mended(source: str) -> tuple[str, list[str]]:
    """The source with what can be repaired repaired, and what was done. Sound source comes back as it is."""
    if not fault(source):
        return source, []
    done: list[str] = []
    for said, repair in _REPAIRS:
        tried = repair(source)
        if tried != source:
            source = tried
            done.append(said)
            if not fault(source):
                break
    return source, done


def _straight(source: str) -> str:
    """Typographic quotes and arrows, tabs and full-width brackets as Mermaid writes them."""
    swapped = source.translate(
        str.maketrans({"\u201c": '"', "\u201d": '"', "\t": "    ", "\u2014": "-", "\u2013": "-"})
    )
    return re.sub(r"→|⟶|=>(?!>)", "-->", swapped)


def _quote(source: str) -> str:
    """Labels between quotes, with what is special in them escaped."""
    if not re.match(r"\s*(?:flowchart|graph|mindmap)", source):
        return source
    return "\n".join(_quoted_line(line) for line in source.split("\n"))


def _quoted_line(line: str) -> str:
    def label(found: re.Match[str]) -> str:
        opening, text, closing = found[2], found[3].strip(), found[4]
        inner = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
        return f'{found[1]}{opening}"{mermaid.quoted(mermaid.unquoted(inner))}"{closing}'

    rest = r"(?=\s*(?:$|;|--|==|-\.|&))"
    for opening, closing in ((r"\(\[", r"\]\)"), (r"\(\(", r"\)\)"), (r"\[", r"\]"), (r"\{", r"\}"), (r"\(", r"\)")):
        line, count = re.subn(
            rf"(^\s*|[\s>|&])([\w\u0080-\uffff]+{opening})(?![\[(])(.+?)({closing}){rest}", label, line
        )
        if not count and opening in (r"\[", r"\{"):
            line = re.sub(
                rf"(^\s*|[\s>|&])([\w\u0080-\uffff]+{opening})([^\[\](){{}}]+?)()\s*{rest}", _close(closing[1:]), line
            )
    return re.sub(r"\|\s*\"?([^|\"]+)\"?\s*\|", lambda found: f'|"{mermaid.quoted(found[1])}"|', line)


def _close(closing: str) -> Callable[[re.Match[str]], str]:
    """A bracket that was never closed is closed where the label must end."""
    return lambda found: f'{found[1]}{found[2]}"{mermaid.quoted(found[3])}"{closing}'


def _rename(source: str) -> str:
    """Ids that are words of Mermaid's own."""
    if not re.match(r"\s*(?:flowchart|graph)", source):
        return source
    lines = source.split("\n")
    for index, line in enumerate(lines[1:], 1):
        if not re.match(rf"\s*(?:{_RESERVED})\s+\w|\s*end\s*$", line):
            lines[index] = re.sub(
                rf"(^\s*|(?:-->|---|==>|\.->)\s*(?:\|[^|]*\|\s*)?"
                rf"|&\s*)({_RESERVED})(?=\s*(?:$|[\[({{]|--|==|-\.|&))",
                r"\1\2_",
                line,
            )
    return "\n".join(lines)


def _head(source: str) -> str:
    """A flowchart that begins without saying so, or without its direction."""
    first = source.lstrip().split("\n")[0]
    if re.fullmatch(r"(?:flowchart|graph)\s*;?", first.strip()):
        return source.replace(first, "flowchart TD", 1)
    if "-->" in source and not re.match(r"\s*(?:flowchart|graph|%%|---)", source):
        return "flowchart TD\n" + source
    return source


_REPAIRS = (
    ("typographic marks made plain", _straight),
    ("the kind of diagram added", _head),
    ("reserved words renamed", _rename),
    ("labels quoted", _quote),
)
