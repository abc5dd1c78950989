"""What can be set on an installation, as one checked class: sections, types, ranges and defaults."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from callsheet.settings.ledger import LedgerRules
from callsheet.settings.llm import Llm as Llm
from callsheet.settings.watching import Log, Metrics

PREFIX = "CALLSHEET_"


def _parts(value: Any) -> Any:
    """A list written in one line: JSON, or words between commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _table(value: Any) -> Any:
    """A table written in one line: JSON."""
    return json.loads(value) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_parts)]
"""A list in TOML; in the environment words between commas, or JSON."""

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Server(_Section):
    """Where callsheet listens and how it is reached."""

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback needs a key to exist.")
    port: int = Field(8420, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    tls: bool = Field(
        False, description="Whether the vendors' own hosts are served as https too, by a local certificate authority."
    )
    tls_port: int = Field(8443, ge=0, le=65535, description="Port for that https, with `tls`; 0 takes a free one.")
    proxy_port: int = Field(
        8444, ge=0, le=65535, description="Port of the proxy for HTTPS_PROXY, with `tls`; 0 takes a free one."
    )
    public_url: str | None = Field(
        None, description="The origin under which callers reach this server, where it cannot be told from the request."
    )
    allowed_hosts: Words = Field(
        (), description="Further names by which this machine may be asked while no key exists; others are refused."
    )
    trusted_proxies: Words = Field((), description="Addresses or networks whose X-Forwarded-* headers are believed.")
    worker: bool = Field(True, description="Whether this process also runs the tasks, not only accepts them.")
    grace: float = Field(10.0, ge=0, description="Seconds a graceful stop waits for what is on its way to a vendor.")

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^/?#\s]+/?", value):
            raise ValueError("write it as https://host or https://host:port, without a path")
        return value.rstrip("/") if value else value


class Render(_Section):
    """The embedded renderer."""

    slots: int | None = Field(None, ge=1, description="How many renders run at once. Default: one per core.")
    mark: bool = Field(True, description="Whether previz stamps its small preview sign on every picture.")
    capabilities: Words | None = Field(
        None, description="What this process renders, of several on one database. Default: all that it can."
    )
    test_prompts: bool = Field(
        True,
        description="Whether `[[fail]]`, `[[reject]]`, `[[slow 30]]` and `[[stuck]]` in a prompt make previz do so.",
    )

    @property
    def cores(self) -> int:
        """`slots`, or how many cores this process may use."""
        return self.slots or _cores()


class FileRules(_Section):
    """Where files are kept and how long."""

    store: str | None = Field(None, description="`s3://bucket/prefix` for a bucket. Default: the folder `files`.")
    endpoint: str | None = Field(None, description="Where the bucket is asked for, if it is not Amazon's.")
    region: str | None = Field(None, description="The bucket's region. Default: what the environment says.")
    cache_bytes: int = Field(10_000_000_000, ge=0, description="How much of a bucket is kept at hand, in bytes.")
    direct_links: bool = Field(False, description="Whether files are served straight from the bucket, by signed links.")

    retention: float | None = Field(None, gt=0, description="Days after which files are deleted. Default: never.")
    link_lifetime: int = Field(86_400, ge=1, description="Seconds for which a signed link to a file opens it.")


class TaskRules(_Section):
    """How long tasks are kept."""

    retention: float | None = Field(
        None,
        gt=0,
        description="Days after which an ended task is let go of, with what it said and made; what it cost stays in the"
        " ledger. Default: never.",
    )


class Limits(_Section):
    """What is too large."""

    max_upload_bytes: int = Field(2_000_000_000, ge=1, description="The largest file that may be sent in, in bytes.")
    max_body_bytes: int = Field(
        64_000_000, ge=1, description="The largest JSON body, data: addresses included, in bytes."
    )
    max_pixels: int = Field(100_000_000, ge=1, description="The most pixels a still or a frame may have.")


class Fetch(_Section):
    """What this server fetches because a caller named it."""

    allow: Words = Field((), description="Hosts that inputs and webhooks may name although they are private.")
    max_bytes: int = Field(500_000_000, ge=1, description="The largest file that is fetched, in bytes.")
    timeout: float = Field(60.0, gt=0, description="Seconds a fetch may take as a whole.")


class Webhooks(_Section):
    """How tasks are told of."""

    secret: SecretStr | None = Field(
        None, description="`whsec_…`: signs for accounts without a key. Default: made once and kept in the home."
    )
    former_secret: SecretStr | None = Field(
        None, description="The secret before that one: it signs too, until every receiver knows the new one."
    )
    attempts: int = Field(12, ge=1, description="How often a delivery is tried.")
    max_hours: float = Field(48.0, gt=0, description="Hours after the event when trying stops.")
    timeout: float = Field(15.0, gt=0, description="Seconds a receiver has for its answer.")
    retention: float = Field(30.0, gt=0, description="Days for which settled messages and their tries are kept.")

    @field_validator("secret", "former_secret")
    @classmethod
    def _is_standard(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}", value.get_secret_value()):
            raise ValueError("write it as whsec_ and base64 of 24 to 64 bytes")
        return value


class Provenance(_Section):
    """What is written into the files that tasks make, about where they come from."""

    mode: Literal["auto", "c2pa", "metadata", "off"] = Field(
        "auto",
        description="`c2pa`: a signed manifest and XMP metadata, by the extra `callsheet[c2pa]`; `metadata`: XMP only;"
        " `auto`: signed where the extra is installed; `off`: files are kept as they come.",
    )
    certificate: Path | None = Field(
        None, description="PEM file with the certificates to sign with. Default: this installation makes its own."
    )
    key: Path | None = Field(None, description="PEM file with the key of that certificate.")
    prompt: bool = Field(False, description="Whether the prompt is written into the files too, for all to read.")

    @model_validator(mode="after")
    def _is_whole(self) -> Provenance:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("give certificate and key together")
        return self


class VendorAccess(_Section):
    """Access to one vendor: with a key its models run there."""

    key: SecretStr | None = Field(None, description="The vendor's key.")
    secret: SecretStr | None = Field(None, description="The vendor's secret, where it has one.")
    base_url: str | None = Field(None, description="Where the vendor is reached, if not at its usual address.")
    slots: int | None = Field(
        None, ge=1, description="How many tasks may be there at once: what your package allows. Default: 10,000."
    )
    calls: float | None = Field(
        None, gt=0, description="How many questions a second it is asked about tasks, at most. Default: 100."
    )

    @property
    def credential(self) -> str | None:
        """A short name of the key that gives nothing of it away: the first 12 hex digits of its SHA-256."""
        return hashlib.sha256(self.key.get_secret_value().encode()).hexdigest()[:12] if self.key else None


class Rule(_Section):
    """One rule of `[routing]`: stages in order, or with weights a share of the tasks for each.

    A stage is `previz`, a vendor, a model's id, or `vendor` for the asked model's own.
    """

    stages: Words = Field(min_length=1, description="Where it may run, in order: each is the fallback of those before.")
    weights: tuple[Weight, ...] = Field(
        default=(),
        description="A share of the tasks for each stage; 0 is a fallback only. Default: the first that is live.",
    )

    @model_validator(mode="after")
    def _weighs_each(self) -> Rule:
        if self.weights and len(self.weights) != len(self.stages):
            raise ValueError(f"give a weight for each of its {len(self.stages)} stages, not {len(self.weights)}")
        if self.weights and not any(self.weights):
            raise ValueError("one weight at least has to be more than 0")
        return self


def _rule(value: Any) -> Any:
    """A rule that is only a list of stages, or is written in one line."""
    read = _table(value) if isinstance(value, str) and value.lstrip().startswith("{") else value
    return {"stages": read} if isinstance(read, str | list | tuple) else read


class Settings(BaseSettings):
    """Everything an installation can set. Build it with `load`; `Settings(home=...)` gives the defaults."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        enable_decoding=False,
    )

    home: Path = Field(description="The folder that keeps everything: `--home`, else CALLSHEET_HOME.")
    database: SecretStr | None = Field(
        None,
        description="`postgresql://NAME:PASSWORD@HOST:PORT/DATABASE`, shared by any number of processes."
        " Default: SQLite in the home.",
    )
    seal: SecretStr | None = Field(
        None,
        description="The master key that all processes on one database share: 32 bytes in base64."
        " Default: `seal.key` in the home.",
    )
    server: Server = Field(default_factory=Server)  # pyright: ignore[reportArgumentType]
    render: Render = Field(default_factory=Render)  # pyright: ignore[reportArgumentType]
    files: FileRules = Field(default_factory=FileRules)  # pyright: ignore[reportArgumentType]
    tasks: TaskRules = Field(default_factory=TaskRules)  # pyright: ignore[reportArgumentType]
    limits: Limits = Field(default_factory=Limits)  # pyright: ignore[reportArgumentType]
    fetch: Fetch = Field(default_factory=Fetch)  # pyright: ignore[reportArgumentType]
    webhooks: Webhooks = Field(default_factory=Webhooks)  # pyright: ignore[reportArgumentType]
    provenance: Provenance = Field(default_factory=Provenance)  # pyright: ignore[reportArgumentType]
    llm: Llm = Field(default_factory=Llm)  # pyright: ignore[reportArgumentType]
    ledger: LedgerRules = Field(default_factory=LedgerRules)  # pyright: ignore[reportArgumentType]
    log: Log = Field(default_factory=Log)  # pyright: ignore[reportArgumentType]
    metrics: Metrics = Field(default_factory=Metrics)  # pyright: ignore[reportArgumentType]
    routing: Annotated[dict[str, Annotated[Rule, BeforeValidator(_rule)]], BeforeValidator(_table)] = Field(
        default_factory=dict,
        description="Which stages run what: a model id, a capability or a pattern (`vidu/*`), and stages in order; or a"
        " table of them: `[routing.NAME]`.",
    )
    vendors: Annotated[dict[str, VendorAccess], BeforeValidator(_table)] = Field(
        default_factory=dict, description="Access to vendors, by vendor id: `[vendors.vidu]`."
    )

    @field_validator("database")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"postgres(ql)?://", value.get_secret_value()):
            raise ValueError("write it as postgresql://NAME:PASSWORD@HOST:PORT/DATABASE")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load` reads the sources one by one, so that an error can say which of them it came from."""
        return (init_settings,)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
