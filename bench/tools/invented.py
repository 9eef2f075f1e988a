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

from lib.config.folder import read_folder
from lib.core.time.clock import MICROSECONDS, parse_instant
from lib.sample.invention import invent
from lib.store.database import opened
from lib.store.exchange.appending import append_tables

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Madrid"
END = parse_instant("2026-11-23", ZoneInfo(ZONE))


@contextmanager
def database_of(leads: int, activities: int | None = None) -> Iterator[Path]:
    """The path of the database, gone after use. `activities` None: as many as `sample` invents, some 10.7 a lead.

    Made by another process, so that what inventing needs is not counted as memory of what is measured.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        wanted = [str(leads), "" if activities is None else str(activities), str(path)]
        subprocess.run([sys.executable, "-m", "bench.tools.invented", *wanted], cwd=ROOT, check=True)
        yield path


def make(leads: int, activities: int | None, path: Path) -> None:
    """Invents into a new database; activities beyond what was invented are the same people's visits, done again."""
    config = read_folder(ROOT / "config")
    tables = invent(leads, 1, END, config.definition, ZoneInfo(ZONE))
    if activities is not None:
        tables["activity"] = _so_many(tables["activity"], activities)
    with opened(path, first_definition=config.definition_text, clock=END) as database:
        append_tables(database, tables)


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


if __name__ == "__main__":
    make(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None, Path(sys.argv[3]))
