"""How each file of an import reads what it says of leads, under a number that stays with what it said."""

from collections.abc import Iterable
from dataclasses import replace

import duckdb
import pyarrow as pa

from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.exchange.field_names import CHANGING, NUMBERS
from lib.core.exchange.readings import ANY_EXTRA, BY_OUR_OWN, OTHERS, digest
from lib.store.composing import named, sql
from lib.store.database import insert
from lib.store.exchange.rows.feeds import Feed
from lib.store.statements import statement


def note_readings(cursor: duckdb.DuckDBPyConnection, feeds: Iterable[Feed], what: str) -> list[Feed]:
    """The feeds, those of leads with the number of their reading, which is noted where it is new.

    `what` is what the import is called; earlier versions noted it, and nothing else of how they read.
    """
    numbered = [replace(feed, reading=_number(cursor, feed)) if spoken_of(feed) else feed for feed in feeds]
    cursor.execute("create or replace temp table earlier_name (what varchar, name varchar)")
    for source in {feed.said.what for feed in numbered if feed.said is not None}:
        names = {source, *(() if source == BY_OUR_OWN else what.split(" + "))}
        cursor.executemany("insert into earlier_name values (?, lower(?))", [[source, name] for name in names])
    return numbered


def spoken_of(feed: Feed) -> tuple[str, ...]:
    """The fields of a lead that a feed speaks of, in every row of its file."""
    if feed.said is None:
        return ()
    named_fields = [name for name in feed.filled if name in CHANGING]
    return (*named_fields, *(EXTRA_PREFIX + key for key, _ in feed.rest), *([ANY_EXTRA] * ("extra" in feed.columns)))


def _number(cursor: duckdb.DuckDBPyConnection, feed: Feed) -> int:
    assert feed.said is not None  # noqa: S101  (for mypy: it speaks of something)
    spoken, hows = spoken_of(feed), dict(feed.said.hows)
    others = hows.get(OTHERS, "")
    for field in spoken:
        hows.setdefault(field, others)
    for number in NUMBERS:
        if number.name in hows or feed.said.what == BY_OUR_OWN:
            hows[number.name] = digest([hows.get(number.name, others), feed.decimal])
    key = {"what": feed.said.what, "spoken": digest(sorted(spoken)), "how": digest(sorted(hows.items()))}
    known = cursor.execute(statement("exchange/changes/reading_of"), key).fetchall()
    if known:
        return int(known[0][0])
    ((number_of_it,),) = cursor.execute(statement("exchange/changes/add_reading"), key).fetchall()
    told = set(spoken)
    fields = {"field": list(hows), "how": list(hows.values()), "spoken": [field in told for field in hows]}
    cursor.register("field_read", pa.table(fields))
    rows = sql("select $reading, field, how, spoken from field_read")
    insert(cursor, named("reading_field"), rows, {"reading": number_of_it})
    cursor.unregister("field_read")
    return int(number_of_it)
