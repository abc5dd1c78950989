"""The studio's addresses: one page for each of its paths, what that page loads, and its session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from callsheet.errors import NotFound
from callsheet.server.studio import session
from callsheet.server.studio.shelf import Shelf

PAGES = ("make", "takes", "compare", "sheets", "webhooks", "ledger", "keys", "health")
"""What may follow `/studio/`; behind `takes` the id of a task."""

FOREVER = "public, max-age=31536000, immutable"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

_shelf = Shelf()


def routes() -> list[BaseRoute]:
    """The addresses below /studio."""
    return [
        *session.ROUTES,
        Route("/studio/static/{edition}/{name:path}", _piece),
        Route("/studio", _page),
        Route("/studio/{path:path}", _page),
    ]


def _page(request: Request) -> Response:
    """The one document: its script reads the path and draws the page."""
    path = request.path_params.get("path", "")
    _shelf.look()
    document = _shelf.find("index.html")
    if document is None:
        raise NotFound("This installation has no studio.", hint="Install callsheet anew: its files are missing.")
    # Relative, so that it holds under whatever path a proxy serves us.
    up = "../" * path.count("/") if "path" in request.path_params else "studio/"
    text = document.content.decode().replace("{static}", f"{up}static/{_shelf.edition}/")
    known = path == "" or path.split("/")[0] in PAGES
    headers = {**_HEADERS, "cache-control": "no-cache"}
    return Response(text, 200 if known else 404, headers, document.media_type)


def _piece(request: Request) -> Response:
    """One file of an edition. Of a former edition there is none: who has it open loads the page anew."""
    if not _shelf.edition:
        _shelf.look()
    edition, name = request.path_params["edition"], request.path_params["name"]
    piece = _shelf.find(name) if edition == _shelf.edition else None
    if piece is None:
        raise NotFound(f"There is no {request.url.path} here.", hint="Load the studio anew: it may have been updated.")
    headers = {**_HEADERS, "etag": piece.etag, "cache-control": FOREVER}
    if piece.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(piece.content, headers=headers, media_type=piece.media_type)
