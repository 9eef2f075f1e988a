"""Ten million activities from CSV, beside DuckDB's own `create table as select … read_csv` of the same file."""

import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb

from bench.tools.invented import END, ROOT, ZONE, database_of
from bench.tools.measured import Measured, Row, timed
from lib.app.access.granting import claimed
from lib.config.folder import read_folder
from lib.store.database import opened
from lib.store.exchange.imports import import_files

LEADS = 1_000_000
ACTIVITIES = 10_000_000


def run(leads: int = LEADS, activities: int = ACTIVITIES) -> Measured:
    """Seconds of both in one run; the leads are there already, as an activity of a lead nobody knows waits."""
    config = read_folder(ROOT / "config")
    with TemporaryDirectory() as folder, database_of(leads, activities) as invented:
        leads_csv, activities_csv = Path(folder) / "leads.csv", Path(folder) / "activities.csv"
        with duckdb.connect(str(invented), read_only=True) as source:
            source.execute(f"copy (from lead) to '{leads_csv}' (header)")
            source.execute(f"copy (from activity) to '{activities_csv}' (header)")
        with duckdb.connect(str(Path(folder) / "plain.duckdb")) as plain:
            read = f"create table activity as select * from read_csv('{activities_csv}')"
            plain_ms, _ = timed(lambda: plain.execute(read).fetchall())
        mine = Path(folder) / "mine.duckdb"
        with opened(mine, first_definition=config.definition_text, clock=END) as database:
            import_files(database, [leads_csv], kind="lead", zone=ZoneInfo(ZONE), now=END, by=claimed(name="bench"))
            took, result = timed(
                lambda: import_files(
                    database, [activities_csv], kind="activity", zone=ZoneInfo(ZONE), now=END, by=claimed(name="bench")
                )
            )
            again, _ = timed(
                lambda: import_files(
                    database, [activities_csv], kind="activity", zone=ZoneInfo(ZONE), now=END, by=claimed(name="bench")
                )
            )
    if result.tables["activity"].new != activities:
        raise AssertionError(f"{result.tables['activity']} of {activities:,} activities")
    times = took / plain_ms
    return Measured(
        (
            Row(f"{activities:,} activities, DuckDB: create table as select … read_csv", plain_ms / 1000, None, "s"),
            Row("import: keys unique, orphans and faults kept aside", took / 1000, None, "s"),
            Row("… against DuckDB's", times, 2.5, "times"),
            Row("import of the same file again", again / 1000, None, "s"),
            Row("memory at its highest", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 2048, "MB"),
        ),
        {
            "activities": activities,
            "import_s": round(took / 1000, 2),
            "duckdb_s": round(plain_ms / 1000, 2),
            "times": round(times, 2),
        },
    )
