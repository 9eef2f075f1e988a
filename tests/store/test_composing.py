"""Names stay names and texts stay texts, whatever characters they have; nothing else gets into a query."""

import re
from typing import Any, cast

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.store.composing import Given, Sql, all_of, all_rows, any_of, in_turn, listed, named, names, quoted, sql, whole
from lib.store.statements import statement

HOSTILE = [
    '"; drop table lead; --',
    "'; drop table lead; --",
    "a''b\"\"c",
    "{slot}",
    "$1",
    "--",
    "/*",
    "\\",
    "naïve 名前",
    " ",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))


@pytest.fixture(scope="module")
def connection() -> Any:
    with duckdb.connect(":memory:") as made:
        yield made


@given(text=TEXTS)
def test_a_quoted_text_is_that_text(connection: Any, text: str) -> None:
    assert connection.execute(sql("select {text}", text=quoted(text))).fetchall() == [(text,)]


@given(name=TEXTS.filter(bool))
def test_a_name_is_that_name(connection: Any, name: str) -> None:
    asked = connection.execute(sql("select {column} from (select 1 as {column}) as t", column=named(name)))

    assert [column[0] for column in asked.description] == [name]


@given(table=TEXTS.filter(bool), column=TEXTS.filter(bool))
def test_a_name_in_a_table_is_both_names(connection: Any, table: str, column: str) -> None:
    of_table = sql("(select 7 as {column}) as {table}", column=named(column), table=named(table))
    asked = connection.execute(sql("select {value} from {of_table}", value=named(table, column), of_table=of_table))

    assert asked.fetchall() == [(7,)]


@given(text=TEXTS, texts=st.lists(TEXTS, max_size=3), numbers=st.lists(st.integers(0, 9), max_size=3))
def test_what_is_given_comes_as_a_parameter(connection: Any, text: str, texts: list[str], numbers: list[int]) -> None:
    given = Given({})
    parts = listed([given.text(text), given.texts(texts), given.numbers(numbers)])

    asked = connection.execute(sql("select {parts}", parts=parts), given.parameters)

    assert text not in parts or re.fullmatch(r"[$:,\[\] a-z_0-9]*", text)
    assert asked.fetchall() == [(text, texts, numbers)]


def test_a_name_is_never_empty() -> None:
    with pytest.raises(ValueError, match="never empty"):
        named("lead", "")


def test_a_slot_in_a_part_is_not_filled() -> None:
    composed = sql("select {text}, {other}", text=quoted("{other}"), other=whole(1))

    assert composed == "select '{other}', 1"


@pytest.mark.parametrize("parts", [{}, {"table": named("lead"), "column": named("owner")}, {"column": named("owner")}])
def test_slots_and_parts_are_the_same(parts: dict[str, Sql]) -> None:
    with pytest.raises(ValueError, match="slots"):
        sql("from {table}", **parts)


def test_what_is_in_braces_and_no_word_is_no_slot() -> None:
    assert sql("select '{}', regexp_matches(a, '[0-9]{1,2}'), {'a': 1}") == (
        "select '{}', regexp_matches(a, '[0-9]{1,2}'), {'a': 1}"
    )


def test_a_plain_text_fills_no_slot() -> None:
    with pytest.raises(TypeError, match="plain text"):
        sql("from {table}", table=cast(Sql, "lead"))
    with pytest.raises(TypeError, match="plain text"):
        statement("exchange/new_rows", values=cast(Sql, "1, 2"))


@pytest.mark.parametrize("joined", [listed, in_turn, all_of, any_of, all_rows])
def test_a_plain_text_is_joined_to_nothing(joined: Any) -> None:
    with pytest.raises(TypeError, match="plain text"):
        joined([sql("true"), "false"])


def test_what_is_joined_in_any_other_way_is_a_plain_text_again() -> None:
    name = named("lead")

    assert {type(name), type(sql("from {name}", name=name))} == {Sql}
    assert {type(name + " x"), type(f"{name}"), type(", ".join([name])), type(name.lower())} == {str}


def test_a_number_is_whole() -> None:
    assert whole(-3) == "-3"
    with pytest.raises(ValueError, match="format code"):
        whole(cast(int, "1; drop table lead"))


def test_conditions_hold_together_as_they_are_meant(connection: Any) -> None:
    yes, no = sql("true"), sql("false")
    held = {
        "all": all_of([any_of([yes, no]), no]),
        "any": any_of([all_of([no, yes]), yes]),
        "none of all": all_of([]),
        "none of any": any_of([]),
    }

    found = {what: connection.execute(sql("select {held}", held=one)).fetchall()[0][0] for what, one in held.items()}

    assert found == {"all": False, "any": True, "none of all": True, "none of any": False}


def test_several_names_stand_in_their_order() -> None:
    assert names(["b", 'a"']) == '"b", "a"""'
