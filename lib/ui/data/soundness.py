"""What the Data page asks about how new and how sound the data is, as they are now."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lib.app import soundness
from lib.app.snapshot import Snapshot
from lib.app.soundness import Days
from lib.core.arrays import NEVER
from lib.core.exchange.soundness import FieldKnown, Finding, Fresh, Suspicious
from lib.core.handoffs.problems import Problem, ProblemKind
from lib.ui.frame.lead_tables import lead_page, local
from lib.ui.now import present


def fields(snapshot: Snapshot) -> tuple[FieldKnown, ...]:
    """What is unknown of the fields the agreed definition relies on."""
    return soundness.fields(snapshot)


def leads_without(snapshot: Snapshot, field: str) -> list[str]:
    """The leads of which a field is unknown, by id."""
    return soundness.leads_without(snapshot, field)


def findings(snapshot: Snapshot) -> dict[Finding, int]:
    """How many rows cannot be right as they stand, by what is wrong."""
    return soundness.findings(present.deployment().stored(), snapshot.as_of)


def rows_of(snapshot: Snapshot, finding: Finding, most: int) -> list[Suspicious]:
    """The newest rows of one finding."""
    return soundness.rows_of(present.deployment().stored(), snapshot.as_of, finding, most)


def problems_by_kind(snapshot: Snapshot) -> Mapping[ProblemKind, int]:
    """How many problems there are of each kind."""
    return soundness.problems_by_kind(present.problems(snapshot))


def problems_of(snapshot: Snapshot, kind: ProblemKind) -> list[Problem]:
    """The problems of one kind."""
    return [problem for problem in present.problems(snapshot) if problem.kind is kind]


def problem_rows(problems: Sequence[Problem], kind: ProblemKind | None = None) -> pd.DataFrame:
    """Those of one kind, or all of them, each with its lead's page."""
    rows = [one for one in problems if kind is None or one.kind is kind]
    at = np.array([NEVER if one.occurred_at is None else one.occurred_at for one in rows], dtype=np.int64)
    return pd.DataFrame(
        {
            "page": [None if one.lead_id is None else lead_page(one.lead_id) for one in rows],
            "kind": [one.kind.value for one in rows],
            "occurred": local(at),
            "sentence": [one.sentence for one in rows],
            "event_id": [one.event_id for one in rows],
        }
    )


def freshness() -> list[Fresh]:
    """How new everything is, by table and what brought it."""
    return soundness.freshness(present.deployment().stored())


def days(snapshot: Snapshot) -> Mapping[str, Days]:
    """The last 26 weeks by table, whole days only."""
    return soundness.days(present.deployment().stored(), snapshot.as_of, present.zone())
