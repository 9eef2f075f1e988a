"""The worlds themselves: their truth is true, draws change decisions alone; the harness tells good from bad."""

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pytest

from bench.truth.answers import Answer, Said, Told, ranked, summary
from bench.truth.drafts import AGREED, Kind
from bench.truth.people import AS_OF, DAY, WINDOW, Seen
from bench.truth.running import answers, everything_asked, had
from bench.truth.world import Claim, Drift, Fixed, World
from bench.truth.worlds import WORLDS, additive, coin, named
from lib.core.arrays import NEVER, Column
from lib.core.definition.earning import hits_of
from lib.core.definition.scoring import qualification
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import lead_at
from tests.truth.estimators import by_bands, oracle

NAMES = [world.name for world in WORLDS]


def alike(a: object, b: object) -> bool:
    if isinstance(a, Column) and isinstance(b, Column):
        return bool((a.codes == b.codes).all()) and a.values.equals(b.values)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return a.equals(b) if isinstance(a, pa.Array) and isinstance(b, pa.Array) else a == b


def parts_that_differ(a: Handoffs, b: Handoffs) -> set[str]:
    return {one.name for one in fields(Handoffs) if not alike(getattr(a, one.name), getattr(b, one.name))}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_is_the_same_world(name: str) -> None:
    one, other = named(name).on(3), named(name).on(3)

    assert one.people.history.lead_id.equals(other.people.history.lead_id)
    assert np.array_equal(one.people.history.activity_at, other.people.history.activity_at)
    assert parts_that_differ(one.redraw(np.random.default_rng(5)), other.redraw(np.random.default_rng(5))) == set()
    assert [draft.definition for draft in one.drafts] == [draft.definition for draft in other.drafts]


def test_another_seed_is_another_history() -> None:
    one, other = named("additive").on(3), named("additive").on(4)

    assert not np.array_equal(one.people.history.created_at, other.people.history.created_at)


