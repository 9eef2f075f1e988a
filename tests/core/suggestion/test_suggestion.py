"""A suggestion recovers what was planted, keeps every constraint, sees nothing later; no better, it is held back."""

from collections import Counter
from dataclasses import replace
from datetime import date
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.config.definition import read_definition, write_definition
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    TextTest,
)
from lib.core.definition.drafting import PartKind, changes
from lib.core.errors import NotFound
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay, scores_at
from lib.core.suggestion import contest as suggestion_contest
from lib.core.suggestion import points, suggestion
from lib.core.suggestion.constraints import Constraints
from lib.core.suggestion.contest import contest, outlook, part_of
from lib.core.suggestion.points import decided, line
from lib.core.suggestion.report import SELECTED, as_json, as_text, comparison, finding_in_words, point_in_words
from lib.core.suggestion.suggestion import Suggestion, SuggestionFinding, suggest
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from lib.core.time.window import Window
from tests.core.handing_over import Handed, handoffs
from tests.core.strategies import any_definitions, any_populations, instants

DAYS = 364
END = DAYS * DAY
WINDOW = Window(date(1970, 7, 6), date(1970, 12, 28), "UTC")
KINDS = ("demo", "guide", "webinar", "call")


def has(value: str) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(f"extra.{value}", (TextTest("is", ("yes",)),)),))


def does(kind: str) -> ActivityMatch:
    return ActivityMatch(ActivityCondition((kind,)), 2)


AGREED = Definition(
    name="agreed",
    threshold=40,
    half_life_days=30.0,
    caps=((Category.PROFILE, 40),),
    criteria=(
        Criterion("boss", "Boss", Category.PROFILE, 20, has("boss")),
        Criterion("fits", "Fits", Category.PROFILE, 10, has("fits")),
        Criterion("came", "Came to us", Category.CHANNEL, 10, has("came")),
        Criterion("demo", "Asked for a demo", Category.ACTIONS, 20, does("demo")),
        Criterion("guide", "Read a guide", Category.ACTIONS, 5, does("guide")),
        Criterion("webinar", "Webinar", Category.ACTIONS, 20, does("webinar")),
        Criterion("call", "Talked", Category.ACTIONS, 10, does("call")),
        Criterion("free", "Free address", Category.UNDESIRABLES, -10, has("free")),
        Criterion("rival", "Rival", Category.UNDESIRABLES, 0, has("rival"), disqualify=True),
    ),
)
TRUTH = AGREED.with_points("webinar", 4).with_points("free", -22)
"""What sales really goes by: two criteria of the agreed definition have the wrong points."""


STAGES = {
    "Looking at every hand-off as of its hand-over",
    "Trying points for every criterion",
    "Finding the threshold of each",
    "Judging it by later decisions",
    "Judging every trade-off by later decisions",
    "Done",
}


class Cancelled(Exception):
    """What the progress of a job that nobody wants any more raises."""


class World:
    """Leads of a year, handed over by the agreed definition, answered by chance that rises with a true score."""

    def __init__(self, seed: int, leads: int = 2_500, truth: Definition = TRUTH, odds: float = 0.12) -> None:
        rng = np.random.default_rng(seed)
        born = rng.integers(0, (DAYS - 10) * DAY, leads)
        fields = {name: rng.random(leads) < share for name, share in
                  (("boss", 0.4), ("fits", 0.5), ("came", 0.5), ("free", 0.3), ("rival", 0.02))}  # fmt: skip
        times = rng.poisson(0.5, (leads, len(KINDS)))
        self.people = [
            Lead(
                f"{n:05}",
                int(born[n]),
                {f"extra.{name}": "yes" if values[n] else "no" for name, values in fields.items()},
                tuple(
                    Activity(int(born[n] + day * DAY), kind, activity_id=f"{kind}{number}")
                    for kind, count in zip(KINDS, times[n], strict=True)
                    # Before we met: whatever the points, a lead qualifies with all it has, and the truest choose best.
                    for number, day in enumerate(rng.uniform(-20, 0, count))
                ),
            )
            for n in range(leads)
        ]
        self.history = history_of(self.people)
        self.index = HitIndex(self.history)
        at = replay(self.index.hits(AGREED), AGREED, as_of=END).qualified_at
        handed = np.flatnonzero(at < END)
        score = scores_at(self.index.hits(truth), truth, handed, at[handed]).score
        accepted = rng.random(len(handed)) < 1 / (1 + np.exp(-odds * (score - np.median(score))))
        self.rows = [
            Handed(self.people[row].lead_id, int(at[row]), "accepted" if yes else "rejected")
            for row, yes in zip(handed.tolist(), accepted.tolist(), strict=True)
        ]

    def handoffs(self) -> Handoffs:
        return handoffs(*self.rows, as_of=END)

    def suggest(self, constraints: Constraints | None = None) -> Suggestion:
        return suggest(self.index, AGREED, self.handoffs(), WINDOW, constraints)


