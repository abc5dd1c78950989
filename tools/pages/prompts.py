"""The page of the rules on prompts, from the rules themselves."""

from __future__ import annotations

from callsheet.prompts import RULES
from callsheet.prompts.rule import CLIPS, DIAGRAMS, HEARD, MUSIC, PICTURES, SEEN, SPOKEN, Rule, Said

INTRODUCTION = """# The rules on prompts

What `callsheet prompt check`, `POST /v1/prompts/check` and `Client.check_prompt` look for, in English and Chinese. Each
finding has the rule's id, the words that it means (`start` to `end`, in characters), why, and what to write instead.

- **error**: the model refuses it.
- **warning**: it is likely to give something else than was meant.
- **note**: what would make it better.

Findings are few on purpose: where a rule cannot be sure, it says nothing. A prompt with a [test
marker](../howto/test-prompts.md) is not judged.

{sections}"""

_GROUPS = (
    ("pictures and clips", SEEN),
    ("clips", CLIPS),
    ("pictures", PICTURES),
    ("music and sounds", HEARD),
    ("music", MUSIC),
    ("speech", SPOKEN),
    ("diagrams", DIAGRAMS),
)


def pages() -> dict[str, str]:
    """One page."""
    sections = "\n".join(_section(rule) for rule in RULES.values())
    return {"docs/reference/prompt-rules.md": INTRODUCTION.format(sections=sections)}


def _section(rule: Rule) -> str:
    asked = "".join(f" With `{name}={value}`." for name, value in rule.input.items())
    given = f" For `{rule.model}`." if rule.model else f" For `{rule.shown}`."
    return f"""## {rule.id}

{rule.en.about} {rule.zh.about} Severity **{rule.severity}**, for {_for(rule.capabilities)}.

{rule.en.instead.replace("{", "`").replace("}", "`")}

| | instead |
|---|---|
{_row(rule.en)}
{_row(rule.zh)}

*{(given + asked).strip()}*
"""


def _row(said: Said) -> str:
    return f"| {_short(said.bad)} | {_short(said.good)} |"


def _short(text: str) -> str:
    cut = text if len(text) <= 90 else text[:60].rstrip() + " …"
    return f"`{cut}`".replace("|", "\\|")


def _for(capabilities: frozenset[str]) -> str:
    """The largest groups that make it up, and what is left by name."""
    left, said = capabilities, list[str]()
    if len(left) > len(SEEN | HEARD | SPOKEN | DIAGRAMS):
        return "every prompt"
    for name, group in _GROUPS:
        if group <= left:
            said.append(name)
            left -= group
    return ", ".join([*said, *(f"`{name}`" for name in sorted(left))])
