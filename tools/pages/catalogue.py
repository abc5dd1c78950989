"""The catalogue's pages: the table of vendors in the README, the shared words, and one page per vendor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from callsheet.catalog import Catalog, Choice, Media, Model, Output, Param, Price, Rule, Vendor, load
from callsheet.catalog.shape import schema_text

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(<!-- generated: vendors -->\n).*?(<!-- end -->)", re.DOTALL)
FOLDER = "docs/reference/models"

INDEX = """# Models

What can be asked for, in the words that all vendors share. A capability is itself a model id that routes.
"""
HEADS = "| Vendor | Makes | Models | We call it | Its clients call us | Proven |\n|---|---|---|---|---|---|"
PARAMS = "| param | type | takes | default | their name |\n|---|---|---|---|---|"


def pages() -> dict[str, str]:
    """README.md with a fresh table, the index, a page per vendor, and the schema of a catalogue file for editors."""
    catalog = load()
    readme = (ROOT / "README.md").read_text()
    table = "\n".join([HEADS, *(_vendor_row(catalog, vendor) for vendor in catalog.vendors)])
    found = {"README.md": BLOCK.sub(lambda block: f"{block[1]}{table}\n{block[2]}", readme)}
    found[f"{FOLDER}/README.md"] = _index(catalog)
    found["src/callsheet/vendors/catalog.schema.json"] = schema_text()
    return found | {f"{FOLDER}/{vendor.id}.md": _vendor(vendor) for vendor in catalog.vendors}


def _vendor_row(catalog: Catalog, vendor: Vendor) -> str:
    folder = catalog.root / vendor.id
    driver, dialect, record = ((folder / name).exists() for name in ("driver.py", "dialect.py", "examples.json"))
    makes = ", ".join(dict.fromkeys(model.capability for model in vendor.models.values()))
    laws = {"facts": True, "record": record, "mirror": driver and dialect}
    proven = ", ".join(_counted(law, folder) for law, held in laws.items() if held)
    name = f"[{vendor.name}]({FOLDER}/{vendor.id}.md)"
    called = _yes(dialect) if vendor.hosts else "it has none"
    return f"| {name} | {makes} | {len(vendor.models)} | {_yes(driver)} | {called} | {proven} |"


def _counted(law: str, folder: Path) -> str:
    """A law by name, the record with how many documented exchanges it holds both sides to."""
    if law != "record":
        return law
    exchanges = json.loads((folder / "examples.json").read_text("utf-8"))["exchanges"]
    return f"record ({len(exchanges)} exchanges)"


def _yes(there: bool) -> str:
    return "yes" if there else "not yet"


def _index(catalog: Catalog) -> str:
    words = catalog.vocabulary
    capabilities = [
        f"| `{one.id}` | {one.meaning} | {_links(catalog.models(capability=one.id))} |"
        for one in words.capabilities.values()
    ]
    params = [f"| `{word.name}` | {word.type} | {word.unit or ''} | {word.meaning} |" for word in words.params.values()]
    moves = [f"| {move.index} | `{move.id}` | {move.name} | {move.meaning} |" for move in words.camera_moves]
    sizes = [
        f"| `{resolution}` | {', '.join(f'{ratio} {width}x{height}' for ratio, (width, height) in by.items())} |"
        for resolution, by in words.sizes.items()
    ]
    return "\n".join(
        [
            INDEX,
            "## Vendors\n",
            *(f"- [{vendor.name}]({vendor.id}.md): {_about(vendor.about)}" for vendor in catalog.vendors),
            "\n## Capabilities\n\n| id | means | models |\n|---|---|---|",
            *capabilities,
            "\n## Params\n\n| name | type | unit | means |\n|---|---|---|---|",
            *params,
            "\n## Camera moves\n\nBy id, by index, or by name.\n\n| index | id | name | means |\n|---|---|---|---|",
            *moves,
            "\n## Sizes\n\n| resolution | width x height by aspect ratio |\n|---|---|",
            *sizes,
            "",
        ]
    )


def _links(models: Iterable[Model]) -> str:
    return ", ".join(f"[{model.id}]({model.vendor}.md#{_anchor(model.id)})" for model in models) or "none yet"


def _anchor(id: str) -> str:
    return re.sub(r"[^\w\- ]", "", id.lower())


def _vendor(vendor: Vendor) -> str:
    states = [f"| `{theirs}` | `{ours.value}` |" for theirs, ours in vendor.states.items()]
    choices = [_choice(choice) for choice in vendor.choices]
    parts = [
        f"# {vendor.name}\n\n{_about(vendor.about)}\n",
        f"Base URL `{vendor.base_url}`. Facts from {_source(vendor.source)}, checked {vendor.checked}.\n",
    ]
    if states:
        parts += ["| its status | our state |\n|---|---|", *states, ""]
    if choices:
        parts += ["Where its documents contradict each other or say nothing:\n", *choices, ""]
    return "\n".join([*parts, *(_model(model) for model in vendor.models.values())])


def _choice(choice: Choice) -> str:
    chosen = f"Chosen: {_about(choice.chosen)} Because: {_about(choice.why)}"
    return f"- **{choice.topic.replace(chr(45), chr(32))}.** {_about(choice.about)} {chosen} ({_source(choice.source)})"


def _model(model: Model) -> str:
    parts = [
        f"## {model.id}\n",
        f"**{model.title}**, {model.capability}. {_about(model.about)}\n",
        f"{_call(model)}makes {', '.join(_output(one) for one in model.outputs)} · "
        f"from {_source(model.source)}, checked {model.checked}\n",
    ]
    if model.params:
        parts += [PARAMS, *(_param(param) for param in model.params.values()), ""]
    parts += dict.fromkeys(f"- {_rule(rule)}" for rule in model.rules)  # a rule that holds both ways is said once
    parts += [f"- {_price(price)}" for price in model.prices]
    parts += [f"- {_about(note)}" for note in model.notes]
    return "\n".join([*parts, ""]) if parts[-1] else "\n".join(parts)


def _call(model: Model) -> str:
    return "" if model.path == "local" else f"`{model.method} {model.path}` · "


def _param(param: Param) -> str:
    name = f"`{param.name}`{' **required**' if param.required else ''}"
    default = "" if param.default is None else f"`{_spelled(param.default)}`"
    limits = "; ".join(_limits(param))
    takes = " ".join(_about(part) for part in (param.description, limits[:1].upper() + limits[1:]) if part)
    wire = f"`{param.wire}`" if param.wire else ""
    return f"| {name} | {param.type}{f', {param.unit}' if param.unit else ''} | {_cell(takes)} | {default} | {wire} |"


def _spelled(value: Any) -> str:
    """As JSON has it, strings without their quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def _limits(param: Param) -> list[str]:
    """Everything the value must be, each in a few words."""
    found: list[str] = []
    if param.name == "camera_move" and param.values:
        found.append(f"{len(param.values)} [camera moves](README.md#camera-moves)")
    elif param.values:
        found.append("one of " + ", ".join(f"`{_spelled(value)}`" for value in param.values))
    found += _span("", param.min, param.max)
    found += _span(" characters", param.min_length, param.max_length)
    found += _span(" tokens", None, param.max_tokens)
    found += _span(" of them", param.min_items, param.max_items)
    if param.multiple_of:
        found.append(f"a multiple of {param.multiple_of}")
    return found + (_media(param.media) if param.media else [])


