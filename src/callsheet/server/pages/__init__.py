"""The pages for people: what this is, and the interactive documents, all from this installation alone."""

from __future__ import annotations

from importlib import metadata, resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from callsheet.errors import NotFound

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"content-security-policy": _POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache"}

_OURS = {
    "/": ("home.html", "text/html"),
    "/home.css": ("home.css", "text/css"),
    "/docs": ("docs.html", "text/html"),
    "/docs/start.js": ("start.js", "text/javascript"),
}
# Swagger UI, as a package of the installation brings it: no page loads anything from elsewhere.
_BROUGHT = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon-32x32.png": "image/png"}


def routes() -> list[BaseRoute]:
    """The addresses of all pages."""
    return [*(Route(path, _page) for path in _OURS), Route("/docs/{name}", _brought)]


def _page(request: Request) -> Response:
    name, media_type = _OURS[request.url.path]
    text = (resources.files(__name__) / name).read_text("utf-8")
    return Response(text.replace("{version}", metadata.version("callsheet")), media_type=media_type, headers=_HEADERS)


def _brought(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _BROUGHT:
        raise NotFound(f"There is no {request.url.path} here.", hint="The documents are at /docs.")
    content = (resources.files("fastapi_swagger") / "resources" / name).read_bytes()
    return Response(content, media_type=_BROUGHT[name], headers=_HEADERS)
