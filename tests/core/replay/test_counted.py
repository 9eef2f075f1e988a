"""What counts of what leads did, for all of them at once: the earliest few of each, and what a machine did left out."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.definition import counted, earning
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition, Per
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay import chunks
from lib.core.replay.hits import HitIndex
from lib.core.time.clock import day_of, day_start, days_of
from tests.core.strategies import counted_matches, mail_activities

# Of winter to summer and back, also where both happen at midnight, and where days are 23 and 25 hours long.
TURNS = {
    "UTC": (date(2026, 3, 29),),
    "Europe/Madrid": (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)),
    "America/Havana": (date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1), date(2026, 11, 2)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 25)),
    "Pacific/Auckland": (date(2026, 4, 5), date(2026, 4, 6), date(2026, 9, 27), date(2026, 9, 28)),
}


@st.composite
def clicking_leads(draw: st.DrawFn) -> list[Lead]:
    zone = draw(st.sampled_from(sorted(TURNS)))
    midnights = st.sampled_from([day_start(day, ZoneInfo(zone)) for day in TURNS[zone]])
    each = st.lists(mail_activities(midnights), min_size=1, max_size=4)
    return [Lead(f"lead-{n}", 0, {}, did, zone) for n, did in enumerate(draw(each))]


def instants_of(leads: list[Lead], matches: list[ActivityMatch]) -> list[list[tuple[int, ...]]]:
    """When each lead earns each match, as all leads at once are looked at."""
    criteria = [Criterion(f"c{n}", "", Category.ACTIONS, 1, match) for n, match in enumerate(matches)]
    hits = HitIndex(history_of(leads)).hits(Definition("d", 1, tuple(criteria)))
    found = []
    for row in range(len(leads)):
        of_lead = slice(hits.start[row], hits.start[row + 1])
        met = hits.patterns[hits.pattern[of_lead]]
        found.append([tuple(hits.at[of_lead][met[:, hits.criteria.index(c.id)]].tolist()) for c in criteria])
    return found


@settings(max_examples=600)
@given(clicking_leads(), st.lists(counted_matches, min_size=1, max_size=4))
def test_all_leads_at_once_earn_what_each_earns_plainly(leads: list[Lead], matches: list[ActivityMatch]) -> None:
    plainly = [
        [
            tuple(hit.at for hit in earning.hits_on(Criterion("c", "", Category.ACTIONS, 1, match), lead))
            for match in matches
        ]
        for lead in leads
    ]

    assert instants_of(leads, matches) == plainly


@settings(max_examples=400)
@given(clicking_leads())
def test_what_a_machine_did_is_the_same_for_all_leads_at_once(leads: list[Lead]) -> None:
    history = history_of(leads)

    found = HitIndex(history).by_machine

    for row, lead in enumerate(leads):
        ordered = sorted(lead.activities, key=lambda one: (one.at, one.activity_id))
        people = counted.by_people(ordered)
        of_lead = found[history.activity_start[row] : history.activity_start[row + 1]]
        assert of_lead.tolist() == [one not in people for one in ordered]


def test_leads_of_many_chunks_are_limited_each_on_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "LEADS_A_CHUNK", 2)
    did = tuple(Activity(second * 1_000_000, "email_click", f"link {second % 2}") for second in range(4))
    leads = [Lead(f"{n:02}", 0, {}, did) for n in range(40)]
    clicks = ActivityCondition(("email_click",))

    found = instants_of(leads, [ActivityMatch(clicks, 1, per) for per in Per])

    assert found == [[(0,), (0,), (0, 1_000_000)]] * 40


def test_another_zone_gives_other_hits() -> None:
    clicks = ActivityMatch(ActivityCondition(("email_click",)), 1, Per.DAY)
    around = day_start(date(2026, 3, 2), ZoneInfo("Europe/Madrid"))
    did = (Activity(around - 1, "email_click"), Activity(around, "email_click"))

    def times(zone: str) -> int:
        ((instants,),) = instants_of([Lead("a", 0, {}, did, zone)], [clicks])
        return len(instants)

    assert (times("Europe/Madrid"), times("UTC")) == (2, 1)


@given(
    st.sampled_from(sorted(TURNS)),
    st.lists(st.integers(-60_000_000_000_000_000, 250_000_000_000_000_000), min_size=1, max_size=5),
    st.integers(-2, 2),
)
def test_days_of_instants_are_those_their_zone_says(zone: str, instants: list[int], beside: int) -> None:
    turns = [day_start(day + timedelta(days=beside), ZoneInfo(zone)) for day in TURNS[zone]]
    at = np.array([*instants, *turns, *(turn - 1 for turn in turns), *(turn + 1 for turn in turns)], dtype=np.int64)

    found = days_of(at, ZoneInfo(zone)).tolist()

    assert found == [(day_of(int(one), ZoneInfo(zone)) - date(1970, 1, 1)).days for one in at]


def test_the_first_and_the_last_days_there_are_are_days() -> None:
    ends = np.array([-62_135_596_800_000_000, 253_402_300_799_999_999], dtype=np.int64)

    assert np.diff(days_of(ends, ZoneInfo("Europe/Madrid"))).tolist()[0] > 3_650_000
