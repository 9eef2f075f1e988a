"""What both sides sign: the definition, and how it begins."""

from dataclasses import dataclass

from lib.core.definition.criteria import Definition
from lib.core.definition.words import differences as definition_differences
from lib.core.handoffs.start_plan import StartPlan, plan_in_words

AT_ONCE = StartPlan()
"""As soon as both have signed, and nothing of the stock: what a definition alone says."""


@dataclass(frozen=True)
class Agreement:
    """One text with one hash: whom marketing hands over, from when, and what of the stock."""

    definition: Definition
    start: StartPlan = AT_ONCE


def differences(before: Agreement, after: Agreement) -> tuple[str, ...]:
    """What another agreement changes, as sentences. Every version has a start of its own, so that it is one is none."""
    plan = plan_in_words(after.start)
    said = set(plan_in_words(before.start))
    return (*definition_differences(before.definition, after.definition), *(one for one in plan if one not in said))
