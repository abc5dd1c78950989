"""Every rule by its id, in the order of the reference page."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.prompts.rule import Rule
from callsheet.prompts.rules_heard import HEARD_RULES
from callsheet.prompts.rules_plain import PLAIN_RULES
from callsheet.prompts.rules_seen import SEEN_RULES

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*PLAIN_RULES, *SEEN_RULES, *HEARD_RULES)}
