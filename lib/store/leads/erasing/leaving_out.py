"""Who was erased stays erased: imports leave out rows under the ids that person had, and keep nothing of them."""

from collections.abc import Sequence

import duckdb

from lib.store.composing import Sql, any_of, named, sql
from lib.store.database import holds, insert
from lib.store.leads.erasing.lots import token
from lib.store.statements import statement

WAS_ERASED = "its person was erased: nothing of it was loaded or kept"


def note_names(cursor: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Notes what imports may call a person, so that no later one brings them back."""
    if not holds(cursor, "erasure_key"):
        cursor.execute("insert into erasure_key values (?)", ["".join(token() for _ in range(4))])
    cursor.execute(statement("leads/erasing/note_names"), {"names": list(names)})


def leave_out_erased(cursor: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], run: int) -> None:
    """Takes the rows of `batch` about people who were erased out of it, and notes that there were such."""
    if "lead_id" not in columns or not holds(cursor, "erased_name"):
        return
    erased = _is_erased(named("batch", "lead_id"))
    left_out = statement("leads/erasing/leave_out_erased", erased=erased)
    if insert(cursor, named("rejected_row"), left_out, {"run": run, "table": table, "reason": WAS_ERASED}):
        cursor.execute(sql("delete from batch where {erased}", erased=erased))


def forget_words_of_erased(cursor: duckdb.DuckDBPyConnection, run: int) -> int:
    """Of rows of people who were erased that an import could not load anyway, keeps that there were such and nothing
    else; how many rows of such people it left out."""
    if not holds(cursor, "erased_name"):
        return 0
    erased = any_of(_is_erased(named(column)) for column in ("lead_id", "id", "key"))
    given: dict[str, int | str] = {"run": run, "reason": WAS_ERASED}
    cursor.execute(statement("leads/erasing/forget_words", erased=erased), given)
    ((rows,),) = cursor.execute(statement("leads/erasing/rows_left_out"), given).fetchall()
    return int(rows)


def _is_erased(name: Sql) -> Sql:
    digest = sql("sha256((select key from erasure_key) || chr(31) || {name})", name=name)
    return sql("{digest} in (select digest from erased_name)", digest=digest)


def said_in_words(rows: int) -> list[str]:
    """That an import left rows out, for whoever imported them."""
    if not rows:
        return []
    are = "1 row is of a person who was" if rows == 1 else f"{rows:,} rows are of people who were"
    return [f"{are} erased: left out, and nothing of it kept"]
