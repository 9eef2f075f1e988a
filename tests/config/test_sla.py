"""Calendars and promises mean exactly what is written, and those that mean nothing are refused."""

from datetime import date
from pathlib import Path

import pytest

from lib.config.sla import read_policy
from lib.core.definition.criteria import FieldCondition, FieldMatch, TextTest
from lib.core.errors import ConfigRefused
from lib.core.sla.promises import Calendar, Holidays, Policy, Promise

ROOT = Path(__file__).parents[2]

WEEK_DAY = ((540, 1020),)


def policy(hours: str = 'mon-fri: ["09:00-17:00"]', promises: str = "", holidays: str = "") -> Policy:
    text = f"""
time_zone: Europe/Madrid
calendars:
  default:
    time_zone: Europe/Madrid
    hours:
      {hours}
    holidays: {{{holidays}}}
promises:
  decision:
    {promises}
"""
    return read_policy(text, "sla.yaml")


def hours_of(written: str) -> tuple[object, ...]:
    return policy(hours=written).calendar("default").hours


def test_the_shipped_policy_is_the_one_of_the_design_and_a_calendar_across_the_ocean() -> None:
    shipped = read_policy((ROOT / "config" / "sla.yaml").read_text(encoding="utf-8"), "sla.yaml")

    full, friday = ((540, 840), (900, 1080)), ((540, 900),)
    assert (shipped.time_zone, shipped.week_starts, shipped.fiscal_year_starts) == ("Europe/Madrid", 0, 1)
    assert shipped.calendar("default") == Calendar(
        "default",
        "Europe/Madrid",
        (full, full, full, full, friday, (), ()),
        Holidays("ES", "MD", (date(2026, 12, 24),), (date(2026, 12, 8),)),
    )
    assert shipped.calendar("new_york").time_zone == "America/New_York"
    inbound = FieldMatch("one", (FieldCondition("channel", (TextTest("is", ("inbound",)),)),))
    assert shipped.decision == (Promise(240, inbound), Promise(960))
    assert shipped.first_touch == (Promise(60),)


def test_weeks_and_fiscal_years_begin_when_it_says() -> None:
    text = (ROOT / "config" / "sla.yaml").read_text(encoding="utf-8")
    said = text.replace("week_starts: monday", "week_starts: sunday").replace("starts: january", "starts: july")

    read = read_policy(said, "sla.yaml")

    assert (read.week_starts, read.fiscal_year_starts) == (6, 7)
    assert read.window(date(2026, 3, 1), date(2026, 3, 8)).weeks == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("week_starts: saterday", "no first day of a week is called 'saterday'. Did you mean 'saturday'?"),
        ("fiscal_year_starts: juli", "no month is called 'juli'. Did you mean 'july'?"),
    ],
)
def test_another_first_day_or_month_is_refused(key: str, said: str) -> None:
    text = f"{key}\ntime_zone: UTC\ncalendars: {{default: {{time_zone: UTC, hours: {{mon: ['09:00-17:00']}}}}}}"

    with pytest.raises(ConfigRefused) as refused:
        read_policy(text, "sla.yaml")

    assert said in str(refused.value.faults[0])


def test_a_calendar_nobody_wrote_is_not_there() -> None:
    with pytest.raises(KeyError):
        policy().calendar("sales")


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("mon-fri: 09:00-17:00", (WEEK_DAY,) * 5 + ((),) * 2),
        ("{mon: 9:00 - 17:00, sun: [09:00-17:00]}", (WEEK_DAY, (), (), (), (), (), WEEK_DAY)),
        ("sun-thu: 09:00-17:00", (WEEK_DAY,) * 4 + ((), (), WEEK_DAY)),
        ("mon-sun: 00:00-24:00", (((0, 1440),),) * 7),
        ("{mon: 09:00-17:00, tue: [], wed: }", (WEEK_DAY,) + ((),) * 6),
        ("fri: 22:00-06:00", ((),) * 4 + (((1320, 1800),), (), ())),
        ("fri: 22:00-00:00", ((),) * 4 + (((1320, 1440),), (), ())),
        ("mon: [15:00-18:00, 09:00-14:00]", (((540, 840), (900, 1080)),) + ((),) * 6),
        ("mon: [09:00-12:00, 12:00-14:00]", (((540, 720), (720, 840)),) + ((),) * 6),
    ],
)
def test_hours_are_minutes_of_each_weekday_in_order(written: str, hours: tuple[object, ...]) -> None:
    assert hours_of(written) == hours


def test_a_night_shift_may_reach_into_the_next_days_hours() -> None:
    assert hours_of("{mon: 22:00-06:00, tue: 05:00-13:00}")[:2] == (((1320, 1800),), ((300, 780),))


def test_norway_is_a_country() -> None:
    assert policy(holidays="country: NO").calendar("default").holidays == Holidays("NO")


@pytest.mark.parametrize(("within", "minutes"), [("4h", 240), ("90m", 90), ("1 h", 60), ("1000000m", 1_000_000)])
def test_a_promise_is_counted_in_minutes(within: str, minutes: int) -> None:
    assert policy(promises=f"- {{within: {within}}}").decision == (Promise(minutes),)


def test_without_promises_nothing_is_promised() -> None:
    assert policy().decision == ()
    assert policy().first_touch == ()


