"""Others' texts that name a person: their words are blanked wherever they stand, in every table there is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from lib.core.leads.erasing import Known
from lib.store.composing import Given, Sql, any_of, named, sql
from lib.store.statements import definition_of, statement

REJECTED = ("rejected_row", "replaced_rejected_row")

OTHER_LEADS = frozenset(
    {"lead", "merged_lead", "lead_change", "replaced_lead", "replaced_merged_lead", "replaced_lead_change"}
)
"""What is known of other leads is theirs, also where they share a name or a telephone."""

AUDITED = "audit_entry"
"""Whose texts are hashed: lib/store/leads/erasing/chain.py takes out what they say."""

SIGNED = ("proposal", "text")
"""What both sides sign; it cannot be another text."""

IDS = frozenset(
    {"alias", "digest", "draft", "erased", "event_id", "fact", "field", "id", "key", "lead_id", "merged_from"}
    | {"activity_id", "merged_into", "kept", "gone", "opened_by", "queue_id", "rep_id", "sha256", "before", "entries"}
)
"""What things are known by. Own rows have new ones, and those of others may hold the same digits."""


OF_THE_TEAMS = frozenset({"bound_email", "proof_of_signature"})
"""Who signs in here, as their provider names them: no words of leads."""


def forget_rejected(cursor: duckdb.DuckDBPyConnection, known: Known, aliases: Sequence[str]) -> int:
    """Removes what imports kept of a person's rows they could not load; how many rows. After `erase_rows`."""
    forgotten = 0
    for table in REJECTED:
        given = Given({"aliases": list(aliases)})
        says = any_of(_mentions(named(column), known, given) for column in ("row", "reason", "key", "id", "lead_id"))
        removed = statement("leads/erasing/forget_rejected", table=named(table), named=says)
        forgotten += cursor.execute(removed, given.parameters).fetchall()[0][0]
    return forgotten


def blank_mentions(cursor: duckdb.DuckDBPyConnection, known: Known) -> int:
    """Blanks the words that name a person in every text of every table but what is known of other leads; in how many
    texts."""
    if not known.words:
        return 0
    blanked = 0
    for table, column, kind in cursor.execute(statement("leads/erasing/texts_of_tables")).fetchall():
        if (
            table in OTHER_LEADS
            or table in OF_THE_TEAMS
            or table == AUDITED
            or column in IDS
            or (table, column) == SIGNED
        ):
            continue
        blanked += _blank(cursor, table, column, sql("json") if kind == "JSON" else sql("varchar"), known)
    return blanked


def agreements_naming(cursor: duckdb.DuckDBPyConnection, known: Known) -> tuple[str, ...]:
    """A sentence for each version of the agreement whose text, which both sides sign, names the person."""
    texts = cursor.execute("select number, text from proposal order by number").fetchall()
    return tuple(
        f"version {number} of the agreement names them: a signed text stays as it is. Propose one that does not."
        for number, text in texts
        if known.blanked(text) != text
    )


def _blank(cursor: duckdb.DuckDBPyConnection, table: str, column: str, kind: Sql, known: Known) -> int:
    given = Given({})
    of, name = named(table), named(column)
    mentions = _mentions(name, known, given)
    asked = sql("select distinct {name}::varchar from {of} where {mentions}", name=name, of=of, mentions=mentions)
    without = {text: known.blanked(text) for (text,) in cursor.execute(asked, given.parameters).fetchall()}
    without = {text: blank for text, blank in without.items() if blank != text}
    written = sql("update {of} set {name} = $new::{kind} where {name}::varchar = $old", of=of, name=name, kind=kind)
    blanked = 0
    with _nothing_refers_to(cursor, table if without else ""):
        for text, blank in without.items():
            blanked += cursor.execute(written, {"new": blank, "old": text}).fetchall()[0][0]
    return blanked


@contextmanager
def _nothing_refers_to(cursor: duckdb.DuckDBPyConnection, table: str) -> Iterator[None]:
    """While the block lasts the tables that refer to a table by a foreign key are not there.

    DuckDB lets no row be changed that others refer to, whatever column it is, nor sees in the same transaction that
    those are gone.
    """
    referring = [
        one for (one,) in cursor.execute(statement("leads/erasing/tables_referring"), {"table": table}).fetchall()
    ]
    made = [definition_of(cursor, one) for one in referring]
    for one in referring:
        cursor.execute(sql("create or replace temp table {aside} as from {one}", aside=_aside(one), one=named(one)))
        cursor.execute(sql("drop table {one}", one=named(one)))
    yield
    for one, as_it_was in zip(referring, made, strict=True):
        _put_back(cursor, one, as_it_was)


def _put_back(cursor: duckdb.DuckDBPyConnection, table: str, as_it_was: Sql) -> None:
    cursor.execute(as_it_was)
    cursor.execute(sql("insert into {table} from {aside}", table=named(table), aside=_aside(table)))
    cursor.execute(sql("drop table {aside}", aside=_aside(table)))


def _aside(table: str) -> Sql:
    return named(f"{table}_aside")


def _mentions(text: Sql, known: Known, given: Given) -> Sql:
    """Whether a text may name the person: cheaper than to look at each, and never false where it does."""
    return any_of(
        sql("contains(lower({text}::varchar), {word})", text=text, word=given.text(word.lower()))
        for word in known.words
    )
