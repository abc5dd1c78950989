"""Vendors: which are live, where their models run, and how that has been going."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from callsheet.contract.vendors import Vendors
from callsheet.errors import NotSupported
from callsheet.server.answers_vendors import VendorList, vendor_shape
from callsheet.server.auth import LOCAL
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.shapes import Answer, page

router = APIRouter(tags=["catalogue"], route_class=Route)


@router.get(
    "/v1/vendors",
    **operation(
        "listVendors",
        "Every vendor: whether it is live, where its models run, and how that has been going. None is asked for it.",
        answer=VendorList,
        refusals=(409,),
    ),
)
async def list_vendors(request: Request) -> Response:
    """By id; `health` is for the operator and the account `local` only."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    keeper = caller.operator or caller.account == LOCAL
    states = await _known(parts).states()
    return Answer(page([vendor_shape(parts.catalog.vendor(one.id), one, health=keeper) for one in states]))


def _known(parts: Parts) -> Vendors:
    if parts.vendors is None:
        raise NotSupported("This server knows no vendors.")
    return parts.vendors
