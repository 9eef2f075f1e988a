"""Everything found in one go: nothing later counts, progress is told, and odd data has an answer."""

from dataclasses import replace
from datetime import date
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.config.definition import write_criterion
from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, TextTest
from lib.core.evidence import carried
from lib.core.evidence.findings import criteria_in_words, find
from lib.core.evidence.report import EvidenceReport
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.time.window import Window
from tests.core.handing_over import Handed, handoffs
from tests.core.strategies import any_definitions, any_populations, instants

DAY = 86_400_000_000
EVER = Window(date(1970, 1, 1), date(1970, 2, 12), "UTC")


def told(leads: list[Lead], rows: list[Handed], draft: Definition, as_of: int = 40 * DAY) -> dict[str, object]:
    """All that `evidence --json` prints of some hand-offs up to an instant."""
    known = {lead.lead_id for lead in leads}
    kept = handoffs(*(row for row in rows if row.lead_id in known and row.mql_at <= as_of), as_of=as_of)
    return EvidenceReport(find(HitIndex(history_of(leads)), draft, kept, EVER), write_criterion).as_json()


drawn_handoffs = st.lists(
    st.builds(
        Handed,
        st.sampled_from([f"lead-{n}" for n in range(4)]),
        instants,
        st.sampled_from([None, "rejected", "accepted", "sql", "won"]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(
    any_definitions,
    any_populations,
    drawn_handoffs,
    instants,
    st.lists(st.integers(1, 20 * DAY), min_size=1, max_size=5),
)
def test_what_comes_after_an_instant_changes_nothing_that_is_found_as_of_it(
    draft: Definition, leads: list[Lead], rows: list[Handed], as_of: int, later: list[int]
) -> None:
    added = tuple(Activity(as_of + after, "page_view", "Director", 99.5) for after in later)
    grown = [replace(lead, activities=(*lead.activities, *added)) for lead in leads]
    grown.append(Lead("later", as_of + 1, {"title": "Director"}, added))

    with patch.object(carried, "LEAST", 1):
        assert told(grown, rows, draft, as_of) == told(leads, rows, draft, as_of)


@pytest.mark.parametrize("decided", [25, 60, 200])
def test_more_criteria_than_the_decisions_can_tell_apart_still_have_an_answer(decided: int) -> None:
    """Seventy criteria, many of hardly anybody, two of the same leads, and decisions that one of them splits."""
    rng = np.random.default_rng(decided)
    has = rng.random((decided, 70)) < rng.uniform(0.02, 0.9, 70)
    has[:, 1] = has[:, 0]
    leads = [Lead(f"{n:03}", 0, {f"extra.{m}": "yes" for m in range(70) if has[n, m]}, ()) for n in range(decided)]
    criteria = tuple(
        Criterion(
            f"c{m}",
            f"C{m}",
            Category.PROFILE,
            5,
            FieldMatch("one", (FieldCondition(f"extra.{m}", (TextTest("is", ("yes",)),)),)),
        )
        for m in range(70)
    )
    rows = [Handed(f"{n:03}", DAY + n, "accepted" if has[n, 5] else "rejected") for n in range(decided)]

    found = find(HitIndex(history_of(leads)), Definition("many", 20, criteria), handoffs(*rows), EVER)

    assert [[one.id for one in some] for some in found.criteria.together][:1] == [["c0", "c1"]]
    for one in found.criteria.criteria:
        for contrast in one.stages:
            if contrast.left is not None:
                assert -1 <= contrast.left.low95 <= contrast.left.value <= contrast.left.high95 <= 1


def test_progress_only_grows_and_ends_with_all_done() -> None:
    leads = [Lead(f"{n:03}", 0, {"title": "Clerk" if n % 2 else "Boss"}) for n in range(80)]
    rows = handoffs(*(Handed(f"{n:03}", DAY, "accepted" if n % 3 else "rejected") for n in range(80)))
    heard: list[float] = []

    find(HitIndex(history_of(leads)), Definition("none", 1, ()), rows, EVER, lambda _doing, share: heard.append(share))

    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)


def test_who_cancels_stops_the_search() -> None:
    class Stop(Exception):
        """What the progress of a cancelled job raises."""

    def tell(_doing: str, share: float) -> None:
        if share > 0:
            raise Stop

    with pytest.raises(Stop):
        find(HitIndex(history_of([])), Definition("none", 1, ()), handoffs(), EVER, tell)


def test_a_sentence_counts_what_is_supported_and_names_what_is_not() -> None:
    rng = np.random.default_rng(3)
    boss = rng.random(300) < 0.5
    leads = [Lead(f"{n:03}", 0, {"title": "Boss" if boss[n] else "Clerk"}) for n in range(300)]
    rows = handoffs(
        *(
            Handed(f"{n:03}", DAY, "accepted" if rng.random() < (0.2 if boss[n] else 0.7) else "rejected")
            for n in range(300)
        )
    )
    match = FieldMatch("one", (FieldCondition("title", (TextTest("is", ("Boss",)),)),))

    def said(category: Category, points: int) -> str:
        draft = Definition("d", 10, (Criterion("boss", "Boss", category, points, match),))
        return criteria_in_words(find(HitIndex(history_of(leads)), draft, rows, EVER).criteria)

    assert said(Category.PROFILE, 10) == ("Of 1 criterion the decisions support 0, and 1 pulls against its sign: Boss.")
    assert said(Category.UNDESIRABLES, -10) == "Of 1 criterion the decisions support 1, and 0 pull against their sign."