DEFAULT = "sla.yaml, calendars, default"
DECISION = "sla.yaml, promises, decision 1"


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        ({"hours": "{}"}, 6, f"{DEFAULT}: the calendar has no working time. Write hours"),
        ({"hours": "mon: []"}, 6, f"{DEFAULT}: the calendar has no working time. Write hours"),
        ({"hours": "mo: 09:00-17:00"}, 7, f"{DEFAULT}: 'mo' is no day of the week. Write mon, tue"),
        ({"hours": "mon-: 09:00-17:00"}, 7, f"{DEFAULT}: 'mon-' is no day of the week. Write mon, tue"),
        (
            {"hours": "{mon-wed: 9:00-17:00, tue: 9:00-17:00}"},
            7,
            f"{DEFAULT}: the hours of tue are written twice. Keep",
        ),
        ({"hours": "mon: 09:00-09:00"}, 7, f"{DEFAULT}, mon: the interval '09:00-09:00' is empty. Write another end"),
        ({"hours": "mon: 24:00-06:00"}, 7, f"{DEFAULT}, mon: '24:00-06:00' is no interval of a day. Write two times"),
        ({"hours": "mon: 09:00-25:00"}, 7, f"{DEFAULT}, mon: '09:00-25:00' is no interval of a day. Write two times"),
        ({"hours": "mon: 9-17"}, 7, f"{DEFAULT}, mon: '9-17' is no interval of a day. Write two times"),
        (
            {"hours": "mon: [09:00-14:00, 13:59-18:00]"},
            7,
            f"{DEFAULT}, mon: the interval from 13:59 begins before the one from 09:00 ends. Let no",
        ),
        (
            {"hours": "mon: [22:00-06:00, 23:00-24:00]"},
            7,
            f"{DEFAULT}, mon: the interval from 23:00 begins before the one from 22:00 ends. Let no",
        ),
        ({"holidays": "country: XX"}, 8, f"{DEFAULT}, holidays: no country is called 'XX'. "),
        (
            {"holidays": "country: ES, subdivision: MDD"},
            8,
            f"{DEFAULT}, holidays: no subdivision of ES is called 'MDD'",
        ),
        ({"holidays": "subdivision: MD"}, 8, f"{DEFAULT}, holidays: a subdivision has no country here. Add 'country'."),
        (
            {"holidays": "also: 2026-02-30"},
            8,
            f"{DEFAULT}, holidays: '2026-02-30' is no day. Write year, month and day",
        ),
        ({"holidays": "also: [20261224]"}, 8, f"{DEFAULT}, holidays: '20261224' is no day. Write year, month and day"),
        ({"holidays": "exept: []"}, 8, f"{DEFAULT}, holidays: no key is called 'exept'. Did you mean 'except'?"),
        ({"promises": "- {within: 4}"}, 11, f"{DECISION}: 'within' is '4', not a working time. Write whole minutes"),
        ({"promises": "- {within: 4d}"}, 11, f"{DECISION}: 'within' is '4d', not a working time. Write whole minutes"),
        ({"promises": "- {within: 0h}"}, 11, f"{DECISION}: 'within' is '0h'. Write more than 0"),
        ({"promises": "- {within: 9999999h}"}, 11, f"{DECISION}: 'within' is '9999999h'. Write more than 0"),
        ({"promises": "- {}"}, 11, f"{DECISION}: 'within' is missing. Add it."),
        (
            {"promises": "- {within: 1h, when: {field: chanel, is: inbound}}"},
            11,
            f"{DECISION}: no field is called 'chanel'. Did you mean 'channel'?",
        ),
        (
            {"promises": "- {within: 1h, when: {kind: page_view}}"},
            11,
            f"{DECISION}: a promise looks at the lead, not at activities. Write",
        ),
        ({"promises": "- {within: 1h, when: {}}"}, 11, f"{DECISION}: when names neither a field nor a kind. Write"),
        (
            {"promises": "[{within: 1h}, {within: 2h}]"},
            11,
            "sla.yaml, promises, decision 2: it never applies, because decision 1 is for every lead. Write",
        ),
    ],
)
def test_what_means_nothing_is_refused_with_its_place_and_remedy(
    written: dict[str, str], line: int, message: str
) -> None:
    with pytest.raises(ConfigRefused) as refused:
        policy(**written)

    (fault,) = refused.value.faults
    assert str(fault).startswith(message)
    assert fault.remedy
    assert fault.line == line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "calendars: {default: {time_zone: UTC, hours: {mon: 09:00-17:00}}}",
            "sla.yaml: 'time_zone' is missing. Add it.",
        ),
        ("time_zone: UTC", "sla.yaml: 'calendars' is missing. Add it."),
        (
            "time_zone: Europe/Madird\ncalendars: {default: {time_zone: UTC, hours: {mon: 09:00-17:00}}}",
            "sla.yaml: no time zone is called 'Europe/Madird'. Did you mean 'Europe/Madrid'?",
        ),
        (
            "time_zone: UTC\ncalendars: {sales: {time_zone: UTC, hours: {mon: 09:00-17:00}}}",
            "sla.yaml, calendars: there is no calendar called 'default'. Add it: reps without one use it.",
        ),
        (
            "time_zone: UTC\ncalendars: {default: {time_zone: localtime, hours: {mon: 09:00-17:00}}}",
            "sla.yaml, calendars, default: no time zone is called 'localtime'.",
        ),
        (
            "time_zone: UTC\ncalendars: {default: {time_zone: UTC}}",
            "sla.yaml, calendars, default: 'hours' is missing. Add it.",
        ),
        (
            "time_zone: UTC\ncalendars: {default: {time_zone: UTC, hours: {mon: 9:00-17:00}}}\npromises: {decisions: }",
            "sla.yaml, promises: no key is called 'decisions'. Did you mean 'decision'?",
        ),
    ],
)
def test_a_policy_without_a_needed_part_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_policy(text, "sla.yaml")

    (fault,) = refused.value.faults
    assert str(fault).startswith(message)
