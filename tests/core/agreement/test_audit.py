"""The audit chain: it holds as it was written, and names the first entry that was altered, removed or moved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.agreement.audit import (
    ERASED,
    Entry,
    Head,
    detail_text,
    first_break,
    head_from,
    last_common,
    left_of,
    not_in_chain,
    sealed,
    taken_from,
)

ANCHOR = "a" * 64


def chain(*whats: str) -> list[Entry]:
    entries: list[Entry] = []
    for number, what in enumerate(whats, start=1):
        before = entries[-1].sha256 if entries else ANCHOR
        entries.append(sealed(number, number, "Ana", what, {"version": number}, before))
    return entries


def test_a_chain_as_it_was_written_holds() -> None:
    assert first_break(chain("proposed", "signed", "signed"), ANCHOR) is None


def test_an_empty_chain_holds() -> None:
    assert first_break([], ANCHOR) is None


def test_a_chain_hung_on_another_beginning_is_broken_at_its_first_entry() -> None:
    broken = first_break(chain("proposed", "signed"), "b" * 64)

    assert broken is not None
    assert broken.where == "audit entry 1"


def test_a_removed_entry_is_named() -> None:
    one, _, three = chain("proposed", "signed", "signed")

    broken = first_break([one, three], ANCHOR)

    assert str(broken).startswith("audit entry 2: is missing")


def test_an_entry_resealed_after_an_alteration_breaks_the_next_one() -> None:
    one, two, three = chain("proposed", "signed", "signed")
    forged = sealed(2, two.at, "Eve", two.what, {"version": 2}, one.sha256)

    broken = first_break([one, forged, three], ANCHOR)

    assert broken is not None
    assert broken.where == "audit entry 3"


@given(
    place=st.integers(0, 2),
    alteration=st.sampled_from(
        [
            {"at": 99},
            {"who": "Eve"},
            {"what": "withdrawn"},
            {"detail": "{}"},
            {"before": "c" * 64},
            {"sha256": "d" * 64},
        ]
    ),
)
def test_any_alteration_of_any_entry_is_named(place: int, alteration: dict[str, int | str]) -> None:
    entries = chain("proposed", "signed", "signed")
    entries[place] = replace(entries[place], **alteration)  # type: ignore[arg-type]

    broken = first_break(entries, ANCHOR)

    assert broken is not None
    assert broken.where == f"audit entry {place + 1}"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_two_different_entries_never_have_one_hash(one: tuple[str, str], other: tuple[str, str]) -> None:
    hashes = [sealed(1, 1, who, what, {}, ANCHOR).sha256 for who, what in (one, other)]

    assert (hashes[0] == hashes[1]) == (one == other)


def test_a_detail_has_one_text_whatever_the_order_of_its_keys() -> None:
    assert detail_text({"b": 1, "a": "ñ"}) == detail_text({"a": "ñ", "b": 1}) == '{"a":"ñ","b":1}'


# Heads that others keep.


def heads(entries: list[Entry]) -> list[Head]:
    return [Head(entry.number, entry.sha256) for entry in entries]


@pytest.mark.parametrize("characters", [64, 12])
def test_every_head_a_chain_has_had_stands_in_it_also_by_the_beginning_of_its_hash(characters: int) -> None:
    entries = chain("proposed", "signed", "signed")

    for head in (Head(0, ANCHOR), *heads(entries)):
        assert not_in_chain(entries, ANCHOR, Head(head.number, head.sha256[:characters])) is None


def test_a_head_of_a_chain_that_was_resealed_stands_in_it_no_more() -> None:
    kept = heads(chain("proposed", "signed"))[-1]
    resealed = chain("proposed", "withdrawn", "signed")

    assert first_break(resealed, ANCHOR) is None
    fault = not_in_chain(resealed, ANCHOR, kept)

    assert fault is not None
    assert str(fault).startswith("audit entry 2: is not the one that was kept")


def test_a_head_beyond_the_end_says_where_the_chain_ends() -> None:
    entries = chain("proposed", "signed")

    fault = not_in_chain(entries[:1], ANCHOR, heads(entries)[-1])

    assert fault is not None
    assert "is not in this chain, which ends at entry 1" in str(fault)


def test_a_head_is_read_as_it_is_printed() -> None:
    assert head_from(f"38:{'AB' * 32}") == Head(38, "ab" * 32)
    assert head_from("38: abcdefabcdef") == Head(38, "abcdefabcdef")


@pytest.mark.parametrize(
    "text", ["", "38", "38:", "38:abcdefabcde", "x:abcdefabcdef", "-1:abcdefabcdef", "1:xbcdefabcdef"]
)
def test_what_is_no_head_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        head_from(text)


def test_two_chains_share_all_up_to_where_they_part() -> None:
    one, other = heads(chain("proposed", "signed", "signed")), heads(chain("proposed", "signed", "withdrawn", "edited"))

    assert last_common(one, other) == 2
    assert last_common(one, one[:1]) == 1
    assert last_common(one, []) == 0


# What an erasure takes from entries before it.


def erased_from(entries: list[Entry], place: int) -> list[Entry]:
    """The chain after an erasure that took what was said from one of its entries."""
    left = left_of(entries[place], {"version": None})
    kept = [*entries[:place], left, *entries[place + 1 :]]
    said = {"entries": taken_from({left.number: left})}
    return [*kept, sealed(len(kept) + 1, 9, "Ana", ERASED, said, kept[-1].sha256)]


@pytest.mark.parametrize("place", range(3))
def test_a_chain_holds_where_an_erasure_says_what_it_left_of_an_entry(place: int) -> None:
    entries = chain("proposed", "signed", "signed")

    erased = erased_from(entries, place)

    assert first_break(erased, ANCHOR) is None
    assert [one.sha256 for one in erased[:3]] == [one.sha256 for one in entries]


def test_what_two_erasures_took_from_one_entry_is_what_the_later_one_left() -> None:
    once = erased_from(chain("proposed", "signed"), 0)

    left = left_of(once[0], {})
    twice = [left, *once[1:], sealed(4, 9, "Tom", ERASED, {"entries": taken_from({1: left})}, once[-1].sha256)]

    assert first_break(twice, ANCHOR) is None
    assert first_break([once[0], *twice[1:]], ANCHOR) is not None


@pytest.mark.parametrize(
    "alteration", [{"at": 99}, {"who": "Eve"}, {"what": "withdrawn"}, {"detail": '{"version":7}'}, {"sha256": "d" * 64}]
)
def test_what_an_erasure_left_of_an_entry_cannot_be_altered(alteration: dict[str, int | str]) -> None:
    erased = erased_from(chain("proposed", "signed", "signed"), 1)
    erased[1] = replace(erased[1], **alteration)  # type: ignore[arg-type]

    assert first_break(erased, ANCHOR) is not None


def test_an_entry_is_altered_where_no_erasure_says_that_it_took_something_from_it() -> None:
    erased = erased_from(chain("proposed", "signed", "signed"), 1)
    silent = sealed(4, 9, "Ana", ERASED, {"entries": ""}, erased[2].sha256)

    broken = first_break([*erased[:3], silent], ANCHOR)

    assert broken is not None
    assert broken.where == "audit entry 2"


def test_an_erasure_takes_nothing_from_what_comes_after_it() -> None:
    left = left_of(chain("proposed", "signed")[1], {})
    early = sealed(1, 1, "Ana", ERASED, {"entries": taken_from({2: left})}, ANCHOR)
    later = sealed(2, 2, "Ana", "signed", {"version": 2}, early.sha256)

    assert first_break([early, left_of(later, {})], ANCHOR) is not None