@pytest.mark.parametrize("name", [world.name for world in WORLDS if not world.again and world.last is None])
def test_a_redraw_changes_what_sales_decides_and_nothing_else(name: str) -> None:
    fixed = named(name).on(3)

    differing = parts_that_differ(fixed.redraw(np.random.default_rng(1)), fixed.redraw(np.random.default_rng(2)))

    assert {"decision", "decided_at"} <= differing
    assert differing <= {
        "decision", "decided_at", "decided_until", "first_touch_at", "first_touch_until", "reason", "sql_at",
        "opportunity_at", "won_at", "outcome", "amount", "owner", "first_owner",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_that_comes_after_the_instant_looked_at_and_no_step_before_its_own(name: str) -> None:
    handoffs = named(name).on(3).redraw(np.random.default_rng(1))

    for at in (handoffs.decided_at, handoffs.sql_at, handoffs.won_at):
        assert (at[at != NEVER] < AS_OF).all()
    assert (handoffs.decided_at > handoffs.mql_at).all()
    assert (handoffs.open == (handoffs.decided_at == NEVER)).all()
    assert (handoffs.sql_at >= handoffs.decided_at).all()
    assert (handoffs.won_at >= handoffs.sql_at).all()
    assert (handoffs.won_at[handoffs.won_at != NEVER] - handoffs.mql_at[handoffs.won_at != NEVER] <= 90 * DAY).all()
    assert (np.diff(handoffs.mql_at) >= 0).all()


def test_a_redraw_many_times_over_agrees_with_the_chances() -> None:
    # Given a small world, whose agreed definition hands over each lead after the very same delay
    small = replace(named("two pairs"), leads=60)
    fixed = small.on(8)
    seen = fixed.seen(fixed.handed.rows, fixed.handed.at, fixed.handed.score)
    expected = fixed.chance(seen)
    rng = np.random.default_rng(0)

    accepts = np.zeros(len(expected))
    decided = np.zeros(len(expected))
    for _ in range(4_000):
        handoffs = fixed.redraw(rng)
        accepts += handoffs.accepted
        decided += ~handoffs.open

    # Then each lead is accepted as often as its chance says, of when it is decided at all
    always = decided > 1_000
    found = accepts[always] / decided[always]
    error = np.sqrt(expected[always] * (1 - expected[always]) / decided[always])
    assert always.sum() > 20
    assert np.abs((found - expected[always]) / error).max() < 4.5


def test_the_truth_of_a_draft_is_what_a_million_decisions_come_to() -> None:
    # Given a small world in which sales looks at fields alone, so that a few hours sooner or later are the same
    fixed = World("small", "fields alone", lambda seen: 1.5 * seen.field("title", "Director"), Claim.EXACT, 200).on(2)
    truth = fixed.truth(fixed.agreed)
    handed_too = np.isin(truth.rows, fixed.handed.rows)
    rng = np.random.default_rng(0)

    accepted = decided = 0
    while decided < 1_000_000:
        handoffs = fixed.redraw(rng)
        inside = np.isin(fixed.handed.rows, truth.rows) & ~handoffs.open
        accepted += int(np.count_nonzero(handoffs.accepted & inside))
        decided += int(np.count_nonzero(inside))

    assert handed_too.mean() > 0.9
    assert accepted / decided == pytest.approx(truth.chance[handed_too].mean(), abs=0.005)


def test_a_drafts_leads_are_those_the_definition_qualifies_each_some_hours_later() -> None:
    fixed = replace(named("additive"), leads=80).on(1)
    first, last = WINDOW.edges()[[0, -1]]

    for draft in fixed.drafts:
        truth = fixed.truth(draft.definition)

        leads = [lead_at(fixed.people.history, row) for row in range(80)]
        found = [qualification(draft.definition, lead, AS_OF) for lead in leads]
        inside = {row: one.at for row, one in enumerate(found) if one is not None and first <= one.at < last}
        assert dict(zip(truth.rows.tolist(), (truth.at - fixed.delay).tolist(), strict=True)) == inside


def test_what_sales_sees_of_a_lead_is_what_it_did_by_then() -> None:
    fixed = replace(named("additive"), leads=60).on(6)
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 60, 300)
    at = fixed.people.history.created_at[rows] + rng.integers(0, 60 * DAY, 300)
    # Half of them look at the very instant at which something is done.
    looked = np.array([int(instants[len(instants) // 2]) if len(instants := _done(fixed, row)) else 0 for row in rows])
    at = np.where((np.arange(300) % 2 == 0) & (looked >= fixed.people.history.created_at[rows]), looked, at)
    seen = Seen(fixed.people, rows, at, np.zeros(300), np.zeros(300))

    views = [_views(fixed, row, until) for row, until in zip(rows.tolist(), at.tolist(), strict=True)]
    assert seen.times("page_view").tolist() == [len(one) for one in views]
    assert seen.lately("page_view", 2).tolist() == [
        any(until - 2 * DAY <= one for one in before) for before, until in zip(views, at.tolist(), strict=True)
    ]
    assert seen.ever_busy("page_view", 3, 7).tolist() == [
        any(one[n + 2] - one[n] <= 7 * DAY for n in range(len(one) - 2)) for one in views
    ]


def _done(fixed: Fixed, row: int) -> list[int]:
    history = fixed.people.history
    return sorted(history.activity_at[history.activity_start[row] : history.activity_start[row + 1]].tolist())


def _views(fixed: Fixed, row: int, until: int) -> list[int]:
    activities = lead_at(fixed.people.history, row).activities
    return sorted(one.at for one in activities if one.kind == "page_view" and one.at <= until)


def test_which_criteria_a_lead_had_is_what_the_reference_says() -> None:
    fixed = replace(named("unseen"), leads=60).on(6)
    asked = everything_asked(fixed.agreed, AGREED.with_points("webinar", 0))
    rows, at = np.arange(60), fixed.people.history.created_at + 10 * DAY

    found = had(fixed.index, asked, rows, at)

    ids = [*fixed.index.hits(asked).lead_criteria, *fixed.index.hits(asked).criteria]
    for row in range(60):
        hits = {one.id: of for one, of in hits_of(asked, lead_at(fixed.people.history, row))}
        assert found[row].tolist() == [any(hit.counts(at[row]) for hit in hits[name]) for name in ids]


@pytest.mark.parametrize("name", NAMES)
def test_those_handed_over_in_the_window_have_the_worlds_level(name: str) -> None:
    fixed = named(name).on(3)

    assert fixed.truth(fixed.agreed).share == pytest.approx(fixed.world.level, abs=0.01)


@pytest.mark.parametrize("drift", [Drift.LINEAR, Drift.STEP])
def test_sales_becomes_ten_points_stricter(drift: Drift) -> None:
    fixed = World("drifting", "", additive, Claim.COVERS, drift=drift).on(2)
    edges = WINDOW.edges()
    rows = fixed.truth(fixed.agreed).rows
    seen = fixed.seen(rows, fixed.truth(fixed.agreed).at, np.zeros(len(rows)))

    before, after = (fixed.chance(seen, as_at).mean() for as_at in (int(edges[0]), AS_OF))

    assert before - after == pytest.approx(0.10, abs=0.005)
    assert fixed.truth(fixed.agreed).today.mean() == pytest.approx(after)


def test_where_nothing_drifts_today_is_as_ever() -> None:
    truth = named("additive").on(2).truth(AGREED)

    assert np.array_equal(truth.chance, truth.today)


def test_a_field_filled_in_after_hand_over_leaves_the_chance_over_all_as_it_is() -> None:
    accepted, chances = [], []
    for seed in range(12):
        fixed = named("filled in").on(seed)
        seen = fixed.seen(fixed.handed.rows, fixed.handed.at, fixed.handed.score)
        drawn = fixed.redraw(np.random.default_rng(seed))
        accepted.append(drawn.accepted.sum() / (~drawn.open).sum())
        chances.append(fixed.chance(seen).mean())
        has = fixed.filled[fixed.handed.rows]
        assert drawn.accepted[has].mean() > drawn.accepted[~has].mean() + 0.4

    assert np.mean(accepted) == pytest.approx(np.mean(chances), abs=0.01)


def test_each_world_has_what_it_is_named_for() -> None:
    drawn = {name: named(name).on(3).redraw(np.random.default_rng(1)) for name in NAMES}

    assert len(drawn["additive"]) > 2_000
    assert (~drawn["40 decided"].open).sum() == 40
    assert (~drawn["150 decided"].open).sum() == 150
    assert set(drawn["two versions"].definition_version.tolist()) == {1, 2}
    assert (drawn["again"].cycle == 2).sum() > 100
    assert drawn["unanswered"].past_due.mean() == pytest.approx(0.55 * 0.2 + 0.45 * 0.02, abs=0.03)
    assert drawn["never said"].past_due.mean() == pytest.approx(0.55 * 0.8, abs=0.05)
    assert drawn["choosy"].accepted.mean() == pytest.approx(0.2, abs=0.04)


def test_no_agency_was_handed_over_where_they_are_not_let_in_and_a_draft_has_some() -> None:
    fixed = named("unseen").on(3)
    agency = fixed.people.texts["extra.agency"] == "yes"
    added = next(draft for draft in fixed.drafts if draft.name == "agencies added")

    found = answers(fixed, 3, 1, oracle(fixed, np.random.default_rng(0)))

    assert not agency[fixed.handed.rows].any()
    rows = fixed.truth(added.definition).rows
    assert agency[rows].sum() > 50
    assert {one.draft: one.not_observed for one in found}["agencies added"] >= agency[rows].sum()
    assert all(one.not_observed < 30 for one in found if one.draft != "agencies added")


def test_every_world_has_three_drafts_of_each_kind_and_those_at_equal_volume_have_it() -> None:
    fixed = named("additive").on(3)
    counts = {draft.name: fixed.truth(draft.definition).leads for draft in fixed.drafts}

    assert all(sum(draft.kind is kind for draft in fixed.drafts) == 3 for kind in Kind if kind is not Kind.AGREED)
    for draft in fixed.drafts:
        if draft.kind in (Kind.REWEIGHTED, Kind.ADDED, Kind.REMOVED):
            assert counts[draft.name] == pytest.approx(counts["agreed"], rel=0.05)


# The harness.


def test_an_oracle_with_a_binomials_noise_covers_in_95_percent() -> None:
    fixed = replace(named("coin"), leads=1_000).on(1)

    found = answers(fixed, 1, 250, oracle(fixed, np.random.default_rng(0)))

    # 4,000 answers, each with a noise of its own: four standard errors are 1.4 points.
    assert summary(found).coverage == pytest.approx(0.95, abs=0.014)
    assert abs(summary(found).bias) < 0.002


def test_bands_of_points_are_seen_to_fail_where_a_draft_is_handed_other_people() -> None:
    found = [one for seed in range(3) for one in answers(named("additive").on(seed), seed, 4, by_bands)]

    removed = summary([one for one in found if one.kind is Kind.REMOVED])
    assert removed.coverage < 0.8
    assert removed.bias > 0.01


def test_the_same_redraws_are_answered_the_same() -> None:
    fixed = replace(named("again"), leads=1_000).on(1)

    assert answers(fixed, 1, 2, by_bands) == answers(fixed.world.on(1), 1, 2, by_bands)


def answer(draft: str, truth: float | None, said: Said | None, **told: object) -> Answer:
    return Answer("w", 0, 0, draft, Kind.LOWER, 100, 10, truth, truth, Told(100, 5, said, **told))  # type: ignore[arg-type]


def test_a_summary_counts_no_figure_as_neither_covering_nor_not() -> None:
    found = summary(
        [
            answer("a", 0.4, Said(0.42, 0.39, 0.45)),
            answer("b", 0.5, Said(0.42, 0.39, 0.45)),
            answer("c", 0.5, None, refused=True),
            answer("d", None, Said(0.42, 0.39, 0.45)),
        ]
    )

    assert found.coverage == 0.5
    assert found.refused == 0.25
    assert found.bias == pytest.approx(-0.03)
    assert found.half_width == pytest.approx(0.03)
    assert (found.not_observed, found.not_observed_said) == (pytest.approx(0.1), pytest.approx(0.05))


def test_only_pairs_that_truly_differ_are_ranked() -> None:
    found = [
        answer("a", 0.40, Said(0.40, 0.3, 0.5)),
        answer("b", 0.42, Said(0.45, 0.3, 0.5)),
        answer("c", 0.46, Said(0.41, 0.3, 0.5)),
        answer("d", 0.90, None),
    ]

    # a before c is right, b before c wrong; a and b are too close, and of d nothing was said.
    assert ranked(found) == (2, 1)


def test_a_coin_has_the_same_share_for_every_draft() -> None:
    fixed = World("coin", "", coin, Claim.EXACT, leads=500).on(1)

    assert {round(fixed.truth(draft.definition).share, 9) for draft in fixed.drafts} == {0.45}
