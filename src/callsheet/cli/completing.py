"""What a shell is told when somebody asks for models, capabilities or vendors with the Tab key."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from callsheet.catalog import load


def complete_model(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Capabilities, then model ids."""
    catalog = load()
    found = [CompletionItem(one.id, help=one.meaning) for one in catalog.capabilities.values()]
    vendors = [id for id in catalog.vendor_ids if f"{id}/".startswith(incomplete) or incomplete.startswith(f"{id}/")]
    found += [CompletionItem(model.id, help=model.title) for id in vendors for model in catalog.models(vendor=id)]
    return [item for item in found if item.value.startswith(incomplete)]


def complete_capability(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Capabilities with what they mean."""
    known = load().capabilities.values()
    return [CompletionItem(one.id, help=one.meaning) for one in known if one.id.startswith(incomplete)]


def complete_vendor(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Vendors."""
    return [CompletionItem(id) for id in load().vendor_ids if id.startswith(incomplete)]
