"""What is known of sales' decisions: what drafts are judged by, what they say about criteria, which points fit."""

from dataclasses import replace

import numpy as np

from lib.app.remembered import QUIET, Aside, Progress, remembered
from lib.app.snapshot import Snapshot
from lib.core.consequences.decisions import criteria_of_both, first_handoffs
from lib.core.consequences.known import STAGES, Evidence
from lib.core.consequences.known import evidence as evidence_of
from lib.core.consequences.known_when import KnownWhen
from lib.core.consequences.known_when import known_when as known_when_of
from lib.core.consequences.learned import Learned
from lib.core.consequences.learned import learned as learned_of
from lib.core.definition.criteria import Definition
from lib.core.evidence import findings as findings_of
from lib.core.evidence.findings import Findings
from lib.core.handoffs.below_line import line_of
from lib.core.sla.capacity import capacity_per_week
from lib.core.suggestion import suggestion
from lib.core.suggestion.constraints import Constraints
from lib.core.suggestion.suggestion import Suggestion
from lib.core.time.window import Window

LEARNED_REMEMBERED = 4
"""Each a few hundred bytes a decision: the criteria as agreed, and those that drafts have beside them."""

FINDINGS_REMEMBERED = 4
"""Each at most 40 MB for 150,000 hand-offs."""


@remembered(1)
def evidence(snapshot: Snapshot) -> Evidence:
    """All hand-offs, as seen under any draft, and how the leads stand to what is agreed."""
    line = line_of(snapshot.leads.index, snapshot.definition, snapshot.handoffs, snapshot.customers.since)
    return evidence_of(snapshot.handoffs, snapshot.leads.history, line)


def learned(snapshot: Snapshot, draft: Definition) -> Learned:
    """What sales' decisions say of the criteria as agreed and of a draft; the same whatever their points."""
    return _learned(snapshot, criteria_of_both(snapshot.definition, draft))


@remembered(LEARNED_REMEMBERED)
def _learned(snapshot: Snapshot, counted: Definition) -> Learned:
    first = first_handoffs(snapshot.leads.index, snapshot.definition, counted, snapshot.handoffs)
    return learned_of(first, STAGES, snapshot.thresholds)


@remembered(FINDINGS_REMEMBERED)
def findings(snapshot: Snapshot, definition: Definition, window: Window, telling: Aside[Progress] = QUIET) -> Findings:
    """What the hand-offs of a window say about a definition."""
    return findings_of.find(snapshot.leads.index, definition, snapshot.handoffs, window, telling.given)


def known_when(snapshot: Snapshot, definition: Definition, window: Window) -> KnownWhen:
    """How far what sales decided on in a window, as of each hand-over, rests on fields without a history."""
    of = findings(snapshot, definition, window).judged
    decided = np.flatnonzero(of.decided)
    at = np.ascontiguousarray(of.handoffs.mql_at[decided])
    return known_when_of(snapshot.leads.history, of.hits, definition, of.lead[decided], at)


def suggest(
    snapshot: Snapshot,
    definition: Definition,
    window: Window,
    allowed: Constraints,
    telling: Aside[Progress] = QUIET,
    *,
    as_sales_can: bool = False,
) -> Suggestion:
    """Points and threshold that the decisions so far fit better, beginning from `definition`, judged out of time.

    `as_sales_can`: for as many MQLs a week as the reps can answer, whatever `allowed` says. Raises Refused where
    nobody has told what they can.
    """
    if as_sales_can:
        allowed = replace(allowed, mqls_per_week=capacity_per_week(snapshot.reps, snapshot.policy, window))
    return suggestion.suggest(
        snapshot.leads.index,
        definition,
        snapshot.handoffs,
        window,
        allowed,
        customer_since=snapshot.customers.since,
        in_force=snapshot.definition,
        progress=telling.given,
    )
