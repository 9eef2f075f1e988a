"""Commands that bring data in, list what came, and take it back."""

import argparse
from zoneinfo import ZoneInfo

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, date_format, instant, whole_number
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    importing = commands.add("import", import_)
    importing.add_argument("files", nargs="+", metavar="FILE")
    how = importing.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--as",
        dest="kind",
        choices=("lead", "lead_change", "activity", "handoff_event", "rep", "goal", "spend"),
        help="the files' columns are named as this table's",
    )
    how.add_argument("--source", metavar="NAME", help="a mapping under config/sources/")
    importing.add_argument(
        "--date-format",
        type=date_format,
        action="append",
        metavar="FORMAT",
        help="how dates are written, like %%d/%%m/%%Y, epoch, epoch_ms or serial; may be given several times",
    )
    importing.add_argument(
        "--decimal", choices=(",", "."), help="the sign before the fraction of a number; the other parts thousands"
    )
    importing.add_argument(
        "--dry-run", action="store_true", help="say what would happen, show the first rows of each file, change nothing"
    )
    importing.add_argument("--json", action="store_true")

    sampling = commands.add("sample", sample)
    sampling.add_argument(
        "--leads", type=whole_number(1), default=20_000, metavar="N", help="how many (default %(default)s)"
    )
    sampling.add_argument(
        "--seed", type=whole_number(0), default=1, metavar="S", help="which invention (default %(default)s)"
    )
    sampling.add_argument("--end", type=instant, metavar="T", help="nothing is later than this (default today, 00:00)")

    listing = commands.add("imports", imports)
    listing.add_argument("--json", action="store_true")

    undoing = commands.add("undo-import", undo_import)
    undoing.add_argument("--json", action="store_true")


def import_(chosen: argparse.Namespace) -> None:
    """Load CSV, Parquet or JSON lines: all or nothing, and repeatable."""
    from lib.store.exchange.imports import check_files, load
    from lib.store.exchange.previews import preview

    config = context.config(chosen)
    source = None if chosen.source is None else context.source(config, chosen.source)
    files, zone = [chosen.terminal.path(name) for name in chosen.files], ZoneInfo(config.policy.time_zone)
    formats = tuple(chosen.date_format or ())
    recognised = check_files(files, kind=chosen.kind, source=source, date_formats=formats, decimal=chosen.decimal)
    previewed = preview(recognised, zone, context.now()) if chosen.dry_run else ()
    with context.database(chosen, config, create=True) as database:
        outcome = load(
            database,
            recognised,
            chosen.kind or chosen.source,
            zone=zone,
            now=context.now(),
            by=context.grant(chosen, "import"),
            dry_run=chosen.dry_run,
            progress=output.progress(chosen),
        )
    if chosen.json:
        shown = {"preview": [one.as_json() for one in previewed]} if chosen.dry_run else {}
        output.print_json(chosen, outcome.as_json() | shown)
    else:
        output.say(chosen, "\n".join([*(one.as_text() for one in previewed), outcome.as_text()]))


def sample(chosen: argparse.Namespace) -> None:
    """Fill an empty database with invented data, the same for the same seed and end."""
    from lib.sample.invention import invent
    from lib.store.exchange.appending import append_tables

    config = context.config(chosen)
    zone = ZoneInfo(config.policy.time_zone)
    # Midnight, so that two runs of one day give the same data.
    end = chosen.end(zone) if chosen.end else clock.day_start(clock.day_of(context.now(), zone), zone)
    with context.database(chosen, config, create=True) as database:
        tables = invent(chosen.leads, chosen.seed, end, config.definition, zone)
        append_tables(database, tables, context.grant(chosen, "sample"))
    counts = ", ".join(f"{table.num_rows:,} {name}" for name, table in tables.items())
    output.say(chosen, f"{chosen.db}: {counts}")


def imports(chosen: argparse.Namespace) -> None:
    """The newest imports, what each brought, and which of them can be taken back."""
    from lib.store.exchange.runs import import_runs

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        runs = import_runs(database)
    if chosen.json:
        output.print_json(chosen, {"imports": [run.as_json() for run in runs]})
    else:
        output.say(chosen, "\n".join(run.as_text() for run in runs) or "Nothing has been imported yet.")


def undo_import(chosen: argparse.Namespace) -> None:
    """Take the last import back: the data is exactly as before it, unless something written since rests on it."""
    from lib.store.exchange.undoing import undo_last_import

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        undone = undo_last_import(database, context.now(), context.grant(chosen, "undo-import"))
    if chosen.json:
        output.print_json(chosen, undone.as_json())
    else:
        output.say(chosen, undone.as_text())
