"""The tools that say what can be made: find a model, describe one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from callsheet.client import AsyncClient, ModelInfo
from callsheet.mcp import views
from callsheet.mcp.kit import Ctx, Kit, tool
from callsheet.mcp.showing import answer, makes, price

_MEDIA = {"image", "images", "video", "audio", "mask", "last_image", "videos", "audios", "file"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the server's catalogue knows."""

    kit: Kit

    @tool
    async def find_models(
        self,
        ctx: Ctx,
        words: Annotated[
            str | None, Field(description="Words to look for in ids, titles and descriptions: `kling`, `lip sync`.")
        ] = None,
        capability: Annotated[
            str | None, Field(description="What it shall make: text-to-video, image-to-video, music, speech ...")
        ] = None,
        vendor: Annotated[str | None, Field(description="previz, edit, vidu, wondershare ...")] = None,
        limit: Annotated[int, Field(ge=1, le=30, description="How many at most.")] = 10,
    ) -> Annotated[CallToolResult, views.ModelPage]:
        """Find models by capability, vendor or words, with the params each needs and its documented price.

        A capability such as `text-to-video` is itself a model id that make, quote and describe_model take: it runs
        where the server's routing says, on the free preview (previz) unless that says otherwise. Without any argument
        the answer's `capabilities` list everything that can be made.
        """

        async def found(client: AsyncClient) -> views.ModelPage:
            wanted = await client.models(capability=capability, vendor=vendor)
            fitting = _ranked(wanted, words)
            full = await asyncio.gather(*(client.model(one.id) for one in fitting[:limit]))
            return views.ModelPage(
                models=[_line(one) for one in full],
                more=max(0, len(fitting) - limit),
                capabilities={} if words or capability or vendor else _counted(wanted),
            )

        return answer(await self.kit.ask(ctx, found))

    @tool
    async def describe_model(
        self,
        ctx: Ctx,
        model: Annotated[str, Field(description="A model id (`vidu/viduq3-pro/img2video`) or a capability.")],
    ) -> Annotated[CallToolResult, views.ModelView]:
        """Describe a model: the JSON Schema of its input with every param's values, ranges and media limits.

        Media params take a file id (from upload, or another task's output), an http(s) URL, or
        `{"from": "task_...", "output": 0}` for what another task makes, which is then waited for.
        """
        info = await self.kit.ask(ctx, lambda client: client.model(model))
        return answer(_described(info))


def _ranked(models: tuple[ModelInfo, ...], words: str | None) -> list[ModelInfo]:
    """Those in which any of the words stands: those with most of them first, then those with them in better places."""
    sought = [_begins(word) for word in re.findall(r"[^\W_]+", (words or "").lower())]
    if not sought:
        return [*models]
    scored = [(one, [score for word in sought if (score := _score(one, word))]) for one in models]
    hits = [(one, scores) for one, scores in scored if scores]
    return [one for one, _ in sorted(hits, key=lambda hit: (-len(hit[1]), -sum(hit[1])))]


def _begins(word: str) -> re.Pattern[str]:
    """Where this word begins another: `lip` is in `lip-sync` and not in `clip`; Chinese has no blanks to tell."""
    return re.compile((r"(?<![a-z0-9])" if word[0].isascii() else "") + re.escape(word))


def _score(model: ModelInfo, word: re.Pattern[str]) -> int:
    places = (
        (8, model.id),
        (6, model.capability),
        (5, " ".join(model.raw.get("aliases", ()))),
        (4, model.title or ""),
        (1, model.raw.get("about") or ""),
        (1, " ".join(model.raw.get("notes", ()))),
    )
    return sum(worth for worth, text in places if word.search(text.lower()))


def _counted(models: tuple[ModelInfo, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in models:
        found[one.capability] = found.get(one.capability, 0) + 1
    return dict(sorted(found.items()))


def _line(model: ModelInfo) -> views.ModelLine:
    return views.ModelLine(
        model=model.id,
        capability=model.capability,
        vendor=model.vendor,
        title=model.title,
        about=model.raw.get("about"),
        makes=makes(model),
        required=[*(model.schema or {}).get("required", ())],
        price=price(model),
    )


def _described(model: ModelInfo) -> views.ModelView:
    schema = dict(model.schema or {})
    return views.ModelView(
        model=model.id,
        capability=model.capability,
        vendor=model.vendor,
        title=model.title,
        about=model.raw.get("about"),
        makes=makes(model),
        price=price(model),
        notes=[*model.raw.get("notes", ())],
        docs=model.raw.get("docs"),
        input_schema=schema,
        example={"model": model.id, "input": _least(schema)},
    )


def _least(schema: Mapping[str, Any]) -> dict[str, Any]:
    params: Mapping[str, Any] = schema.get("properties", {})
    return {name: _example(name, params.get(name, {})) for name in schema.get("required", ())}


def _example(name: str, param: Mapping[str, Any]) -> Any:
    """A value of the right shape: what the facts give, else a word that says what belongs there."""
    if "default" in param:
        return param["default"]
    choices = [*param.get("enum", ()), *(value for one in param.get("anyOf", ()) for value in one.get("enum", ()))]
    if choices:
        return choices[0]
    kind = param.get("type") or next((one["type"] for one in param.get("anyOf", ()) if "type" in one), "string")
    if kind == "array":
        return [_example(name, param.get("items", {}))]
    if kind in ("integer", "number"):
        return param.get("minimum", 1)
    return "file_..." if name in _MEDIA else f"<{name}>"
