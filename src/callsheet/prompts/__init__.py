"""The guidance on prompts as rules: a text and what is known of its model in, findings out; pure."""

from callsheet.prompts.brief import LONGEST, Brief, about_capability, about_model
from callsheet.prompts.check import check, report, worst
from callsheet.prompts.finding import SEVERITIES, Finding
from callsheet.prompts.rule import Rule, Said
from callsheet.prompts.rules import RULES

__all__ = [
    "LONGEST",
    "RULES",
    "SEVERITIES",
    "Brief",
    "Finding",
    "Rule",
    "Said",
    "about_capability",
    "about_model",
    "check",
    "report",
    "worst",
]
