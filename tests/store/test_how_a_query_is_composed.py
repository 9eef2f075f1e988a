"""Every query is a file, or a short literal; what is composed is composed by lib/store/composing.py (decision 0024)."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.store.asked import A_FILE, MAKERS, Asked, asked_outside
from tests.test_architecture import ROOT, SQL_STATEMENT, name_of, parsed, python_files

STORE = python_files("lib/store")
ELSEWHERE = [path for path in [*python_files("lib"), ROOT / "app.py"] if path not in STORE]

COMPOSING = {
    "lib/store/database.py": "inserts into any table",
    "lib/store/leads/erasing/erasing.py": "takes the guards of every table away, and temporary tables",
    "lib/store/leads/erasing/leaving_out.py": "asks columns of two tables for who was erased",
    "lib/store/leads/erasing/mentions.py": "looks for words in every text column there is",
    "lib/store/leads/erasing/own_rows.py": "blanks the columns of every table that has rows of leads",
    "lib/store/exchange/appending.py": "fills whole tables",
    "lib/store/exchange/changes/saying.py": "compares the columns a file fills",
    "lib/store/exchange/changes/settling.py": "compares every column of a lead",
    "lib/store/exchange/changes/histories.py": "writes down rows of the columns a file fills",
    "lib/store/exchange/dating.py": "blanks the columns an import speaks of",
    "lib/store/exchange/facts.py": "compares the columns a file fills, and completes those it lacks",
    "lib/store/exchange/gone.py": "numbers the import in whose name an event is moved aside",
    "lib/store/exchange/imports.py": "gathers the staged tables, however many there are",
    "lib/store/exchange/rows/cells.py": "reads cells, wherever a file's headings stand",
    "lib/store/exchange/rows/conditions.py": "asks cells for what a mapping says, wherever they stand",
    "lib/store/exchange/rows/meanings.py": "reads texts as values of the types that a file's columns have",
    "lib/store/exchange/merging.py": "merges rows of any table, by its key and the columns a file fills",
    "lib/store/exchange/previews.py": "shows the columns a file fills",
    "lib/store/exchange/rejected/noting.py": "reads staged tables, which have the columns a file fills",
    "lib/store/exchange/rejected/settling.py": "knows rows of any table by its key, of the columns a file fills",
    "lib/store/exchange/replaced.py": "keeps what is replaced of any table",
    "lib/store/exchange/several.py": "chooses among the rows of two tables, each by what makes them one thing",
    "lib/store/exchange/soundness.py": "counts and lists the rows of one query",
    "lib/store/exchange/rows/staging.py": "reads a file's columns, whichever they are",
    "lib/store/exchange/rows/of_fields.py": "reads a history's names as its mapping has them",
    "lib/store/exchange/rows/stating.py": "hashes the columns a file fills",
    "lib/store/exchange/undoing.py": "puts back the rows of any table",
    "lib/store/exchange/writing.py": "writes rows of any table",
    "lib/store/handoffs/customers.py": "reads kept cycles, or those derived as of another instant",
    "lib/store/handoffs/cycles.py": "derives cycles from all events, or from those of some leads",
    "lib/store/handoffs/handoffs.py": "reads kept cycles, or those derived as of another instant",
    "lib/store/handoffs/problems.py": "lists and groups the rows of the same queries",
    "lib/store/handoffs/returns.py": "reads kept cycles, or those derived as of another instant",
    "lib/store/keeping/connecting.py": "names the files a database may reach",
    "lib/store/keeping/copying.py": "copies one database into another, both by name",
    "lib/store/keeping/heads.py": "reads the chain of a database by name",
    "lib/store/keeping/restoring.py": "copies the rows of every table of another database",
    "lib/store/keeping/values.py": "reads every table",
    "lib/store/handoffs/routing.py": "reads kept cycles, or those derived as of another instant",
    "lib/store/leads/duplicates.py": "gives the rows of several tables to another lead",
    "lib/store/leads/history.py": "reads the fields that are asked for",
    "lib/store/sla/responses.py": "reads kept cycles, or those derived as of another instant",
}
"""The modules that fill slots, and why that cannot be a parameter. One more is a decision: add it with its reason."""


@cache
def module(path: Path) -> Asked:
    return Asked(name_of(path), parsed(path))


def written(code: str) -> Asked:
    return Asked("lib/store/here.py", ast.parse(code))


# The rule, kept.


@pytest.mark.parametrize("path", [path for path in STORE if name_of(path) not in MAKERS], ids=name_of)
def test_a_query_is_a_file_a_short_literal_or_composed_in_the_one_way(path: Path) -> None:
    assert list(module(path).faults()) == []


def test_what_cannot_be_a_parameter_is_filled_in_only_where_tables_are_handled_by_name() -> None:
    fill = {name_of(path) for path in STORE if module(path).fills_slots()} - MAKERS

    assert fill == COMPOSING.keys()


def test_no_query_stands_in_two_places() -> None:
    places = defaultdict(list)
    for path in STORE:
        for text, place in module(path).literals():
            # Neither a piece like `lower({text})` nor `drop table batch` is a rule that could stand in two places.
            if SQL_STATEMENT.search(text):
                places[text].append(place)

    assert {text: where for text, where in places.items() if len(where) > 1} == {}


def test_every_query_file_is_asked() -> None:
    texts = {node.value for path in STORE for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant)}
    files = {query.relative_to(ROOT / "lib/store") for query in (ROOT / "lib/store").rglob("sql/*.sql")}

    assert {(file.parents[1] / file.stem).as_posix() for file in files} - texts == set()


@pytest.mark.parametrize("path", ELSEWHERE, ids=name_of)
def test_outside_the_store_no_string_is_sql_and_nobody_asks_duckdb(path: Path) -> None:
    assert list(asked_outside(name_of(path), parsed(path))) == []


# What breaks it is seen.


@pytest.mark.parametrize(
    "code",
    [
        'cursor.execute(f"delete from {table}")',
        'cursor.execute("delete from " + table)',
        'cursor.execute("delete from %s" % table)',
        'cursor.execute("delete from {}".format(table))',
        'cursor.execute(" ".join(["delete from", table]))',
        'cursor.execute(statement("leads/merges") + " limit 1")',
        'cursor.execute(query=f"delete from {table}")',
        'cursor.executemany(f"insert into {table} values (?)", rows)',
        'cursor.sql(f"from {table}")',
        "cursor.execute(text)",
        "cursor.execute(self.query)",
        "cursor.execute(queries[0])",
        'cursor.execute(sql("from lead") if known else f"from {table}")',
        'cursor.execute(Path("a.sql").read_text())',
        "run = cursor.execute",
    ],
)
def test_a_query_put_together_where_it_is_asked_is_seen(code: str) -> None:
    (fault, *_) = written(code).faults()

    assert fault.startswith("lib/store/here.py:1: ")


@pytest.mark.parametrize(
    "body",
    [
        'query = f"from {table}"\n    cursor.execute(query)',
        'query = "from lead"\n    query = query + table\n    cursor.execute(query)',
        'query = "from lead"\n    query += table\n    cursor.execute(query)',
        'for query in ("from lead", table):\n        cursor.execute(query)',
        "cursor.execute(table)",
        "cursor.execute(made(table))",
    ],
)
def test_a_query_put_together_before_is_seen(body: str) -> None:
    code = f"def made(table: str) -> str:\n    return table\ndef asked(cursor, table: str) -> None:\n    {body}\n"

    assert [fault for fault in written(code).faults() if "is put together here" in fault]


@pytest.mark.parametrize(
    "code",
    [
        'sql(f"delete from {table}")',
        'sql("delete from " + table)',
        "sql(text)",
        'sql("delete from {table}", table=f"{table}")',
        'sql("delete from {table}", table="lead")',
        'sql("delete from {table}", table=str(table))',
        'sql("delete from {table}", table=", ".join(tables))',
        'statement("exchange/new_rows", values=", ".join(values))',
        'sql("delete from {table}", **parts)',
        "Sql(text)",
        "cast(Sql, text)",
    ],
)
def test_a_text_of_no_known_origin_in_a_query_is_seen(code: str) -> None:
    assert list(written(code).faults())


@pytest.mark.parametrize(
    "code",
    [
        f'cursor.execute("select lead_id from lead where lead_id in ({"?, " * 20}?)")',
        'cursor.execute("""\n select lead_id\n from lead\n""")',
        'cursor.execute("select lead_id "\n "from lead")',
        f'sql("select {{columns}} from lead where lead_id in ({"?, " * 20}?)", columns=columns)',
    ],
)
def test_a_long_query_in_python_is_seen(code: str) -> None:
    (fault,) = written(code).faults()

    assert fault.endswith(A_FILE)


@pytest.mark.parametrize(
    "code",
    [
        'QUERY = "select lead_id from lead where owner = 1"',
        'asked = f"drop table {table}"',
        'f("update lead set a = 1")',
    ],
)
def test_sql_put_aside_is_seen(code: str) -> None:
    (fault,) = written(code).faults()

    assert "in a string that nobody looks at" in fault


@pytest.mark.parametrize(
    "code",
    [
        'cursor.execute("select lead_id from lead where lead_id = $lead_id", given)',
        'cursor.execute(statement("leads/merges"))',
        'cursor.execute(statement("exchange/new_rows", values=listed(values)))',
        'cursor.execute(sql("delete from {table}", table=named(table.name)))',
        'cursor.sql(sql("from {a}", a=a) if a else sql("from lead"))',
        "def asked(cursor, query: Sql) -> None:\n    cursor.execute(query)",
        'def asked(cursor) -> None:\n    query = sql("from {a}", a=named("b"))\n    cursor.execute(query)',
        'def made() -> Sql:\n    """Deletes from lead where it can."""\ndef asked(cursor):\n    cursor.execute(made())',
    ],
)
def test_what_the_rule_allows_is_left_alone(code: str) -> None:
    assert list(written(code).faults()) == []


@pytest.mark.parametrize(
    "code",
    [
        'QUERY = "select lead_id from lead"',
        'cursor.execute("vacuum")',
        "from lib.store.composing import sql",
        "from lib.store import composing",
        "import lib.store.statements",
    ],
)
def test_asking_the_database_outside_the_store_is_seen(code: str) -> None:
    (fault,) = asked_outside("lib/app/here.py", ast.parse(code))

    assert fault.startswith("lib/app/here.py:1: ")
