"""What a diagram's scene says, refused where it says nothing that can be drawn."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from callsheet.errors import RenderError
from callsheet.renderers.previz.diagrams import letters, words
from callsheet.renderers.previz.diagrams.check import unfenced
from callsheet.renderers.previz.diagrams.understand import Understood, board, plain, source, understand
from callsheet.renderers.scene import Scene


def understood(scene: Scene) -> tuple[Understood, str]:
    """What is drawn, and who wrote it: rules, or the chat model. Raises RenderError as `drawable` does."""
    prompt = _lettered(scene)
    with _in_words():
        written = scene.extra.get("source")
        if written:
            found = source(scene.capability, str(written))
            if found:
                return found, "model"
        return understand(scene.capability, prompt, str(scene.extra.get("language", "zh"))), "rules"


def drawable(scene: Scene) -> None:
    """Raise RenderError for a prompt without a letter that can be drawn, and for an infographic's JSON that is broken.

    Whether Mermaid can be drawn is known by drawing it.
    """
    prompt = _lettered(scene)
    with _in_words():
        board(scene.capability, unfenced(plain(prompt)))


def _lettered(scene: Scene) -> str:
    prompt = str(scene.extra.get("words", scene.prompt))
    if not any(char.isalnum() for char in letters.drawable(prompt)):
        lost = "".join(letters.missing(prompt))[:40]
        raise RenderError(
            f"No letter of the prompt can be drawn: {lost!r}."
            if lost
            else "The prompt says nothing that can be drawn.",
            hint=f"Diagrams are lettered in {', '.join(words.LANGUAGES)}.",
            param="prompt",
        ).because("nothing_to_draw", param="prompt", known=list(words.LANGUAGES))
    return prompt


@contextmanager
def _in_words() -> Generator[None]:
    try:
        yield
    except ValueError as error:
        raise RenderError(
            f"The source in the prompt cannot be drawn: {error}", hint="Correct it, or say it in words.", param="prompt"
        ).because("source_wrong", param="prompt", quoted=str(error)) from error
