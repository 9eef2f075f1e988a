"""How far figures and what decisions say rest on fields without a history; and the histories of one lead's."""

from collections.abc import Sequence

import numpy as np

from lib.app.deployment import Stored
from lib.app.known import findings
from lib.app.outlook import preview_at_threshold
from lib.app.remembered import remembered
from lib.app.snapshot import Snapshot
from lib.core.consequences.known_when import KnownWhen, known_when
from lib.core.definition.criteria import Definition
from lib.core.leads.changes import NotedChange
from lib.core.sla.answering import would_be_handoffs
from lib.core.time.window import Window
from lib.store.leads import changes


@remembered(16)
def of_draft(snapshot: Snapshot, draft: Definition, window: Window) -> KnownWhen:
    """Of what a draft hands over in a window, first or again, as of when it would."""
    lead, at = would_be_handoffs(preview_at_threshold(snapshot, draft, window).draft)
    return known_when(snapshot.leads.history, snapshot.leads.index.hits(draft), draft, lead, at)


def of_decisions(snapshot: Snapshot, definition: Definition, window: Window) -> KnownWhen:
    """Of the hand-offs of a window that sales decided on, as of each hand-over."""
    of = findings(snapshot, definition, window).judged
    decided = np.flatnonzero(of.decided)
    at = np.ascontiguousarray(of.handoffs.mql_at[decided])
    return known_when(snapshot.leads.history, of.hits, of.definition, of.lead[decided], at)


@remembered(64)
def of_lead(stored: Stored, lead_id: str) -> Sequence[NotedChange]:
    """What is known of one lead's changes, the newest first."""
    return changes.changes_of(stored.database, lead_id)
