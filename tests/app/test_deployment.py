"""A deployment's snapshot: one value for as long as the data and ten minutes stay the same, and never an older one."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.app.deployment import STEADY, Deployment
from lib.config.folder import read_folder
from lib.core.time.clock import parse_instant
from lib.store.database import open_database
from tests.conftest import ROOT
from tests.grants import ANYTHING

CONFIG = read_folder(ROOT / "config")
LIVE = parse_instant("2026-11-23T12:00:00Z", ZoneInfo("UTC"))
LONG_AFTER = parse_instant("2027-03-01T12:00:00Z", ZoneInfo("UTC"))


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = LIVE

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deployment(database_copy: Path, clock: Clock) -> Iterator[Deployment]:
    database = open_database(database_copy, first_definition=None, clock=LIVE)
    yield Deployment(CONFIG, database, clock)
    database.close()


def answer_once(deployment: Deployment) -> None:
    """A change that concerns no lead and no activity."""
    with deployment.database.write(*ANYTHING, history=False) as cursor:
        cursor.execute("insert into goal (month, metric, target) values ('2030-01-01', 'mql', 1)")


def test_it_is_the_same_value_for_ten_minutes(deployment: Deployment, clock: Clock) -> None:
    clock.now = LIVE // STEADY * STEADY
    first = deployment.snapshot()

    clock.now += STEADY - 1
    assert deployment.snapshot() is first

    clock.now += 1
    assert deployment.snapshot() is not first


def test_of_data_that_ended_long_ago_it_is_the_same_value_whatever_time_it_is(
    deployment: Deployment, clock: Clock
) -> None:
    clock.now = LONG_AFTER
    first = deployment.snapshot()

    clock.now += 3 * STEADY

    assert first.as_of == first.newest
    assert deployment.snapshot() is first


def test_a_change_of_the_data_is_in_the_next_snapshot_and_leads_that_stay_are_not_read_again(
    deployment: Deployment,
) -> None:
    before = deployment.snapshot()

    answer_once(deployment)
    after = deployment.snapshot()

    assert after is not before
    assert after.goals["mql"].keys() - before.goals["mql"].keys()
    assert after.leads is before.leads


def test_leads_that_changed_are_read_again(deployment: Deployment) -> None:
    before = deployment.snapshot()

    with deployment.database.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('!new', '2026-01-01')")

    assert not deployment.is_read()
    assert len(deployment.snapshot().leads) == len(before.leads) + 1
    assert deployment.is_read()


def test_what_only_the_store_answers_is_remembered_until_the_data_change(deployment: Deployment) -> None:
    first = deployment.stored()
    assert deployment.stored() is first

    answer_once(deployment)

    assert deployment.stored() is not first


def test_another_instant_than_now_can_be_looked_at(deployment: Deployment) -> None:
    then = Deployment(CONFIG, deployment.database, as_of=LIVE - 86_400_000_000)

    assert then.snapshot().as_of == then.snapshot().handoffs.as_of == LIVE - 86_400_000_000
