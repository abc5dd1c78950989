"""The SDK without async: generated from _async_advice.py by tools/sync_client.py, never edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.client import advice
from callsheet.client._sync_wire import Wire
from callsheet.client.advice import PromptCheck


class Advice(Wire):
    """Asks what the guidance says of a prompt."""

    def check_prompt(
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
        return advice.read_prompt_check(self._json("POST", "/v1/prompts/check", json=body))
