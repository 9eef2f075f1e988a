"""What the Data page asks about how new and how sound the data is, as they are now."""

from collections.abc import Mapping

from lib.app import soundness
from lib.app.remembered import Aside
from lib.app.snapshot import Snapshot
from lib.app.soundness import Days
from lib.core.exchange.soundness import FieldKnown, Finding, Fresh, Suspicious
from lib.core.funnel.money import Money
from lib.core.handoffs.problems import Problem, ProblemGroup, ProblemKind
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


def problem_groups(snapshot: Snapshot) -> tuple[ProblemGroup, ...]:
    """What is wrong with the data, by kind and cause, the most frequent first."""
    return soundness.problem_groups(present.deployment().stored(), snapshot.as_of, present.reason_codes(), _money())


def first_problems(snapshot: Snapshot, kind: ProblemKind, most: int) -> tuple[Problem, ...]:
    """The first cases of one kind."""
    stored, reasons = present.deployment().stored(), present.reason_codes()
    return soundness.first_problems(stored, snapshot.as_of, reasons, kind, most, _money())


def every_problem(snapshot: Snapshot, kind: ProblemKind) -> tuple[Problem, ...]:
    """All cases of one kind, for a file."""
    stored, reasons = present.deployment().stored(), present.reason_codes()
    return soundness.every_problem(stored, snapshot.as_of, reasons, kind, _money())


def freshness() -> list[Fresh]:
    """How new everything is, by table and what brought it."""
    return soundness.freshness(present.deployment().stored())


def days(snapshot: Snapshot) -> Mapping[str, Days]:
    """The last 26 weeks by table, whole days only."""
    return soundness.days(present.deployment().stored(), snapshot.as_of, present.zone())


def _money() -> Aside[Money]:
    """Which currency sums are in: the configuration's, the same as long as the app runs."""
    return Aside(present.deployment().config.app.money)
