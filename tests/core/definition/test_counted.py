"""Which activities count, plainly: what a mail scanner did, and the earliest few of a lead, a day or a subject."""

from dataclasses import replace

import pytest

from lib.core.definition.counted import by_people, earliest, without_machines
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    Per,
    SequenceMatch,
)
from lib.core.definition.earning import scored_activities
from lib.core.definition.scoring import explain
from lib.core.leads.history import Activity, Lead

SECOND = 1_000_000
CLICK = ActivityCondition(("email_click",))


def click(second: float, subject: str | None) -> Activity:
    return Activity(int(second * SECOND), "email_click", subject)


@pytest.mark.parametrize(
    ("clicks", "by_machine"),
    [
        ([(0, "a"), (2, "b"), (4, "c")], [0, 2, 4]),
        ([(0, "a"), (2.5, "b"), (5, "c")], [0, 2.5, 5]),
        ([(0, "a"), (2.5, "b"), (5.000001, "c")], []),
        ([(0, "a"), (0, "b"), (0, "A ")], []),
        ([(0, "a"), (1, "b"), (2, None)], []),
        ([(0, "a"), (1, "b"), (2, None), (3, "c")], [0, 1, 2, 3]),
        # Every click is a machine's that some five such seconds hold, also one again on the same link.
        ([(0, "a"), (4, "b"), (5, "c"), (9, "a")], [0, 4, 5, 9]),
        ([(0, "a"), (4, "b"), (5, "c"), (10, "c")], [0, 4, 5]),
    ],
)
def test_clicks_on_three_subjects_within_five_seconds_are_a_machines(
    clicks: list[tuple[float, str | None]], by_machine: list[float]
) -> None:
    did = [click(second, subject) for second, subject in clicks]

    people = by_people(did)

    assert [one.at / SECOND for one in did if one not in people] == by_machine


def test_opens_within_five_seconds_of_a_machines_click_are_a_machines_and_pages_are_not() -> None:
    clicks = [click(10, "a"), click(11, "b"), click(12, "c"), click(40, "a")]
    opens = [Activity(int(second * SECOND), "Email_Open ", "mail") for second in (4.9, 5, 17, 17.1, 40)]
    page = Activity(11 * SECOND, "page_view", "a")

    people = by_people(sorted([*clicks, *opens, page], key=lambda one: one.at))

    assert [one.at / SECOND for one in people] == [4.9, 11, 17.1, 40, 40]


def test_a_limit_is_of_each_lead_day_or_subject() -> None:
    midnight = 86_400 * SECOND
    did = [
        Activity(at, "email_click", subject)
        for at, subject in [(midnight - 1, "a"), (midnight - 1, None), (midnight, "A "), (midnight + 1, " ")]
    ]

    def counted(per: Per, zone: str = "UTC") -> list[Activity]:
        return list(earliest(did, ActivityMatch(CLICK, 1, per), zone))

    assert counted(Per.LEAD) == did[:1]
    assert counted(Per.DAY) == [did[0], did[2]]
    assert counted(Per.DAY, "Europe/Madrid") == did[:1]
    assert counted(Per.SUBJECT) == did[:2]


def test_machines_are_left_out_of_every_criterion_that_counts_what_they_do() -> None:
    matches = (
        ActivityMatch(CLICK, 2, Per.DAY),
        FrequencyMatch(ActivityCondition(("page_view", "Email_Open ")), 2, 1.0),
        ActivityMatch(ActivityCondition(("page_view",))),
        SequenceMatch(CLICK, CLICK, 1.0),
        FieldMatch("one", (FieldCondition("title", (KnownTest(known=True),)),)),
    )
    definition = Definition(
        "d", 1, tuple(Criterion(f"{n}", "", Category.UNDESIRABLES, -1, match) for n, match in enumerate(matches))
    )

    asked = [criterion.match for criterion in without_machines(definition).criteria]

    assert asked == [
        ActivityMatch(CLICK, 2, Per.DAY, human=True),
        FrequencyMatch(ActivityCondition(("page_view", "Email_Open ")), 2, 1.0, human=True),
        *matches[2:],
    ]


@pytest.mark.parametrize(
    ("match", "is_once"),
    [(ActivityMatch(CLICK, 1), True), (ActivityMatch(CLICK, 1, Per.DAY), False), (ActivityMatch(CLICK), False)],
)
def test_once_a_day_is_not_once(match: ActivityMatch, is_once: bool) -> None:
    assert match.is_once is is_once


def test_what_was_left_out_is_counted_up_to_the_instant_and_marked_on_what_was_done() -> None:
    counts = Criterion("c", "Clicked", Category.ACTIONS, 5, ActivityMatch(CLICK, human=True))
    pages = ActivityMatch(ActivityCondition(("page_view",)), human=True)
    lead = Lead("a", 0, {}, tuple(click(second, link) for second, link in ((1, "a"), (2, "b"), (3, "c"), (60, "a"))))

    def left_out(match: ActivityMatch, at: float) -> int:
        return explain(Definition("d", 1, (replace(counts, match=match),)), lead, int(at * SECOND)).left_out

    assert (left_out(counts.match, 60), left_out(counts.match, 2)) == (3, 2)
    assert left_out(pages, 60) == left_out(ActivityMatch(CLICK), 60) == 0
    scored = scored_activities(Definition("d", 1, (counts,)), lead)
    assert [(one.points, one.by_machine) for one in scored] == [(5, False), (0, True), (0, True), (0, True)]
