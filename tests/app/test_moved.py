"""What moved MQLs between two weeks sums to what was handed over, and another definition is replayed on both."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.config.definition import write_definition
from lib.core.funnel.cohorts import period_conversion
from lib.core.funnel.moved import Cause
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import day_start
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.store.agreement.versions import propose, sign
from lib.ui.now import present
from tests.grants import of


@pytest.fixture
def snapshot(app_on: Callable[[Path], None], sample_database: Path) -> Snapshot:
    app_on(sample_database)
    return present.snapshot()


@pytest.mark.parametrize("weeks", [1, 4])
def test_between_any_two_periods_the_parts_sum_to_what_was_handed_over(snapshot: Snapshot, weeks: int) -> None:
    mondays = funnel.weeks_to_choose(snapshot, weeks)
    zone = snapshot.policy.time_zone

    for after, before in [*pairwise(mondays[:12]), (mondays[0], mondays[-1])]:
        why = funnel.why_moved(snapshot, before, after, weeks)
        assert sum(one.mqls for one in why.parts) == why.after - why.before
        window = Window(after, after + timedelta(weeks=weeks), zone)
        (pulse,) = funnel.ask(snapshot.sales, period_conversion, funnel.EVERYTHING, window, By.WINDOW)
        assert why.after == pulse.mql


def test_a_week_beside_itself_was_moved_by_nothing(snapshot: Snapshot) -> None:
    monday = funnel.weeks_to_choose(snapshot, 1)[0]

    why = funnel.why_moved(snapshot, monday, monday, 1)

    assert {one.mqls for one in why.parts} == {0}


def test_while_one_version_was_in_force_the_definition_did_nothing(snapshot: Snapshot) -> None:
    newest, before, *_ = funnel.weeks_to_choose(snapshot, 1)

    (definition, *_) = funnel.why_moved(snapshot, before, newest, 1).parts

    assert (definition.cause, definition.mqls, definition.verdict) == (Cause.DEFINITION, 0, Verdict.NOISE)


def test_periods_are_whole_and_go_back_to_the_first_hand_off(snapshot: Snapshot) -> None:
    one, four = (funnel.weeks_to_choose(snapshot, weeks) for weeks in (1, 4))

    assert one[0] + timedelta(weeks=1) == four[0] + timedelta(weeks=4) == snapshot.default_window.end
    assert one[-1] == four[-1]
    assert {monday.weekday() for monday in one} == {0}


def test_a_definition_that_took_effect_between_two_weeks_is_replayed_on_both(
    app_on: Callable[[Path], None], database_copy: Path
) -> None:
    app_on(database_copy)
    snapshot, deployment = present.snapshot(), present.deployment()
    newest, *_, before = funnel.weeks_to_choose(snapshot, 1)[:3]
    start = day_start(newest, snapshot.zone)
    people = {person.name: person for person in deployment.config.people}
    tom, marta = people["Tom Okafor"], people["Marta Vidal"]
    lower = write_definition(snapshot.definition.with_threshold(45))
    version = propose(deployment.database, lower, of(tom), start - 2, reason="More leads")
    for person in (tom, marta):
        sign(deployment.database, version.number, version.sha256, of(person), start - 1)

    why = funnel.why_moved(present.snapshot(), before, newest, 1)

    assert (why.then.version.number, why.now.version.number) == (1, 2)
    definition = why.parts[0]
    assert definition.verdict is Verdict.HIGHER
    assert definition.mqls > 0
    # Handed over was still by the definition before: what qualifies now came otherwise, or not at all.
    assert sum(one.mqls for one in why.parts) == why.after - why.before