@pytest.fixture(scope="module")
def world() -> World:
    return World(1)


@pytest.fixture(scope="module")
def found(world: World) -> Suggestion:
    return world.suggest()


def volume(index: HitIndex, definition: Definition) -> int:
    replayed = replay(index.hits(definition), definition, as_of=END, edges=WINDOW.edges())
    at = replayed.qualified_at
    return int(((at >= WINDOW.edges()[0]) & (at < WINDOW.edges()[-1])).sum())


def test_what_was_planted_is_found_and_is_better_out_of_time(found: Suggestion) -> None:
    assert found.finding is SuggestionFinding.BETTER
    assert {one.criterion.id for one in found.points} >= {"webinar", "free"}
    assert found.contest is not None
    assert found.contest.acceptance.low95 > 0
    assert finding_in_words(found).startswith(
        f"Better out of time. At {found.contest.leads_a_week:.0f} MQLs a week of either, "
    )


@pytest.mark.slow
def test_over_many_worlds_the_intervals_hold_the_planted_points(monkeypatch: pytest.MonkeyPatch) -> None:
    # The trade-offs are not asked for here, and would take most of the time.
    monkeypatch.setattr(suggestion, "FRONT_RESAMPLES", 2)

    held = [
        one.low95 <= TRUTH.criterion(one.criterion.id).points <= one.high95
        for seed in range(10, 30)
        for one in World(seed, leads=1_500).suggest(Constraints(changes=2)).points
        if one.criterion.id in ("webinar", "free") and one.low95 is not None and one.high95 is not None
    ]

    # 95 in 100 are to hold; of 40, fewer than 34 would come 3 times in 1,000.
    assert len(held) > 30
    assert sum(held) >= 0.85 * len(held)


def test_the_threshold_is_the_one_whose_volume_is_nearest(world: World, found: Suggestion) -> None:
    offered = found.offered
    assert offered is not None
    definition = offered.definition
    target = volume(world.index, AGREED)

    off = [
        abs(volume(world.index, definition.with_threshold(definition.threshold + step)) - target) for step in (-1, 0, 1)
    ]

    assert offered.mqls_per_week == volume(world.index, definition) / 25
    assert found.agreed_per_week == target / 25
    assert off[1] == min(off)


def test_every_point_of_the_front_is_a_definition_that_can_be_read_back(world: World, found: Suggestion) -> None:
    assert len(found.front) > 3
    assert found.offered in found.front
    for point in found.front:
        read = read_definition(write_definition(point.definition), "front")

        assert read == point.definition
        assert point.mqls_per_week == volume(world.index, read) / 25


def test_a_trade_off_is_called_better_only_by_its_own_later_decisions(world: World, found: Suggestion) -> None:
    assert found.tried is not None
    assert found.contest == found.tried.contest
    later = found.later
    assert later is not None
    part = suggestion_contest.parts_of(world.index, AGREED, AGREED, world.handoffs(), WINDOW)[1]
    as_agreed = outlook(world.index, AGREED, part)
    for point in found.front:
        fought = point.contest
        brought = outlook(world.index, point.definition, part).leads_at(point.definition.threshold)
        if fought is None:
            assert not point.is_better
            continue
        assert fought.leads == min(brought, as_agreed.leads_at(AGREED.threshold))
        assert fought.leads_a_week == fought.leads / part.window.length_weeks
        if point.is_better:
            assert fought.acceptance.low95 > 0
            assert brought <= 1.1 * fought.leads
            assert f"better at {fought.leads_a_week:,.0f} MQLs a week of either" in point_in_words(point)
        else:
            assert not point_in_words(point).startswith("better")
    assert any(point.is_better for point in found.front)
    assert not all(point.is_better for point in found.front)


