"""One lead or many: who they are, what a definition makes of each, and what criteria can ask for."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.app.deployment import Deployment, Stored
from lib.app.remembered import Progress, remembered
from lib.app.snapshot import Leads, Snapshot
from lib.core.access.grants import Grant
from lib.core.definition import earning, scoring
from lib.core.definition.criteria import LEAD_FIELDS, Criterion, Definition, Match
from lib.core.definition.earning import ScoredActivity
from lib.core.definition.scoring import Explanation, Score
from lib.core.folding import fold, plain
from lib.core.leads.changes import NotedChange
from lib.core.leads.duplicates import Duplicates, Merge
from lib.core.leads.history import Lead, frequent_subjects, frequent_values, lead_at
from lib.core.leads.people import Introduced
from lib.core.time.clock import MICROSECONDS
from lib.store.leads import duplicates, people
from lib.store.leads.changes import changes_of

VALUES_OFFERED = 200
"""A field's values offered to choose from; others can be typed."""

FOUND_AT_MOST = 50


def find(stored: Stored, words: str, most: int = FOUND_AT_MOST) -> list[Introduced]:
    """The leads in whose id, name, company, title or e-mail every word occurs, the best first."""
    return people.find_leads(stored.database, words, most)


def lead(leads: Leads, lead_id: str) -> Lead | None:
    """One lead with its activities, None when nobody has this id."""
    row = pc.index(leads.history.lead_id, lead_id).as_py()
    return lead_at(leads.history, row) if row >= 0 else None


def introduced(leads: Leads, lead_ids: Sequence[str]) -> dict[str, Introduced]:
    """Who the leads of these ids are, by id; one that is not there (any more) is known by its id alone."""
    history = leads.history
    # The fewer ids are looked among, the faster.
    asked = pa.array(sorted(set(lead_ids)), pa.string())
    rows = np.flatnonzero(pc.is_in(history.lead_id, value_set=asked).to_numpy(zero_copy_only=False))
    columns = [history.column(name) for name in ("first_name", "last_name", "company", "title", "email")]
    found = {lead_id: Introduced(lead_id, "", "", "", "") for lead_id in lead_ids}
    for row in rows.tolist():
        first, last, company, title, email = (column.text(row) for column in columns)
        name = " ".join(text for text in (first, last) if text is not None).strip(" ")
        lead_id = str(history.lead_id[row].as_py())
        found[lead_id] = Introduced(lead_id, name, company or "", title or "", email or "")
    return found


# What a definition makes of one.


def explanation(snapshot: Snapshot, definition: Definition, of: Lead) -> Explanation:
    """Every criterion's part of its score now."""
    return scoring.explain(definition, of, snapshot.as_of)


def explanation_then(snapshot: Snapshot, of: Lead, at: int) -> Explanation:
    """The lead's score at an instant, under the definition that was in force then."""
    return scoring.explain(snapshot.agreed.at(at).definition, of, at)


def scored_activities(snapshot: Snapshot, definition: Definition, of: Lead) -> list[ScoredActivity]:
    """What the lead did up to now, the newest first, with the criteria each activity earned."""
    return [one for one in earning.scored_activities(definition, of) if one.activity.at <= snapshot.as_of]


def course(snapshot: Snapshot, definition: Definition, of: Lead) -> list[tuple[int, Score]]:
    """The lead's score at every look and on every day between, up to now."""
    end = snapshot.as_of
    days = range(of.created_at, end, 86_400 * MICROSECONDS)
    return scoring.score_course(definition, of, end, between=[*days, end])


@remembered(64)
def changes(stored: Stored, lead_id: str) -> Sequence[NotedChange]:
    """How its fields came to be what they are, the newest change first."""
    return changes_of(stored.database, lead_id)


# What criteria can ask for.


def touched(leads: Leads, criterion: Criterion) -> int:
    """How many leads ever earn the criterion."""
    return _touched(leads, criterion.match, criterion)


@remembered(512)
def _touched(leads: Leads, match: Match, criterion: Criterion) -> int:
    return leads.index.leads_touched(criterion)


def fields(leads: Leads) -> list[str]:
    """Every field of the leads a criterion may look at."""
    custom = sorted(name for name in leads.history.field_names if name not in LEAD_FIELDS)
    return [*LEAD_FIELDS, *custom]


@remembered(64)
def field_values(leads: Leads, field: str) -> list[str]:
    """The field's most frequent values, to choose from."""
    frequent = frequent_values(leads.history.column(field), VALUES_OFFERED)
    # Of several spellings the most frequent.
    return list({fold(value): plain(value) for value in reversed(frequent)}.values())[::-1]


def kinds(leads: Leads) -> list[str]:
    """The kinds of activity there are."""
    return sorted({fold(kind) for kind in leads.history.what_kind.to_pylist()})


@remembered(64)
def subjects(leads: Leads, of_kinds: tuple[str, ...]) -> list[str]:
    """The most frequent subjects of these kinds of activity, to choose from."""
    return frequent_subjects(leads.history, of_kinds, VALUES_OFFERED)


# Who may be one person.


def look_for_duplicates(deployment: Deployment, progress: Progress) -> Duplicates:
    """Pairs of leads that may be one person, by e-mail, then by name and company."""
    return duplicates.find_duplicates(deployment.database, progress)


@remembered(1)
def merges(stored: Stored) -> list[Merge]:
    """The merges that stand."""
    return duplicates.merges(stored.database)


def merge(deployment: Deployment, kept: str, gone: str, by: Grant) -> int:
    """Make one lead part of another; MergeRefused where it cannot be."""
    return duplicates.merge_leads(deployment.database, kept, gone, deployment.now(), by)


def part(deployment: Deployment, gone: str, by: Grant) -> Merge:
    """Part a lead from the one it is part of; MergeRefused where it is part of none."""
    return duplicates.unmerge_leads(deployment.database, gone, deployment.now(), by)
