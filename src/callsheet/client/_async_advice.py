"""The part of the SDK that asks for advice before anything is paid; `_sync_advice.py` is generated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.client import advice
from callsheet.client._async_wire import AsyncWire
from callsheet.client.advice import PromptCheck


class AsyncAdvice(AsyncWire):
    """Asks what the guidance says of a prompt."""

    async def check_prompt(
        self,
        text: str,
        model: str = "text-to-video",
        input: Mapping[str, Any] | None = None,
        *,
        language: str | None = None,
    ) -> PromptCheck:
        """What is likely to go wrong with a prompt, and what to write instead; nothing is made.

        `model` is a model id, which brings its limits, or a capability; `input` what else would be given, such as the
        duration. The findings are worded in `language` (`en`, `zh`), else in the prompt's own.
        """
        body = {"text": text, "model": model, "input": input or {}} | ({"language": language} if language else {})
        return advice.read_prompt_check(await self._json("POST", "/v1/prompts/check", json=body))
