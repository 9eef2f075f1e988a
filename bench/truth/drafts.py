"""The definition that is agreed in these worlds, and the drafts that one could propose instead."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from bench.truth.people import AS_OF, WINDOW
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    Match,
    NumberTest,
    TextTest,
)
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay


class Kind(StrEnum):
    """What a draft does to the agreed definition."""

    AGREED = "agreed"
    REWEIGHTED = "reweighted"
    LOWER = "lower"
    HIGHER = "higher"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is called in the table, and how it came about."""

    name: str
    kind: Kind
    definition: Definition


def field(name: str, *values: str) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(name, (TextTest("one_of", values),)),))


def activity(kind: str, subject: str | None = None, limit: int | None = None) -> ActivityMatch:
    tests = () if subject is None else (TextTest("is", (subject,)),)
    return ActivityMatch(ActivityCondition((kind,), tests), limit)


def _small() -> FieldMatch:
    return FieldMatch("one", (FieldCondition("employees", (NumberTest(None, 50.0),)),))


def _criterion(name: str, category: Category, points: int, match: Match) -> Criterion:
    return Criterion(name, name.replace("_", " "), category, points, match)


P, C, A, U = Category.PROFILE, Category.CHANNEL, Category.ACTIONS, Category.UNDESIRABLES

AGREED = Definition(
    name="Agreed",
    threshold=40,
    criteria=(
        _criterion("decides", P, 20, field("title", "Director")),
        _criterion("manages", P, 10, field("title", "Manager")),
        _criterion("mid_market", P, 15, field("employees", "800")),
        _criterion("makes_things", P, 10, field("industry", "Food", "Chemicals")),
        _criterion("inbound", C, 10, field("channel", "inbound")),
        _criterion("event", C, 5, field("channel", "event")),
        _criterion("pricing", A, 6, activity("page_view", "/pricing", 3)),
        _criterion("webinar", A, 15, activity("webinar_attended", limit=2)),
        _criterion("demo", A, 25, activity("form_submit", "demo", 1)),
        _criterion("datasheet", A, 8, activity("download", "datasheet", 2)),
        _criterion("busy_week", A, 8, FrequencyMatch(ActivityCondition(("page_view",)), 3, 7.0)),
        _criterion("news", A, 2, activity("email_click", limit=5)),
        _criterion("free_mail", U, -15, field("email", "a@gmail.com")),
        _criterion("unsubscribed", U, -20, activity("unsubscribe", limit=1)),
    ),
    half_life_days=30.0,
)  # fmt: skip

BEFORE = (
    AGREED.with_points("webinar", 25)
    .with_points("demo", 10)
    .with_points("pricing", 3)
    .with_points("inbound", 15)
    .with_threshold(45)
)
"""The version that was in force in the first half, in the worlds that have two."""

AGENCY = replace(_criterion("agency", U, 0, field("extra.agency", "yes")), disqualify=True)
"""Where agencies were never handed over."""

FIT = tuple(criterion.id for criterion in AGREED.of(P))


def proposed(agreed: Definition) -> list[tuple[str, Kind, Definition, bool]]:
    """Name, kind and definition of each draft, and whether its threshold is set to bring as many as the agreed one."""
    fit_0 = _points(agreed, **dict.fromkeys(FIT, 0))
    return [
        ("demo up, webinar down", Kind.REWEIGHTED, _points(agreed, demo=40, webinar=5), True),
        ("fit up", Kind.REWEIGHTED, _points(agreed, decides=30, mid_market=25, manages=15), True),
        ("actions up", Kind.REWEIGHTED, _points(agreed, pricing=10, datasheet=14, news=4, decides=10), True),
        ("5 points lower", Kind.LOWER, agreed.with_threshold(agreed.threshold - 5), False),
        ("10 points lower", Kind.LOWER, agreed.with_threshold(agreed.threshold - 10), False),
        ("15 points lower", Kind.LOWER, agreed.with_threshold(agreed.threshold - 15), False),
        ("5 points higher", Kind.HIGHER, agreed.with_threshold(agreed.threshold + 5), False),
        ("10 points higher", Kind.HIGHER, agreed.with_threshold(agreed.threshold + 10), False),
        ("15 points higher", Kind.HIGHER, agreed.with_threshold(agreed.threshold + 15), False),
        ("country added", Kind.ADDED, _with(agreed, "country", P, 12, field("country", "FR", "IT")), True),
        ("video added", Kind.ADDED, _with(agreed, "video", A, 10, activity("video_watch", limit=2)), True),
        ("small companies down", Kind.ADDED, _with(agreed, "small", U, -10, _small()), True),
        ("webinar 0", Kind.REMOVED, _points(agreed, webinar=0), True),
        ("fit 0", Kind.REMOVED, fit_0, True),
        ("fit and webinar 0", Kind.REMOVED, _points(fit_0, webinar=0), True),
    ]


def drafts(agreed: Definition, index: HitIndex, more: tuple[tuple[str, Definition], ...] = ()) -> list[Draft]:
    """The agreed definition, every draft of it, and a world's own, which add something, at equal volume."""
    wanted = _volume(index, agreed)[agreed.threshold]
    found = [Draft("agreed", Kind.AGREED, agreed)]
    own = [(name, Kind.ADDED, definition, True) for name, definition in more]
    for name, kind, definition, at_equal_volume in [*proposed(agreed), *own]:
        if at_equal_volume:
            # Column 0 holds no threshold.
            nearest = int(np.abs(_volume(index, definition)[1:] - wanted).argmin()) + 1
            found.append(Draft(name, kind, definition.with_threshold(nearest)))
        else:
            found.append(Draft(name, kind, definition))
    return found


def _volume(index: HitIndex, definition: Definition) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return replay(index.hits(definition), definition, as_of=AS_OF, edges=WINDOW.edges()).surface.totals()


def _points(definition: Definition, **points: int) -> Definition:
    for criterion, value in points.items():
        definition = definition.with_points(criterion, value)
    return definition


def _with(definition: Definition, name: str, category: Category, points: int, match: Match) -> Definition:
    return definition.with_criterion(_criterion(name, category, points, match))
