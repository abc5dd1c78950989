"""The rules at work: each rule's own code, by its id, and what becomes of what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from callsheet.prompts import heard, plain, seen
from callsheet.prompts.brief import Brief
from callsheet.prompts.finding import SEVERITIES, Finding, Found, Severity
from callsheet.prompts.rule import Rule
from callsheet.prompts.rules import RULES

CODE: Mapping[str, Callable[[Brief], Iterator[Found]]] = {
    "empty": plain.empty,
    "too-long": plain.too_long,
    "truncated": plain.truncated,
    "test-marker": plain.marker,
    "length-in-words": plain.length,
    "against-params": plain.against_params,
    "wrong-language": plain.language,
    "no-subject": seen.no_subject,
    "thin": seen.thin,
    "no-motion": seen.no_motion,
    "no-camera": seen.no_camera,
    "contradiction": seen.contradiction,
    "negation": seen.negation,
    "too-much": seen.too_much,
    "lettering": seen.lettering,
    "vague": seen.vague,
    "technical": seen.technical,
    "artist": seen.artist,
    "keeps-nothing": seen.keeps_nothing,
    "removal": seen.removal,
    "thin-music": heard.thin_music,
    "music-parts": heard.music_parts,
    "no-source": heard.no_source,
    "many-sounds": heard.many_sounds,
    "unreadable": heard.unreadable,
    "spell-out": heard.spell_out,
    "no-relations": heard.no_relations,
    "no-times": heard.no_times,
    "no-figures": heard.no_figures,
}

ALONE = ("empty", "test-marker")
"""Where one of these holds, it is all there is to say."""
OF_WHAT_IS_MISSING = frozenset(
    {
        *("no-subject", "thin", "no-motion", "no-camera", "keeps-nothing"),
        *("thin-music", "music-parts", "no-source", "no-relations", "no-times"),
    }
)
"""Not asked of a language whose words are not known here: nothing would be found, whatever there is."""
WITH_LIMITS = ("too-long", "truncated")


def check(brief: Brief, language: str | None = None) -> tuple[Finding, ...]:
    """What the rules find, worst first, then in the order of the text, said in `en`, `zh` or the prompt's language."""
    words = language or brief.language
    for id in ALONE:
        if found := [_said(RULES[id], brief, one, words) for one in CODE[id](brief)]:
            rest = [one for id in WITH_LIMITS for one in _of(RULES[id], brief, words)]
            return (*rest, *found)
    silent = {*ALONE, *(() if brief.readable else OF_WHAT_IS_MISSING)}
    fitting = (rule for rule in RULES.values() if brief.capability in rule.capabilities and rule.id not in silent)
    found = [finding for rule in fitting for finding in _of(rule, brief, words)]
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.start, one.end)))


def worst(findings: Sequence[Finding]) -> Severity | None:
    """The worst severity among them; None where nothing was found."""
    found = {one.severity for one in findings}
    return next((severity for severity in SEVERITIES if severity in found), None)


def report(brief: Brief, findings: Sequence[Finding], language: str | None = None) -> dict[str, Any]:
    """The whole answer as plain JSON: the same over the API and on the command line."""
    return {
        "object": "prompt_check",
        "capability": brief.capability,
        "model": brief.model,
        "language": language or brief.language,
        "worst": worst(findings),
        "findings": [one.as_json() for one in findings],
    }


def _of(rule: Rule, brief: Brief, language: str) -> Iterator[Finding]:
    return (_said(rule, brief, found, language) for found in CODE[rule.id](brief))


def _said(rule: Rule, brief: Brief, found: Found, language: str) -> Finding:
    said = rule.said(language)
    quote = brief.text[found.start : found.end]
    values = {"quote": quote, "model": brief.model or brief.capability, **found.values}
    return Finding(
        rule=rule.id,
        severity=found.severity or rule.severity,
        start=found.start,
        end=found.end,
        quote=quote if len(quote) <= 80 else quote[:79] + "…",
        reason=said.why.format(**values),
        suggestion=found.instead.get(language) or said.instead.format(**values),
    )
