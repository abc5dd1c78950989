"""What a door may ask for: tasks, files, keys, webhooks and the ledger."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callsheet.contract.driving import Call
from callsheet.money import UNLIMITED, Balance, Entry, Fault, Limits, Standing
from callsheet.tasks import (
    Cancellation,
    Clock,
    Event,
    Exchange,
    File,
    Filter,
    Input,
    Message,
    MessagePage,
    MessageState,
    NewTask,
    Page,
    Quote,
    Task,
    Try,
)


class Tasks(Protocol):
    """Where every door ends. An id of another account is NotFound, always."""

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        """Check, route and keep a task durably; the flag is False when the Idempotency-Key named an earlier one."""
        ...

    async def get(self, account: str, task_id: str) -> Task:
        """The task as it stands."""
        ...

    async def find(self, door: str, alias: str, account: str | None) -> Task:
        """The task a dialect gave this id of its own. `account` None only where the id itself is the proof."""
        ...

    async def list(self, account: str | None, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; a cursor neither loses nor repeats a task while others are inserted.

        Without an account those of all, for the operator, and only with the filter `unsure`.
        """
        ...

    async def cancel(self, account: str, task_id: str) -> Task:
        """Ask for the end; idempotent. A task that already ended is answered as it is."""
        ...

    async def canceling(self, account: str, task_id: str) -> tuple[Task, Cancellation]:
        """The same, with what it comes to and the money it moves."""
        ...

    async def delete(self, account: str, task_id: str) -> None:
        """Let go of an ended task, of all it said and made; its money stays in the ledger. Conflict if it goes on."""
        ...

    async def exchanges(self, account: str, task_id: str) -> Sequence[Exchange]:
        """What was said to its vendor and answered, as far as it is kept, without secrets."""
        ...

    async def resolve(self, task_id: str, remote: str | None, *, again: bool = False) -> Task:
        """The operator's word on a task that is unsure, whoever's it is: the vendor's id, or None for one that never
        arrived; that one fails, or with `again` is sent anew. Conflict where it is not unsure."""
        ...

    async def called(self, vendor: str, task_id: str, proof: str, call: Call) -> None:
        """A vendor says that a task has news: it is polled at once. Forbidden for what proves nothing."""
        ...

    def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live; ends with the task's final event."""
        ...

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far."""
        ...

    async def runs(self, model: str) -> bool:
        """Whether a stage here could take a task of this model or capability. NotFound for a name nobody has."""
        ...

    async def quote(self, account: str, model: str, input: Input, stage: str | None = None) -> Quote:
        """What it would cost; checks the input and keeps nothing."""
        ...


class Webhooks(Protocol):
    """What webhooks were told, or are to be. An account None is the operator, who sees those of all."""

    async def list(
        self, account: str, task_id: str | None, state: MessageState | None, limit: int, cursor: str | None
    ) -> MessagePage:
        """Newest first."""
        ...

    async def get(self, account: str | None, message_id: str) -> tuple[Message, tuple[Try, ...]]:
        """One message and every try to tell it, in order. NotFound."""
        ...

    async def redeliver(self, account: str | None, message_id: str) -> Message:
        """Tell it once more, under the same id, whatever came of it before. NotFound."""
        ...


class Files(Protocol):
    """Uploads and artifacts of one account."""

    async def put(self, account: str, chunks: AsyncIterator[bytes], name: str, content_type: str | None) -> File:
        """Store a stream; it is complete and durable, or it is not there."""
        ...

    async def get(self, account: str | None, file_id: str) -> File:
        """What is known of a file; `account` None only behind a checked signature."""
        ...

    async def list(self, account: str, limit: int, cursor: str | None) -> tuple[list[File], str | None]:
        """Newest first."""
        ...

    async def delete(self, account: str, file_id: str) -> None:
        """Forget it; its bytes go when nothing else names them."""
        ...

    async def local(self, file: File) -> Path:
        """Where its bytes lie on this machine, brought here if need be. NotFound when they are gone."""
        ...

    def read(self, file: File, start: int, end: int) -> AsyncGenerator[bytes]:
        """Its bytes from `start` up to `end`, in chunks. NotFound before the first of them when they are gone."""
        ...

    async def elsewhere(self, file: File) -> str | None:
        """A signed address at which its bytes are served without us; None where we serve them ourselves."""
        ...

    def link(self, file: File) -> str:
        """A signed path under this server's origin that serves the bytes without a key until it expires."""
        ...

    def opens(self, file_id: str, expires: str, signature: str) -> bool:
        """Whether a signed link's parts are genuine and not yet expired."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """What proves an account. The key itself is kept only as a hash; the secret is sealed."""

    id: str
    account: str
    name: str
    created_at: int
    revoked_at: int | None = None
    limits: Limits = UNLIMITED


class Keys(Protocol):
    """Who may ask."""

    async def create(self, name: str, account: str | None = None, limits: Limits = UNLIMITED) -> tuple[Key, str, str]:
        """A new key: what is known of it, the key, the secret. Both are shown this once."""
        ...

    async def limit(self, key_id: str, limits: Limits) -> Key:
        """What a key may do from now on."""
        ...

    async def find(self, key: str) -> Key | None:
        """Whose key this is; None when it is unknown or revoked."""
        ...

    async def secret(self, key: Key) -> str:
        """The secret, for the schemes that sign with it."""
        ...

    async def text(self, key: Key) -> str:
        """The key as it was shown, for the schemes that sign their callbacks with it."""
        ...

    async def get(self, key_id: str) -> Key:
        """What is known of a key by its id."""
        ...

    async def list(self) -> list[Key]:
        """All keys, newest first."""
        ...

    async def revoke(self, key_id: str) -> Key:
        """From now on it opens nothing."""
        ...

    async def any(self) -> bool:
        """Whether a key exists at all: without one, only loopback is served."""
        ...


class Ledger(Protocol):
    """What accounts have, in micro-credits, and every movement of it."""

    clock: Clock

    async def balance(self, account: str) -> Balance:
        """What an account has; nothing, unmetered, where it never had an entry."""
        ...

    async def balances(self) -> Sequence[Balance]:
        """Every account that ever had an entry, by name."""
        ...

    async def left(self, account: str, key_id: str | None) -> int | None:
        """What may still be spent: as much as the account and the key's budget both leave; None without end."""
        ...

    async def standing(self, key_id: str | None) -> Standing | None:
        """How far a key has gone; None where there is none."""
        ...

    async def standings(self) -> Mapping[str, Standing]:
        """How far every key has gone, by its id: one question, however many there are."""
        ...

    async def rate(self, key_id: str) -> Mapping[str, str]:
        """How far a key's rate is used, as the RateLimit fields of HTTP say it; none without a rate."""
        ...

    async def entries(
        self, account: str, limit: int, cursor: str | None, *, open: bool = False
    ) -> tuple[Sequence[Entry], str | None]:
        """A page of an account's ledger, newest first; with `open` only the holds of tasks that have not ended."""
        ...

    async def of_task(self, account: str | None, task_id: str) -> Sequence[Entry]:
        """Every movement of a task, in order; an account None is the operator. NotFound."""
        ...

    async def fund(self, account: str, amount: float, memo: str, key: str | None = None) -> Balance:
        """Pay in credits, or take them out again with a negative amount; from then on the account is metered.

        Under one `key` it is done once, however often it is asked; Conflict for another payment under it.
        """
        ...

    async def refund(self, task_id: str, memo: str) -> Entry:
        """Give back what a task has cost, once. NotFound, or Conflict where there is nothing to give back."""
        ...

    async def audit(self) -> tuple[Sequence[Fault], Sequence[tuple[str, int, int]]]:
        """What does not add up; and each model that ran without a price, how often, and what that came to."""
        ...
