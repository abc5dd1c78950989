"""Who asks: a key, the operator's token, a browser that signed in, or this machine itself while no key exists."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from callsheet import context
from callsheet.contract import Key, Keys
from callsheet.errors import Forbidden, NotFound, Unauthenticated
from callsheet.server.origin import address_of, hostname
from callsheet.server.studio.tokens import HEADER, Session, Sessions, mark
from callsheet.store.lock import proof

LOCAL = "local"
"""The account of everyone on this machine while no key exists, and of the operator always."""

Prove = Callable[[HTTPConnection], Awaitable[Key | None]]
"""Finds the key that a request proves by a vendor's scheme."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_SHOWN = re.compile(r"/v1/(?:files/[^/]+/content(?:/[^/]+)?|tasks/[^/]+/events)")
"""What a page shows without a script of its own asking: pictures, clips, streams of events."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose tasks and files these are; the operator may also make and revoke keys."""

    account: str
    operator: bool = False
    key: Key | None = None


class Gate:
    """Decides who a request comes from, and turns away what a foreign web page sends while no key protects us.

    `token` is the operator's, fresh for each start. `hosts` are further names this server may be called by. `sessions`
    are those of the studio: they count for the native API only, never for a vendor's dialect.
    """

    def __init__(self, keys: Keys, token: str, hosts: Iterable[str], sessions: Sessions) -> None:
        self.hosts = [host.lower() for host in hosts]
        self.sessions = sessions
        self._mark = mark(token)
        self._keys = keys
        self._token = token.encode()

    def proof(self, challenge: str) -> str:
        """What shows a command of this home, before it sends the token, that it speaks to the server it looks for."""
        return proof(self._token.decode(), challenge)

    async def caller(self, connection: HTTPConnection) -> Caller:
        """The caller; Unauthenticated when a key is needed and this is none."""
        found = await self._caller(connection)
        context.note(account=found.account)
        return found

    async def _caller(self, connection: HTTPConnection) -> Caller:
        presented = bearer(connection)
        if presented and hmac.compare_digest(presented.encode(), self._token):
            return Caller(LOCAL, operator=True)
        session = None if presented else self.session(connection)
        counts = session is not None and self._asked_by_studio(connection)
        found = await self._signed_in(session) if session is not None and counts else None
        if found is not None:
            return found
        if await self.open():
            return _on_this_machine(connection)
        if session is not None and not counts:
            self.check_studio(connection)
        key = await self._keys.find(presented) if presented else None
        if key is None:
            said = "This key is not known here, or was revoked." if presented else "This server asks for a key."
            refused = Unauthenticated(said, hint="Send `Authorization: Bearer KEY`; `callsheet keys create` makes one.")
            raise refused.because("key_wrong" if presented else "key_missing")
        return Caller(key.account, key=key)

    def session(self, connection: HTTPConnection) -> Session | None:
        """The session that a browser brings, whether or not what it stands for still counts."""
        return self.sessions.read(connection)

    async def session_for(self, presented: str) -> str | None:
        """The word that a browser gets for a key or the operator's token; None where it is neither."""
        if hmac.compare_digest(presented.encode(), self._token):
            return self.sessions.issue(self._mark)
        key = await self._keys.find(presented) if presented else None
        return self.sessions.issue(key.id) if key else None

    async def _signed_in(self, session: Session) -> Caller | None:
        if hmac.compare_digest(session.who, self._mark):
            return Caller(LOCAL, operator=True)
        try:
            key = await self._keys.get(session.who)
        except NotFound:
            return None
        return None if key.revoked_at is not None else Caller(key.account, key=key)

    async def open(self) -> bool:
        """Whether no key exists yet: then everyone on this machine is let in, whatever they present."""
        return not await self._keys.any()

    async def admit(self, connection: HTTPConnection, prove: Prove) -> tuple[str, Key | None]:
        """The account behind a vendor's own scheme of proof, and its key; Unauthenticated when it proves none."""
        if await self.open():
            here = _on_this_machine(connection)
            context.note(account=here.account)
            return here.account, None
        key = await prove(connection)
        if key is None:
            raise Unauthenticated(
                "This key is not known here, was revoked, or is missing.", hint="`callsheet keys create` makes one."
            ).because("key_wrong")
        context.note(account=key.account)
        return key.account, key

    async def account(self, connection: HTTPConnection) -> str:
        """The caller's account."""
        return (await self.caller(connection)).account

    async def operator(self, connection: HTTPConnection) -> Caller:
        """The caller if it is the operator, else Forbidden."""
        caller = await self.caller(connection)
        if not caller.operator:
            raise Forbidden(
                "Only the operator of this server may do this.",
                hint="Use the callsheet command on the server's machine, or the token in server.json in its home.",
            ).because("operator_only")
        return caller

    async def keeper(self, connection: HTTPConnection) -> Caller:
        """The caller if it may decide what concerns the installation: the operator or its account; else Forbidden."""
        caller = await self.caller(connection)
        if not caller.operator and caller.account != LOCAL:
            raise Forbidden(
                "Only the operator of this server may decide this.",
                hint="Use the callsheet command on the server's machine, or a key of the account local.",
            ).because("operator_only")
        return caller

    async def check_page(self, connection: HTTPConnection) -> None:
        """Forbidden for what a foreign web page can make a browser send: without a key, the browser's word is all.

        A page whose name was rebound to 127.0.0.1 shows in Host, any other page in Origin.
        """
        if not await self.open():
            return
        authority = connection.headers.get("host", "")
        if authority and not self.knows(hostname(authority)):
            raise Forbidden(
                f"This server is not called {hostname(authority) or authority!r}.",
                hint="Use http://127.0.0.1 or localhost, or list the name in the setting `allowed_hosts`.",
            ).because("name_foreign", host=hostname(authority) or authority)
        if connection.scope.get("method") not in _SAFE_METHODS and self._foreign(connection, authority):
            raise Forbidden(
                "A web page of another origin may not change anything here.",
                hint="Create a key (`callsheet keys create`) and send it from your own server.",
            ).because("page_foreign")

    def check_studio(self, connection: HTTPConnection) -> None:
        """Forbidden unless a page of our own asks: no other can send this header without being asked about it first."""
        said = connection.headers
        if said.get(HEADER) != "1" or self._foreign(connection, said.get("host", "")):
            raise Forbidden(
                "Only the studio of this server may ask this.",
                hint="Programs send `Authorization: Bearer KEY`; behind a proxy, set `server.public_url`.",
            ).because("studio_only")

    def shown_in_studio(self, connection: HTTPConnection) -> bool:
        """Whether a page of ours shows what it asks for: its policy lets nothing in from elsewhere."""
        said = connection.headers
        ours = said.get("sec-fetch-site") == "same-origin" or self.session(connection) is not None
        return ours and said.get("sec-fetch-mode") != "navigate"

    def _asked_by_studio(self, connection: HTTPConnection) -> bool:
        """Whether a session counts for this request: not where another page may have sent it along."""
        scope, said = connection.scope, connection.headers
        if scope.get("method") in ("GET", "HEAD") and _SHOWN.fullmatch(scope["path"]):
            return said.get("sec-fetch-site", "none") in ("same-origin", "none")
        return said.get(HEADER) == "1" and not self._foreign(connection, said.get("host", ""))

    def knows(self, host: str) -> bool:
        """Whether this server may be called by this name."""
        address = address_of(host)
        if address is not None and address.is_loopback:
            return True
        return host == "localhost" or host.endswith(".localhost") or host in self.hosts

    def _foreign(self, connection: HTTPConnection, authority: str) -> bool:
        origin = connection.headers.get("origin")
        if origin is None:
            return connection.headers.get("sec-fetch-site", "none") in ("cross-site", "same-site")
        netloc = urlsplit(origin).netloc
        return netloc != authority and hostname(netloc) not in self.hosts


def bearer(connection: HTTPConnection) -> str | None:
    """What is presented as `Authorization: Bearer`, or None."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def _on_this_machine(connection: HTTPConnection) -> Caller:
    address = address_of(connection.client.host) if connection.client else None
    if address is not None and not address.is_loopback:
        raise Unauthenticated(
            "Without a key only this machine itself is served.", hint="Run `callsheet keys create` on the server."
        ).because("here_only")
    return Caller(LOCAL)
