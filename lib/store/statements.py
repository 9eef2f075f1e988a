"""The queries, by room and name: each lies in its room's `sql/`, beside the modules that ask it."""

from functools import cache
from pathlib import Path

import duckdb

from lib.store.composing import Sql, sql


def statement(query: str, /, **parts: Sql) -> Sql:
    """The text of a query: `leads/history_leads` is `leads/sql/history_leads.sql`, its slots filled with the parts."""
    return sql(_written(query), **parts)


def script(path: Path) -> Sql:
    """The text of a file of ours that is carried out as it stands, such as a migration."""
    return Sql(path.read_text(encoding="utf-8"))


def definition_of(cursor: duckdb.DuckDBPyConnection, table: str) -> Sql:
    """The statement that makes a table as it is, as the database's own catalog has it."""
    ((text,),) = cursor.execute("select sql from duckdb_tables() where table_name = ?", [table]).fetchall()
    return Sql(text)


@cache
def _written(query: str) -> str:
    path = Path(__file__).parent / query
    return (path.parent / "sql" / f"{path.name}.sql").read_text(encoding="utf-8")
