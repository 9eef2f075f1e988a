"""A new database in a temporary folder, files beside it, and a short way to import them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.core.exchange.runs import ImportResult
from lib.core.time.clock import parse_instant
from lib.store.database import Database, open_database
from lib.store.exchange.imports import import_files
from tests.grants import ANYTHING, BY_TEST

MADRID = ZoneInfo("Europe/Madrid")
NOW = parse_instant("2026-06-01T00:00:00Z", MADRID)
FIRST_DEFINITION = "name: first\n"

Write = Callable[..., Path]
Import = Callable[..., ImportResult]
Tamper = Callable[[str], None]
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "h.duckdb", first_definition=FIRST_DEFINITION, clock=NOW)
    yield database
    database.close()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of this name and returns its path."""

    def written(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def load(db: Database) -> Import:
    """Imports files into the database by kind or source."""

    def loaded(*files: Path, **how: Any) -> ImportResult:
        return import_files(db, files, zone=MADRID, now=NOW, **{"by": BY_TEST, **how})

    return loaded


@pytest.fixture
def rows(db: Database) -> Rows:
    """The rows of a query."""

    def fetched(sql: str) -> list[tuple[Any, ...]]:
        with db.cursor() as cursor:
            return cursor.execute(sql).fetchall()

    return fetched


@pytest.fixture
def tamper(db: Database) -> Tamper:
    """Runs a statement as somebody would who has the database file and takes the guards away first."""

    def tampered(sql: str) -> None:
        with db.write(*ANYTHING) as cursor:
            guards = cursor.execute("select trigger_name, table_name from duckdb_triggers()").fetchall()
            for name, table in guards:
                cursor.execute(f"drop trigger {name} on {table}")
            cursor.execute(sql)

    return tampered