def _media(media: Media) -> list[str]:
    formats = [", ".join(media.formats)] if media.formats else []
    spans: Mapping[str, str] = {
        "bytes": " bytes",
        "side": " pixels a side",
        "pixels": " pixels",
        "ratio": " width over height",
        "fps": " frames per second",
        "duration": " s",
    }
    known = {field.name: getattr(media, field.name) for field in fields(media)}
    return formats + [
        part for name, unit in spans.items() for part in _span(unit, known.get(f"min_{name}"), known.get(f"max_{name}"))
    ]


def _span(unit: str, least: float | None, most: float | None) -> list[str]:
    if least is None and most is None:
        return []
    if least is None or most is None:
        return [f"{'at least' if most is None else 'at most'} {_figure(least if most is None else most)}{unit}"]
    return [f"{_figure(least)}{unit}" if least == most else f"{_figure(least)} to {_figure(most)}{unit}"]


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:,}" if isinstance(number, int) else f"{number:g}"


def _rule(rule: Rule) -> str:
    return f"{_about(rule.why)} ({_source(rule.source)})"


def _price(price: Price) -> str:
    when = " and ".join(f"{name} {' or '.join(map(str, values))}" for name, values in price.when.items())
    return (
        f"{price.credits:g} {price.unit} per {price.per}{f' with {when}' if when else ''} "
        f"({_source(price.source)}, {price.checked})"
    )


def _output(output: Output) -> str:
    many = f" x {output.count}" if output.count != 1 else ""
    return f"{output.kind}{many}{f' ({chr(44).join(output.content_types)})' if output.content_types else ''}"


def _source(source: str) -> str:
    return f"<{source}>" if source.startswith("http") and " " not in source else source


def _about(text: Any) -> str:
    """One line that ends like a sentence."""
    line = " ".join(str(text).split())
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