def test_no_trade_off_is_beaten_by_another_or_by_the_agreed_points_in_the_earlier_part(found: Suggestion) -> None:
    others = [point for point in found.front if point.definition != found.tried.definition]
    for point in others:
        assert point.definition != AGREED
        for rival in (*others, *found.agreed_points):
            more = rival.mqls_per_week >= point.mqls_per_week and rival.earlier.share >= point.earlier.share
            assert not more or (rival.mqls_per_week, rival.earlier.share) == (point.mqls_per_week, point.earlier.share)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 4),
    st.sets(st.sampled_from([criterion.id for criterion in AGREED.criteria])),
    st.integers(1, 40),
    st.one_of(st.none(), st.floats(0.5, 60)),
)
def test_no_constraint_is_ever_broken(
    world: World, most_changes: int, frozen: set[str], most_points: int, per_week: float | None
) -> None:
    allowed = Constraints(per_week, most_changes, tuple(sorted(frozen)), most_points)

    found = world.suggest(allowed)

    for point in (*found.by_changes, *found.front):
        made = changes(AGREED, point.definition)
        assert {change.part.kind for change in made} <= {PartKind.CRITERION, PartKind.THRESHOLD}
        moved = [change.after for change in made if isinstance(change.after, Criterion)]
        assert len(moved) == point.changes <= most_changes
        for criterion in moved:
            before = AGREED.criterion(criterion.id)
            assert criterion == replace(before, points=criterion.points)
            assert criterion.id not in frozen
            assert not criterion.disqualify
            speaks_against = criterion.category is Category.UNDESIRABLES
            assert (-most_points if speaks_against else 0) <= criterion.points
            assert criterion.points <= (0 if speaks_against else most_points)
    target = found.target_per_week
    assert target == (found.agreed_per_week if per_week is None else per_week)
    for point in found.by_changes:
        surface = replay(
            world.index.hits(point.definition), point.definition.with_threshold(1), as_of=END, edges=WINDOW.edges()
        ).surface.totals()
        nearest = np.abs(surface[1:] / 25 - target).min()
        assert abs(point.mqls_per_week - target) == pytest.approx(nearest)
    if found.offered is None:
        assert not found.front


def test_the_comparison_names_the_volume_and_every_difference_with_its_interval(found: Suggestion) -> None:
    lines = {one.what: one for one in comparison(found)}

    fought = found.contest
    assert fought is not None
    at_equal_volume = lines[f"… at {fought.leads_a_week:,.0f} MQLs a week of either"]
    assert at_equal_volume.suggestion == f"{100 * fought.suggested_share:.0f} %"
    assert "95 % interval" in at_equal_volume.difference
    assert "95 % interval" in lines["Ranks accepted above rejected"].difference
    assert "to" in lines["Brier score"].difference
    assert all(one.explanation for one in lines.values())


def test_the_object_printed_says_that_only_leads_handed_over_were_decided_on(found: Suggestion) -> None:
    told = as_json(found)

    assert told["caveat"] == SELECTED
    assert told["at_equal_volume"]["mqls_per_week"] == found.contest.leads_a_week
    assert [point["better"] for point in told["front"]] == [point.is_better for point in found.front]


def test_the_same_decisions_give_the_same_suggestion(world: World, found: Suggestion) -> None:
    again = world.suggest()

    assert again.by_changes == found.by_changes
    assert again.contest == found.contest


def test_what_comes_after_the_instant_changes_nothing(world: World, found: Suggestion) -> None:
    later = [
        replace(lead, activities=(*lead.activities, Activity(END + 1, "demo"), Activity(END + DAY, "webinar")))
        for lead in world.people
    ]

    index = HitIndex(history_of([*later, Lead("new", END + 1, {"extra.boss": "yes", "extra.came": "yes"})]))
    again = suggest(index, AGREED, world.handoffs(), WINDOW)

    assert (again.by_changes, again.front, again.contest) == (found.by_changes, found.front, found.contest)


def test_what_comes_after_a_hand_over_is_not_seen_in_it(world: World) -> None:
    rows = np.arange(len(world.people))
    at = np.array([lead.created_at + 5 * DAY for lead in world.people])
    accepted = np.zeros(len(rows), dtype=np.bool_)
    before = decided(world.index, AGREED, rows, at, accepted)
    later = [
        replace(lead, activities=(*lead.activities, Activity(lead.created_at + 5 * DAY + 1, "demo")))
        for lead in world.people
    ]

    after = decided(HitIndex(history_of(later)), AGREED, rows, at, accepted)

    # A third demo is past the limit of two, a second one is not: neither counts before it was done.
    assert np.array_equal(before.times, after.times)


def test_later_decisions_judge_the_points_and_do_not_move_them(world: World, found: Suggestion) -> None:
    assert found.later is not None
    split = found.later.window.edges()[0]
    turned = [
        replace(row, became="rejected" if row.became == "accepted" else "accepted") if row.mql_at >= split else row
        for row in world.rows
    ]

    against = suggest(world.index, AGREED, handoffs(*turned, as_of=END), WINDOW)

    assert against.points == found.points
    assert against.finding is SuggestionFinding.NOT_BETTER
    assert against.offered is None
    assert not against.front
    assert "are not better" in finding_in_words(against)


