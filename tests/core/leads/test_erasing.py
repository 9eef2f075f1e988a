"""What names a person, what stays of them, and ids that lead nowhere."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.consequences.in_words import erased_in_words
from lib.core.leads.erasing import Known, detail_kept, fact_kept, fields_kept, new_event_ids

ANN = Known(
    frozenset({"00Q5f000009", "7"}),
    frozenset({"ann@poets.example"}),
    frozenset({"+34 600 111 222", "12"}),
    frozenset({("Ann", "Byron"), ("A", "B")}),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ann Byron called", "erased called"),
        ("ANN BYRON, and Byron, Ann.", "erased, and erased."),
        ("see <ANN@poets.example>", "see <erased>"),
        ("+34 600 111 222", "erased"),
        ("lead 00Q5f000009:1", "lead erased:1"),
        ("points: 7, limit: 12", "points: 7, limit: 12"),
        ("Ann, Byronic, 00Q5f0000091", "Ann, Byronic, 00Q5f0000091"),
        ("A B", "A B"),
        ("joann@poets.example.org", "joann@poets.example.org"),
    ],
)
def test_a_text_loses_whole_words_that_name_somebody_and_nothing_else(text: str, left: str) -> None:
    assert ANN.blanked(text) == left


def test_somebody_of_whom_nothing_is_known_is_named_by_no_text() -> None:
    assert Known(frozenset({"1"})).blanked("1 text") == "1 text"


def test_what_figures_group_by_stays_and_what_promises_ask_for_unless_it_says_who_somebody_is() -> None:
    assert fields_kept({"country", "email", "channel", "extra.tier"}) == (
        *("channel", "source", "owner", "cost"),
        *("country", "extra.tier"),
    )


def test_of_a_detail_stays_what_is_counted_and_nothing_that_was_typed() -> None:
    counted = {"version": "3", "score": 61.5, "contact": True, "currency": "EUR", "by": "rep-1"}
    typed = {"note": "met Ann", "phone": 600}
    naming = {"event_id": "e1", "handoff": "a:2", "answers": {"q1": True, "q2": "Ann said so"}}

    kept = json.loads(detail_kept(json.dumps(counted | typed | naming), {"e1": "n1"}, {"a": "new"}) or "")

    assert kept == counted | {"event_id": "n1", "handoff": "new:2", "answers": {"q1": True}}
    assert detail_kept('{"note": "met Ann"}', {}, {}) is None
    assert detail_kept(None, {}, {}) is None


def test_a_rule_goes_on_to_end_a_fact_and_the_rest_of_it_goes() -> None:
    rule = "lost unless accepted else rejected"

    assert fact_kept(f"crm deal ann {rule}", json.dumps({"rule": rule}), "t") == f"erased-t {rule}"
    assert fact_kept("crm deal ann", None, "t") == "erased-t"
    assert fact_kept(None, None, "t") is None


@given(
    st.sets(
        st.sampled_from(["inbox-", "inbox-a", "a", "x", "", "inbox-a.undone", "inbox.", "erased"]) | st.text(max_size=6)
    )
)
def test_new_ids_stand_in_the_order_of_the_old_ones_and_say_the_same_kinds_of_things(old: set[str]) -> None:
    new = new_event_ids(old, "t", "inbox-", ".undone")

    assert len(set(new.values())) == len(old)
    assert {one: new[one].startswith("inbox-") for one in old} == {one: one.startswith("inbox-") for one in old}
    undone = [one for one in old if one.endswith(".undone") and one.removesuffix(".undone") in old]
    assert all(new[one] == new[one.removesuffix(".undone")] + ".undone" for one in undone)
    others = sorted(old - set(undone))
    assert [new[one] for one in others] == sorted(new[one] for one in others)


def test_how_many_are_missed_by_replays_is_said_where_there_are_any() -> None:
    assert erased_in_words(0) is None
    assert (erased_in_words(2) or "").startswith("2 people were erased: ")
