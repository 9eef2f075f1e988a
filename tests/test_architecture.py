"""The layout keeps itself: who may import whom, what a page may hold, how every file begins."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# In one case throughout, as SQL is written: "Select a lead from the list" is English.
SQL_STATEMENT = re.compile(
    r"""\b(
        (select|SELECT) \s .* \s (from|FROM) \s
        | (insert|INSERT) \s+ (into|INTO) \s
        | (update|UPDATE) \s+ \w+ \s+ (set|SET) \s
        | (delete|DELETE) \s+ (from|FROM) \s
        | (create|CREATE) \s+ (table|TABLE|view|VIEW) \s
        | (with|WITH) \s+ \w+ \s+ (as|AS) \s* \(
    )""",
    re.DOTALL | re.VERBOSE,
)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
DATA_FRAME_SURGERY = {
    "agg", "astype", "cumsum", "dropna", "fillna", "groupby", "iloc", "itertuples", "loc", "mean", "median", "melt",
    "pivot", "pivot_table", "resample", "rolling", "sort_values", "sum", "value_counts",
}  # fmt: skip
NOT_FOR_PAGES = {"duckdb", "numpy", "pandas", "plotly", "pyarrow", "numba"}
A_HOME = re.compile(r"/(?:home|Users)/[a-z][\w.-]*/|/root/|[A-Z]:\\+Users\\+")


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository, those not yet committed included, those that are ignored not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path in tracked()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(module: ast.Module) -> Iterator[str]:
    """The first part of every imported module's name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def sql_in(module: ast.Module) -> list[str]:
    texts = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [text for text in texts if SQL_STATEMENT.search(text)]


def arithmetic_in(module: ast.Module) -> list[str]:
    """Calculations and changes to data frames; joining literal texts is neither."""
    found = [
        ast.unparse(node)
        for node in ast.walk(module)
        if (isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC) and not _joins_text(node))
        or (isinstance(node, ast.AugAssign) and isinstance(node.op, ARITHMETIC))
    ]
    surgery = [
        ast.unparse(node)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in DATA_FRAME_SURGERY
    ]
    return found + surgery


def _joins_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


PAGES = python_files("pages")


def test_the_pages_are_seen() -> None:
    assert len(PAGES) == len([path for path in (ROOT / "pages").rglob("*.py") if "__pycache__" not in path.parts]) > 0


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_holds_no_sql(page: Path) -> None:
    assert sql_in(parsed(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_calculates_nothing_and_changes_no_data_frame(page: Path) -> None:
    assert arithmetic_in(parsed(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_imports_no_tool_for_data(page: Path) -> None:
    assert not NOT_FOR_PAGES.intersection(imported(parsed(page)))


@pytest.mark.parametrize(
    "text",
    ["select lead_id from lead ", "SELECT *\nFROM lead\n", "insert into lead values (1)", "with cohort as (select 1)"],
)
def test_sql_in_a_page_would_be_seen(text: str) -> None:
    assert sql_in(ast.parse(f"rows = run({text!r})")) == [text]


@pytest.mark.parametrize("text", ["Select a lead from the list", "Create a draft", "Update the draft, set a goal"])
def test_english_is_not_taken_for_sql(text: str) -> None:
    assert sql_in(ast.parse(f"st.caption({text!r})")) == []


@pytest.mark.parametrize("line", ["rate = won / lost", "n += 1", "leads['score'].mean()", "frame.groupby('week')"])
def test_a_calculation_in_a_page_would_be_seen(line: str) -> None:
    assert arithmetic_in(ast.parse(line))


@pytest.mark.parametrize("line", ["st.title('a' + name)", "low, high = window", "column: int | None = None"])
def test_what_is_no_calculation_is_left_alone(line: str) -> None:
    assert arithmetic_in(ast.parse(line)) == []


MODULES = [*python_files("lib", "pages", "bench"), *(path for path in [ROOT / "app.py"] if path.exists())]


def test_the_modules_are_seen() -> None:
    seen = {name_of(module).split("/")[0] for module in MODULES}

    assert seen >= {name for name in ("lib", "pages", "bench") if any((ROOT / name).rglob("*.py"))}
    assert "lib" in seen


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_begins_with_what_it_is_for(module: Path) -> None:
    first_line = module.read_text(encoding="utf-8").split("\n", 1)[0]

    assert first_line.startswith('"""')
    assert len(first_line.strip('". ')) > 10


SQL_FILES = [path for path in tracked() if path.suffix == ".sql"]


A_CSV_WRITER = {"writer", "DictWriter", "to_csv", "write_csv"}
WRITES_CSV = {"lib/core/exchange/spreadsheet.py", "lib/ui/frame/csv_file.py"}


def csv_written(module: ast.Module) -> list[str]:
    """Calls of what writes CSV files by itself: `csv.writer(…)`, `frame.to_csv(…)`, not `write_csv(…)` of ours."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [ast.unparse(call) for call in calls if getattr(call.func, "attr", None) in A_CSV_WRITER]


@pytest.mark.parametrize("module", python_files("lib", "pages"), ids=name_of)
def test_csv_files_are_written_where_no_text_in_them_stays_a_formula(module: Path) -> None:
    assert bool(csv_written(parsed(module))) == (name_of(module) in WRITES_CSV)


def test_the_sql_files_are_seen() -> None:
    assert len(SQL_FILES) == sum(len(list((ROOT / room).rglob("*.sql"))) for room in ("lib", "tests")) > 0


@pytest.mark.parametrize("query", SQL_FILES, ids=name_of)
def test_a_query_begins_with_its_grain(query: Path) -> None:
    assert re.match(r"-- \S.{10,}\n", query.read_text(encoding="utf-8"))


def test_nothing_is_called_utils() -> None:
    shapeless = {"util", "utils", "helper", "helpers", "misc", "common"}

    named = [name for name in map(name_of, tracked()) if shapeless.intersection(re.split(r"[/.]", name))]

    assert named == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    named = [
        f"{name_of(path)}: {found.group()}"
        for path in tracked()
        if path != Path(__file__) and (found := A_HOME.search(path.read_bytes().decode("utf-8", "ignore")))
    ]

    assert named == []


def test_the_makefile_and_the_automatic_run_agree_on_what_is_checked() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    called = re.findall(r"^make (.+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(targets) == {"help", "setup", "run", "test", "check", "bench", "prove", "lock"}
    # With no marks chosen the slow tests run too.
    assert called == ["check", "test MARKS="]


def test_imports_go_one_way() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    kept = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert kept.returncode == 0, kept.stdout + kept.stderr
