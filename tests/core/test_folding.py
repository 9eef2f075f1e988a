"""One folding: equal texts are equal however typed, for one text and for an array of them alike."""

import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.arrays import UNKNOWN, Column
from lib.core.folding import fold, folded_texts, items, one_spelling, plain, plain_texts

EVERY_CHARACTER = [chr(n) for n in range(sys.maxunicode + 1) if not 0xD800 <= n <= 0xDFFF]

CONTEXTS = ("{}", "A{}", "{}A", "A{}A", "A{} A", " {}\u0301", "\u200b{}")
"""Alone; where a final sigma, a mark, white space or an invisible character decides."""

texts = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("aAİIıΣσς ́̇Jǰ\u00ad\u200b\u2060\ufeff\u00a0\u3000;"))
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Málaga", "Málaga"),
        ("in\u00adbound", "INBOUND"),
        ("google\u200b", " Google\u00a0"),
        ("\ufeffCafé", "CAFÉ"),
        ("İptal", "İPTAL"),
        ("ΝΙΚΟΣ", "Νικος"),
        ("J\u030c", "ǰ"),
        ("e\u2060\u0301", "É"),
    ],
)
def test_texts_that_look_alike_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("İ", "i"), ("ß", "ss"), ("Málaga", "Malaga"), ("a b", "a  b")])
def test_texts_that_differ_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(texts)
def test_folding_is_pythons_lower_case_of_the_composed_and_trimmed_text(text: str) -> None:
    seen = text.translate(dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF)))
    reference = unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).strip().lower())

    assert fold(text) == reference
    assert fold(fold(text)) == fold(text)
    assert fold(plain(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_array_is_folded_as_each_of_its_texts_over_all_of_unicode(context: str) -> None:
    written = [context.format(character) for character in EVERY_CHARACTER]

    assert folded_texts(pa.array(written, pa.string())).to_pylist() == [fold(text) for text in written]
    assert plain_texts(pa.array(written, pa.string())).to_pylist() == [plain(text) for text in written]


def test_the_choices_of_a_text_are_parted_by_semicolons_and_none_is_blank() -> None:
    assert items(" Ads; Web ;;mail;") == ["Ads", "Web", "mail"]


# Groups.


def test_a_group_shows_its_commonest_spelling_and_of_equally_common_ones_the_first_in_plain_order() -> None:
    channel = Column.of(pa.array(["inbound", "Inbound", "in\u00adbound", "event", "Event", None, " "]))

    grouped = one_spelling(channel)

    assert [grouped.text(row) for row in range(7)] == ["inbound", "inbound", "inbound", "Event", "Event", None, None]
    assert grouped.values.to_pylist() == ["inbound", "Event"]


def test_a_spelling_of_no_row_is_not_shown() -> None:
    column = Column(np.array([1, UNKNOWN], dtype=np.int32), pa.array(["A", "a"]))

    assert one_spelling(column).text(0) == "a"


@given(st.lists(st.one_of(st.none(), texts)))
def test_rows_are_of_one_group_exactly_where_their_texts_fold_alike(written: list[str | None]) -> None:
    grouped = one_spelling(Column.of(pa.array(written, pa.string())))

    shown = [grouped.text(row) for row in range(len(written))]

    assert [None if text is None else fold(text) for text in shown] == [fold(text or "") or None for text in written]
    assert len({fold(text) for text in grouped.values.to_pylist()}) == len(grouped.values)
    assert all(text is None or text in {plain(one) for one in written if one} for text in shown)
