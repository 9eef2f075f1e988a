"""The examples of docs/sources give what stands below them."""

from itertools import pairwise
from pathlib import Path

import pytest

from lib.config.sources import read_source
from lib.store.database import open_database
from lib.store.exchange.imports import import_files
from tests.docs.documents import ROOT, blocks, table
from tests.grants import BY_TEST
from tests.store.conftest import FIRST_DEFINITION, MADRID, NOW

HEADING = "## "
TABLES = {"handoff_id": "handoff", "lead_id": "lead", "field": "lead_change"}
"""The table that a result is of, by its first heading."""


def examples() -> list[tuple[str, list[str], str, str]]:
    """Each section with an export: its place, its exports, its mapping, and what stands in it."""
    found = []
    for path in sorted((ROOT / "docs" / "sources").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        starts = [0, *(at for at in range(len(text)) if text.startswith(f"\n{HEADING}", at)), len(text)]
        for start, end in pairwise(starts):
            exports = [block.text for block in blocks(path, "csv") if start <= block.at < end]
            mappings = [block.text for block in blocks(path, "yaml") if start <= block.at < end]
            if exports:
                title = text[start:end].strip().splitlines()[0].strip("# ")
                found.append((f"{path.name}: {title}", exports, mappings[-1], text[start:end]))
    return found


EXAMPLES = examples()


@pytest.mark.parametrize(
    ("exports", "mapping", "text"), [rest for _, *rest in EXAMPLES], ids=[place for place, *_ in EXAMPLES]
)
def test_an_example_gives_what_stands_below_it(tmp_path: Path, exports: list[str], mapping: str, text: str) -> None:
    heading = next(one for one in TABLES if f"\n| {one} |" in text)
    line = next(line for line in text.splitlines() if line.startswith(f"| {heading} |"))
    columns = [cell.strip() for cell in line.strip("|").split("|")]

    db = open_database(tmp_path / "h.duckdb", first_definition=FIRST_DEFINITION, clock=NOW)
    for number, export in enumerate(exports, start=1):
        path = tmp_path / f"export{number}.csv"
        path.write_text(export, encoding="utf-8")
        result = import_files(db, [path], source=read_source(mapping, "crm.yaml"), zone=MADRID, now=NOW, by=BY_TEST)
        assert result.rejected == 0

    asked = ", ".join(f"coalesce({column}::varchar, '')" for column in columns)
    with db.read() as cursor:
        found = cursor.execute(f"select {asked} from {TABLES[heading]} order by {columns[0]}").fetchall()
    db.close()
    assert [[_plain(text) for text in row] for row in found] == table(text, heading)


def _plain(text: str) -> str:
    """A number without the zeros after its fraction."""
    return text.rstrip("0").rstrip(".") if text.replace(".", "").isdigit() and "." in text else text


def test_every_page_has_an_example() -> None:
    pages = {path.name for path in (ROOT / "docs" / "sources").glob("*.md")}

    assert {place.split(":")[0] for place, *_ in EXAMPLES} == pages == {
        "agreement.md", "histories.md", "implied.md", "kinds.md", "shapes.md",
    }  # fmt: skip
    assert len(EXAMPLES) >= 7
