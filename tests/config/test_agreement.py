"""The text both sides sign: a definition with its start plan, one hash; a definition alone is one too."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.config.agreement import frozen_text, read_agreement, write_agreement
from lib.config.definition import write_definition
from lib.core.agreement.agreement import AT_ONCE, Agreement, differences
from lib.core.errors import DefinitionRefused
from lib.core.handoffs.start_plan import StartPlan, StartPlanRefused, Stock, check_start
from tests.config.test_definition import definitions

START = 1_798_761_600_000_000

pace = st.none() | st.integers(1, 1_000_000)
starts = st.none() | st.integers(0, 4_000_000_000_000_000)
plans = st.one_of(
    st.builds(StartPlan, starts),
    st.builds(StartPlan, starts, st.just(Stock.STANDING), st.none(), pace),
    st.builds(StartPlan, starts, st.just(Stock.RECENT), st.integers(1, 36_500), pace),
)


@given(definitions(), plans)
def test_what_is_written_reads_back_as_it_was(definition: object, plan: StartPlan) -> None:
    agreement = Agreement(definition, plan)  # type: ignore[arg-type]
    text = write_agreement(agreement)

    assert read_agreement(text, "version") == agreement
    assert write_agreement(read_agreement(text, "version")) == text


@given(definitions())
def test_a_definition_alone_is_an_agreement_that_begins_at_once_with_nothing_of_the_stock(definition: object) -> None:
    text = write_definition(definition)  # type: ignore[arg-type]

    assert read_agreement(text, "version") == Agreement(definition, AT_ONCE)  # type: ignore[arg-type]


def test_the_plan_is_part_of_what_is_signed() -> None:
    text = written("start:\n  from: 2027-01-01T00:00:00Z\n  stock: recent\n  days: 30\n  per_day: 40\n")

    agreement = read_agreement(text, "version")

    assert agreement.start == StartPlan(START, Stock.RECENT, 30, 40)
    assert hash_of(write_agreement(agreement)) != hash_of(write_agreement(Agreement(agreement.definition)))


def test_an_earlier_text_that_says_the_same_keeps_its_hash() -> None:
    alone = written("")

    same = frozen_text(read_agreement(alone, "version"), [alone])
    other = frozen_text(Agreement(read_agreement(alone, "version").definition, StartPlan(START)), [alone])

    assert same == alone
    assert other.endswith("start:\n  from: 2027-01-01T00:00:00Z\n  stock: none\n")


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("{stock: standing, per_day: 0}", "version, start: 0 of the stock a working day. Write 1 to 1,000,000 a day"),
        ("{stock: recent, days: 0}", "version, start: the last 0 days. Write 1 to 36,500 days"),
        ("{stock: recent}", "version, start: it does not say of how many days. Write 1 to 36,500 days"),
        ("{stock: standing, days: 3}", "version, start: days do not go with 'standing'. Choose recent"),
        ("{per_day: 40}", "it says how many a day, and nothing of the stock is handed over. Choose recent or standing"),
        ("{stock: standng}", "no start plan is called 'standng'. Did you mean 'standing'?"),
        ("{form: 2027-01-01}", "version, start: no key is called 'form'. Did you mean 'from'?"),
        ("{from: 2027-01-01}", "'from' is '2027-01-01', no instant. Write one like 2026-03-01T09:00:00Z."),
        ("{from: soon}", "'from' is 'soon', no instant. Write one like 2026-03-01T09:00:00Z."),
        ("{stock: standing, per_day: many}", "'per_day' is 'many', not a whole number"),
        ("at once", "'start' is one text. Write keys and values"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_with_its_remedy(start: str, said: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read_agreement(written(f"start: {start}\n"), "version")

    assert said in str(refused.value)
    assert refused.value.faults[0].line == 3


def test_every_other_key_is_refused_as_in_a_definition() -> None:
    with pytest.raises(DefinitionRefused, match=r"no key is called 'strat'\. Did you mean 'start'"):
        read_agreement(written("strat: {stock: none}\n"), "version")


def test_a_start_that_has_passed_is_refused() -> None:
    check_start(StartPlan(START), START)
    check_start(AT_ONCE, START)

    with pytest.raises(StartPlanRefused, match=r"the start 2027-01-01T00:00:00Z has passed\. Name one to come"):
        check_start(StartPlan(START), START + 1)


def test_differences_say_the_definitions_and_what_is_new_in_how_it_begins() -> None:
    before = read_agreement(written(""), "version")
    after = Agreement(before.definition.with_threshold(40), StartPlan(None, Stock.RECENT, 30, 40))

    assert differences(before, after) == (
        "Threshold: 30 → 40",
        "Of the leads that reached the threshold before the start and were never handed over, those that reached it in "
        "the last 30 days before the start are handed over, at most 40 a working day, best score first.",
    )
    assert differences(after, after) == ()


def written(start: str) -> str:
    return f"name: Ours\nmql: {{threshold: 30}}\n{start}"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