def test_where_sales_decides_by_chance_nothing_is_offered() -> None:
    offered = [World(seed, leads=800, odds=0.0).suggest().offered for seed in range(40, 60)]

    # A change passes by chance in 1 of 20, and then has to be better on decisions it has never seen.
    assert sum(one is not None for one in offered) <= 1


@given(any_definitions, any_populations, st.lists(instants, min_size=1, max_size=4))
@settings(max_examples=60)
def test_scores_are_what_the_replay_gives(definition: Definition, people: list[Lead], at: list[int]) -> None:
    index = HitIndex(history_of(people))
    rows = np.arange(len(people)).repeat(len(at))
    instant = np.maximum(np.tile(np.array(at), len(people)), index.history.created_at[rows])

    of = decided(index, definition, rows, instant, np.zeros(len(rows), dtype=np.bool_))

    expected = scores_at(index.hits(definition), definition, rows, instant).score
    assert of.scores(of.points()).tolist() == expected.tolist()


def test_at_its_own_volume_each_side_has_the_acceptance_the_tune_page_shows(world: World) -> None:
    part = part_of(world.index, AGREED, AGREED, world.handoffs(), WINDOW)
    one = outlook(world.index, AGREED, part)
    scores = line(one.scores, part.accepted[one.scored])

    fought = contest(one, AGREED.threshold, scores, one, AGREED.threshold, scores)

    assert fought is not None
    assert fought.leads == volume(world.index, AGREED)
    assert fought.suggested_share == pytest.approx(one.follows.expected(AGREED.threshold).share)
    assert [fought.acceptance.value, fought.acceptance.low95, fought.acceptance.high95] == pytest.approx([0, 0, 0])
    assert not fought.is_better


def test_the_line_is_the_likeliest_one() -> None:
    rng = np.random.default_rng(3)
    score = rng.integers(0, 60, 20_000)
    accepted = rng.random(20_000) < 1 / (1 + np.exp(2.0 - 0.07 * score))

    found = line(score, accepted)

    assert found.odds_a_point == pytest.approx(0.07, abs=0.004)
    assert found.odds_at_0 == pytest.approx(-2.0, abs=0.12)


def test_a_line_never_falls() -> None:
    score = np.arange(100)

    assert line(score, score < 50).odds_a_point == 0.0


HEAVY = ("replay", "outlook", "parts_of", "decided")


def test_between_two_looks_at_the_cancel_flag_little_is_done(
    world: World, found: Suggestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, most = Counter[str](), Counter[str]()
    stages: set[str] = set()

    def counted(module: ModuleType, name: str) -> None:
        once = getattr(module, name)

        def again(*given: object, **named: object) -> object:
            since[name] += 1
            most[name] = max(most[name], since[name])
            return once(*given, **named)

        monkeypatch.setattr(module, name, again)

    def look(doing: str, _share: float) -> None:
        stages.add(doing)
        since.clear()

    for name in HEAVY:
        counted(suggestion, name)
    counted(points, "_lines")
    again = suggest(world.index, AGREED, world.handoffs(), WINDOW, progress=look)

    assert again.by_changes == found.by_changes
    assert stages == STAGES
    # A criterion's points are tried, then the line of what came of it, of putting it back, and of the next round.
    assert most.pop("_lines") <= 4
    # Each definition made is looked at in both parts of history.
    assert dict(most) == {"replay": 1, "outlook": 2, "parts_of": 1, "decided": 1}


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_it_stops_in_whatever_stage_it_is_cancelled(world: World, stage: str) -> None:
    told: list[str] = []

    def cancelled(doing: str, _share: float) -> None:
        told.append(doing)
        if doing == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        suggest(world.index, AGREED, world.handoffs(), WINDOW, progress=cancelled)

    assert told.count(stage) == 1


def test_without_decisions_and_with_three_nothing_is_suggested(world: World) -> None:
    for rows in ([], world.rows[:3]):
        found = suggest(world.index, AGREED, handoffs(*rows, as_of=END), WINDOW)

        assert found.finding is SuggestionFinding.TOO_FEW
        assert found.offered is None
        assert "10 accepted and 10 rejected" in as_text(found)


def test_a_criterion_that_there_is_not_cannot_be_frozen(world: World) -> None:
    with pytest.raises(NotFound, match="Did you mean 'webinar'"):
        world.suggest(Constraints(frozen=("webinr",)))
