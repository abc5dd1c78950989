"""The HTTP pages: the OpenAPI document as the server answers it, and its routes at a glance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsheet.server.application import document

INTRODUCTION = """# HTTP API

Every route at a glance. Bodies, params and answers are in the [OpenAPI 3.1 document](openapi.json); a server answers it
under `/v1/openapi.json` and shows it under `/docs`. Times are RFC 3339 in UTC. A list is `{{data, next}}`; an error is
`{{error: {{…}}}}`, see [errors](errors.md).

| | | |
|---|---|---|
{rows}
"""
METHODS = ("get", "head", "post", "put", "patch", "delete")


def pages() -> dict[str, str]:
    """The document and the page."""
    found = document()
    rows = "\n".join(
        f"| {method.upper()} | `{path}` | {_says(route[method])} |"
        for path, route in found["paths"].items()
        for method in METHODS
        if method in route
    )
    return {
        "docs/reference/http.md": INTRODUCTION.format(rows=rows),
        "docs/reference/openapi.json": json.dumps(found, indent=2, ensure_ascii=False) + "\n",
    }


def _says(operation: Mapping[str, Any]) -> str:
    """What the route is called, and the first paragraph of what it says of itself."""
    said: str = operation.get("description") or ""
    return " ".join(f"{operation.get('summary', '')}. {said.partition(chr(10) * 2)[0]}".split())
