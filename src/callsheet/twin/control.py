"""What a test asks of the twin over HTTP, under /twin: move the clock, see the log and the tasks, change the rules."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callsheet.errors import CallsheetError, Forbidden, InvalidInput, NotFound, SetupError
from callsheet.server.origin import address_of, hostname
from callsheet.server.refusals import refusal
from callsheet.server.shapes import Answer, stamp
from callsheet.twin import reading
from callsheet.twin.house import House

MOST = 1000
"""How many entries of the log are answered at once."""

EVERY = frozenset({"0.0.0.0", "::"})
"""Where a twin is bound that listens on all addresses of its machine."""


def routes() -> list[Route]:
    """All of them."""
    table: list[tuple[str, str, Callable[[House, Request], Awaitable[Any]]]] = [
        ("/twin", "GET", _about),
        ("/twin/clock", "GET", _about),
        ("/twin/clock", "POST", _advance),
        ("/twin/log", "GET", _log),
        ("/twin/tasks", "GET", _tasks),
        ("/twin/faults", "GET", _faults),
        ("/twin/faults", "POST", _add),
        ("/twin/faults", "DELETE", _clear),
        ("/twin/faults/{id}", "DELETE", _remove),
        ("/twin/reset", "POST", _reset),
        ("/twin/scenarios", "GET", _scenarios),
    ]
    return [
        Route(path, _answering(answer), methods=[method], name=f"{method} {path}") for path, method, answer in table
    ]


def _answering(answer: Callable[[House, Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            house: House = request.app.state.house
            _check_page(house, request)
            return Answer(await answer(house, request))
        except SetupError as error:
            return refusal(InvalidInput(error.message, hint=error.hint), "")
        except CallsheetError as error:
            return refusal(error, "")

    return endpoint


def _check_page(house: House, request: Request) -> None:
    """What a foreign web page makes a browser send reads and changes nothing here.

    A page whose name was rebound to this machine shows in Host, any other page in Origin.
    """
    authority = request.headers.get("host", "")
    if authority and not _known(hostname(authority), house.hosts):
        raise Forbidden(
            f"This twin is not called {(hostname(authority) or authority)[:80]!r}.",
            hint="Use http://127.0.0.1 or localhost, or start it with --allow-host NAME.",
        )
    origin = request.headers.get("origin")
    if origin is not None and request.method != "GET" and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("A web page of another origin may not change anything here.")


def _known(host: str, hosts: Collection[str]) -> bool:
    """Whether the twin may be called so: as this machine calls itself, or by one of these.

    Where it listens on every address, each address is its own: only a name can be rebound.
    """
    address = address_of(host)
    if address is not None and (address.is_loopback or EVERY & set(hosts)):
        return True
    return host == "localhost" or host.endswith(".localhost") or host in hosts


async def _about(house: House, request: Request) -> Any:
    return house.told()


async def _advance(house: House, request: Request) -> Any:
    seconds = (await _body(request, "advance")).get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 10**9:
        raise InvalidInput("advance is how many seconds go by.", hint='{"advance": 30}', param="advance")
    return {"now": stamp(house.advance(seconds))}


async def _log(house: House, request: Request) -> Any:
    after, limit = _whole(request, "after", 0), _whole(request, "limit", MOST)
    return {"data": house.log.after(after, min(limit, MOST))}


async def _tasks(house: House, request: Request) -> Any:
    return house.tasks()


async def _faults(house: House, request: Request) -> Any:
    return {"seed": house.faults.seed, "data": house.faults.told()}


async def _add(house: House, request: Request) -> Any:
    """One rule, or several: `{"rules": [...]}`."""
    body = await _body(request)
    given: Any = body.get("rules", [body])
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in cast("list[Any]", given)):
        raise InvalidInput("rules is a list of rules.", param="rules")
    rules = [reading.rule_of(one) for one in cast("list[Mapping[str, Any]]", given)]
    return {"ids": [house.faults.add(rule) for rule in rules]}


async def _clear(house: House, request: Request) -> Any:
    return {"removed": house.faults.remove()}


async def _remove(house: House, request: Request) -> Any:
    id: str = request.path_params["id"]
    if not house.faults.remove(id):
        raise NotFound(f"There is no rule {id[:40]!r}.", hint="GET /twin/faults lists them.")
    return {"removed": 1}


async def _reset(house: House, request: Request) -> Any:
    """As new; with another `seed` or `scenario` (a name, or all of one) where they are given."""
    body = await _body(request, "seed", "scenario")
    seed, wanted = body.get("seed"), body.get("scenario")
    if seed is not None and not isinstance(seed, int):
        raise InvalidInput("seed is a whole number.", param="seed")
    scenario = None
    if isinstance(wanted, str):
        scenario = _shipped(wanted)
    elif wanted is not None:
        scenario = reading.read(wanted) if isinstance(wanted, Mapping) else _shipped("")
    house.reset(seed, scenario)
    return house.told()


def _shipped(name: str) -> Any:
    """One that comes along: over HTTP no file is opened by its name."""
    if name not in reading.names():
        raise NotFound(f"No scenario {name[:60]!r} comes along.", hint=f"There are {', '.join(reading.names())}.")
    return reading.load(name)


async def _scenarios(house: House, request: Request) -> Any:
    return {"data": [{"name": name, "about": reading.load(name).about} for name in reading.names()]}


async def _body(request: Request, *known: str) -> Mapping[str, Any]:
    """The JSON object; with `known`, no other names in it."""
    raw = await request.body()
    try:
        body: Any = json.loads(raw or b"{}")
    except ValueError as error:
        raise InvalidInput(f"The body is no JSON: {error}.") from error
    if not isinstance(body, Mapping):
        raise InvalidInput("The body has to be a JSON object.")
    said = cast("Mapping[str, Any]", body)
    strange = [name for name in said if known and name not in known]
    if strange:
        raise InvalidInput(f"{strange[0][:40]!r} is not known.", hint=f"It knows {', '.join(known)}.", param=strange[0])
    return said


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not (text.isdecimal() and len(text) < 12):
        raise InvalidInput(f"{name} is a whole number.", param=name)
    return int(text) if text else default
