"""A database of so many invented leads and activities, made by the `sample` command in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from lib.app.access.granting import claimed
from lib.config.folder import read_folder
from lib.core.time.clock import MICROSECONDS, parse_instant
from lib.sample.invention import invent
from lib.store.database import opened
from lib.store.exchange.appending import append_tables

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Madrid"
END = parse_instant("2026-11-23", ZoneInfo(ZONE))


@contextmanager
def database_of(leads: int, activities: int | None = None, changes: int | None = None) -> Iterator[Path]:
    """The path of the database, gone after use. `activities` None: as many as `sample` invents, some 10.7 a lead;
    `changes` None: likewise, some 0.13 a lead.

    Made by another process, so that what inventing needs is not counted as memory of what is measured.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        wanted = [str(leads), *("" if many is None else str(many) for many in (activities, changes)), str(path)]
        subprocess.run([sys.executable, "-m", "bench.tools.invented", *wanted], cwd=ROOT, check=True)
        yield path


def make(leads: int, activities: int | None, changes: int | None, path: Path) -> None:
    """Invents into a new database; activities beyond what was invented are the same people's visits, done again, and
    changes beyond it are what others are called.
    """
    config = read_folder(ROOT / "config")
    tables = invent(leads, 1, END, config.definition, ZoneInfo(ZONE))
    if activities is not None:
        tables["activity"] = _so_many(tables["activity"], activities)
    if changes is not None:
        tables["lead_change"] = _so_many_changes(tables["lead_change"], tables["lead"], changes)
    with opened(path, first_definition=config.definition_text, clock=END) as database:
        append_tables(database, tables, by=claimed(name="bench"))


def _so_many(table: pa.Table, wanted: int) -> pa.Table:
    rng = np.random.default_rng(1)
    there = table.num_rows
    if wanted <= there:
        return table.take(np.sort(rng.choice(there, wanted, replace=False)))
    again = table.take(rng.integers(0, there, wanted - there))
    later = again["occurred_at"].cast(pa.int64()).to_numpy() + rng.integers(1, 3600, len(again)) * MICROSECONDS
    columns = {
        "activity_id": pa.array([f"again-{number:09}" for number in range(len(again))], pa.string()),
        "occurred_at": pa.array(np.minimum(later, END)).cast(table.schema.field("occurred_at").type),
    }
    for name, column in columns.items():
        again = again.set_column(again.column_names.index(name), name, column)
    return pa.concat_tables([table, again.cast(table.schema)])


def _so_many_changes(table: pa.Table, leads: pa.Table, wanted: int) -> pa.Table:
    rng = np.random.default_rng(2)
    there = table.num_rows
    if wanted <= there:
        return table.slice(0, wanted)
    count = wanted - there
    field = rng.choice(np.array(["title", "employees", "company", "email"]), count, p=[0.5, 0.3, 0.1, 0.1])
    whose, others = rng.integers(0, leads.num_rows, count), rng.integers(0, leads.num_rows, (2, count))
    created = leads["created_at"].cast(pa.int64()).to_numpy()[whose]
    at = created + (rng.random(count) * (END - created)).astype(np.int64)
    parts = []
    for name in ("title", "employees", "company", "email"):
        rows = np.flatnonzero(field == name)
        texts = leads[name].combine_chunks().cast(pa.string())
        parts.append(
            pa.table(
                {
                    "lead_id": leads["lead_id"].combine_chunks().take(pa.array(whose[rows])),
                    "field": pa.array([name] * len(rows), pa.string()),
                    "old_value": texts.take(pa.array(others[0][rows])),
                    "value": texts.take(pa.array(others[1][rows])),
                    "changed_at": pa.array(at[rows]).cast(pa.timestamp("us")),
                    "dated_by": pa.array(["source"] * len(rows), pa.string()),
                }
            )
        )
    return pa.concat_tables([table.cast(parts[0].schema), *parts])


if __name__ == "__main__":
    of_activities, of_changes = (int(text) if text else None for text in sys.argv[2:4])
    make(int(sys.argv[1]), of_activities, of_changes, Path(sys.argv[4]))
