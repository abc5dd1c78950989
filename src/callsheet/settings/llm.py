"""What can be set about the chat model that writes the source of diagrams."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class Llm(BaseModel):
    """A chat model that writes the source of diagrams; without one, rules read the prompt."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_url: str | None = Field(
        None, description="Where an OpenAI-compatible API answers: `https://host/v1`; `/chat/completions` is added."
    )
    key: SecretStr | None = Field(None, description="Its key, sent as `Authorization: Bearer`.")
    model: str | None = Field(None, description="The name of the chat model.")
    timeout: float = Field(60.0, gt=0, le=240, description="Seconds one answer may take; then the rules are used.")

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^?#\s@]+", value):
            raise ValueError("write it as https://host/v1, without a name or a query")
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _is_whole(self) -> Llm:
        if (self.base_url is None) != (self.model is None):
            raise ValueError("give base_url and model together")
        return self
