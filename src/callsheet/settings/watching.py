"""What can be set about watching over an installation: its log and its metrics."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Log(_Section):
    """What is written to standard error."""

    format: Literal["text", "json"] = Field(
        "text", description="`text`, a line for people; or `json`, one for machines."
    )
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is worth a line.")


class Metrics(_Section):
    """`/metrics`, in Prometheus' format: this machine itself may read it, and the operator."""

    public: bool = Field(False, description="Whether everyone may read it who reaches this server.")
    key: SecretStr | None = Field(None, min_length=16, description="Who sends it as `Authorization: Bearer` may too.")
    accounts: bool = Field(False, description="Whether tasks are counted for each account apart: one line for each.")
