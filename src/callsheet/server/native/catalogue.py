"""The catalogue: models, capabilities and prices."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.catalog import Capability, Catalog
from callsheet.errors import NotFound
from callsheet.server import answers, bodies
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import parts_of
from callsheet.server.reading import read_body, read_query
from callsheet.server.shapes import Answer, page, quote_shape

router = APIRouter(tags=["catalogue"], route_class=Route)


@router.get(
    "/v1/models",
    **operation(
        "listModels",
        "Every model that this server knows, by vendor and name.",
        answer=answers.ModelList,
        query=bodies.ModelQuery,
        refusals=(404,),
    ),
)
async def list_models(request: Request) -> Response:
    """Those that match every part of the query."""
    parts = parts_of(request)
    await parts.gate.account(request)
    query = read_query(request, bodies.ModelQuery)
    if query.vendor is not None:
        parts.catalog.vendor(query.vendor)
    if query.capability is not None and not parts.catalog.is_capability(query.capability):
        known = ", ".join(parts.catalog.capabilities)
        said = f"There is no capability {query.capability!r}."
        unknown = NotFound(said, param="capability", hint=f"There are: {known}.")
        raise unknown.because("capability_unknown", capability=query.capability[:80])
    found = parts.catalog.models(capability=query.capability, vendor=query.vendor)
    return Answer(page([model.entry() for model in found]))


@router.get(
    "/v1/models/{model_id:path}",
    **operation("getModel", "A model, with the JSON Schema of its input.", answer=answers.FullModel, refusals=(404,)),
)
async def get_model(request: Request, model_id: str) -> Response:
    """By its id; a capability names the model that it routes to first."""
    parts = parts_of(request)
    await parts.gate.account(request)
    catalog = parts.catalog
    model = catalog.find(model_id, {}) if catalog.is_capability(model_id) else catalog.model(model_id)
    return Answer({**model.entry(), "input_schema": model.schema()})


@router.get(
    "/v1/capabilities",
    **operation("listCapabilities", "What can be made, and the models that make it.", answer=answers.CapabilityList),
)
async def list_capabilities(request: Request) -> Response:
    """Each is itself a model id that routes."""
    parts = parts_of(request)
    await parts.gate.account(request)
    catalog = parts.catalog
    return Answer(page([_capability_shape(catalog, one) for one in catalog.capabilities.values()]))


@router.post(
    "/v1/quotes",
    **operation(
        "quoteTask",
        "What a task would cost. Its input is checked; nothing is kept.",
        answer=answers.Quote,
        body=bodies.NewQuote,
        refusals=(400, 404, 409, 413, 415),
    ),
)
async def quote(request: Request) -> Response:
    """As the vendor documents its prices."""
    parts = parts_of(request)
    account = await parts.gate.account(request)
    body = await read_body(request, bodies.NewQuote)
    return Answer(quote_shape(await parts.tasks.quote(account, body.model, body.input, body.stage)))


def _capability_shape(catalog: Catalog, capability: Capability) -> dict[str, Any]:
    return {
        "id": capability.id,
        "object": "capability",
        "meaning": capability.meaning,
        "output": capability.output,
        "models": [model.id for model in catalog.models(capability=capability.id)],
    }
