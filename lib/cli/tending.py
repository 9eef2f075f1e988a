"""Commands that look after the data: imports, undo-import, quality, duplicates, merge-leads, part-leads."""

import argparse
from datetime import timedelta
from zoneinfo import ZoneInfo

from lib.cli import asking, writing
from lib.cli.parsing import Commands, as_of_option
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    listing = commands.add("imports", imports)
    listing.add_argument("--json", action="store_true")

    undoing = commands.add("undo-import", undo_import)
    undoing.add_argument("--json", action="store_true")

    judging = commands.add("quality", quality)
    judging.add_argument("--json", action="store_true")
    as_of_option(judging)

    finding = commands.add("duplicates", duplicates)
    finding.add_argument("--json", action="store_true")

    merging = commands.add("merge-leads", merge_leads)
    merging.add_argument("kept", metavar="KEPT", help="the lead whose fields stand")
    merging.add_argument("gone", metavar="GONE", help="the lead that becomes part of it")
    merging.add_argument("--by", required=True, metavar="NAME", help="who says that they are one person")

    parting = commands.add("part-leads", part_leads)
    parting.add_argument("gone", metavar="GONE", help="the lead that is to be one of its own again")
    parting.add_argument("--by", required=True, metavar="NAME", help="who says that they are not")


def imports(chosen: argparse.Namespace) -> None:
    """The newest imports, what each brought, and which of them can be taken back."""
    from lib.store.exchange.runs import import_runs

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        runs = import_runs(database)
    if chosen.json:
        writing.print_json(chosen, {"imports": [run.as_json() for run in runs]})
    else:
        writing.say(chosen, "\n".join(run.as_text() for run in runs) or "Nothing has been imported yet.")


def undo_import(chosen: argparse.Namespace) -> None:
    """Take the last import back: the data is exactly as before it, unless something written since rests on it."""
    from lib.store.exchange.undoing import undo_last_import

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        undone = undo_last_import(database, asking.now())
    if chosen.json:
        writing.print_json(chosen, undone.as_json())
    else:
        writing.say(chosen, undone.as_text())


def quality(chosen: argparse.Namespace) -> None:
    """How new the data is, what of it cannot be right, what the definition relies on and is unknown, missing days."""
    from lib.core.exchange.soundness import fields_known, gaps
    from lib.store.exchange.soundness import freshness, rows_by_day, suspicious_counts
    from lib.store.leads.history import load_history

    config = asking.config(chosen)
    zone = ZoneInfo(config.policy.time_zone)
    with asking.database(chosen, config) as database:
        as_of = asking.as_of(chosen, config, database)
        fresh = freshness(database)
        found = suspicious_counts(database, as_of)
        fields = fields_known(load_history(database), asking.agreed(database, as_of), as_of)
        today = clock.day_of(as_of, zone)
        start = clock.day_start(today - timedelta(weeks=clock.WINDOW_WEEKS), zone)
        days = rows_by_day(database, start, clock.day_start(today, zone), zone)
    missing = {table: gaps(first, rows) for table, (first, rows) in days.items()}
    if chosen.json:
        writing.print_json(
            chosen,
            {
                "as_of": clock.instant_text(as_of),
                "freshness": [
                    {
                        "table": one.table,
                        "origin": one.origin,
                        "rows": one.rows,
                        "newest": clock.instant_text(one.newest),
                        "imported_at": None if one.imported_at is None else clock.instant_text(one.imported_at),
                    }
                    for one in fresh
                ],
                "findings": {finding.value: rows for finding, rows in found.items()},
                "fields": [
                    {"field": one.field, "leads": one.leads, "unknown": one.unknown, "required": one.required}
                    for one in fields
                ],
                "gaps": {
                    table: [{"first": gap.first.isoformat(), "last": gap.last.isoformat()} for gap in of_table]
                    for table, of_table in missing.items()
                },
            },
        )
        return
    lines = [
        f"{one.table} of {one.origin or 'no import'}: {one.rows:,} rows, newest {clock.instant_text(one.newest)}"
        for one in fresh
    ]
    lines += [f"{finding.value}: {rows:,} rows" for finding, rows in found.items()]
    lines += [f"{one.field} is unknown of {one.unknown:,} of {one.leads:,} leads" for one in fields if one.unknown]
    lines += [f"no {table} from {gap.first} to {gap.last}" for table, of_table in missing.items() for gap in of_table]
    writing.say(chosen, "\n".join([*lines, f"as of {clock.instant_text(as_of)}"]))


def duplicates(chosen: argparse.Namespace) -> None:
    """Pairs of leads that may be one person, by e-mail, then by name and company; and the merges that stand."""
    from lib.store.leads.duplicates import find_duplicates, merges

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        found, standing = find_duplicates(database, writing.progress(chosen)), merges(database)
    if chosen.json:
        writing.print_json(
            chosen,
            {
                "pairs": [
                    {"first": one.first, "second": one.second, "likeness": one.likeness, "why": one.why}
                    for one in found.pairs
                ],
                "not_compared": found.not_compared,
                "merges": [
                    {"kept": one.kept, "gone": one.gone, "merged_at": clock.instant_text(one.at), "by": one.who}
                    for one in standing
                ],
            },
        )
        return
    lines = [f"{one.first} and {one.second}: {one.why}" for one in found.pairs]
    lines += [f"{one.gone} is part of {one.kept} since {clock.instant_text(one.at)}, by {one.who}" for one in standing]
    if found.not_compared:
        lines.append(f"not compared by name, in too large a crowd of one company: {found.not_compared:,} leads")
    writing.say(chosen, "\n".join([*lines, f"{len(found.pairs):,} pairs"]))


def merge_leads(chosen: argparse.Namespace) -> None:
    """Make one lead part of another: what both did counts for the one kept, until they are parted."""
    from lib.store.leads.duplicates import merge_leads as merged

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        merged(database, chosen.kept, chosen.gone, asking.now(), chosen.by)
    writing.say(chosen, f"{chosen.gone} is part of {chosen.kept} now; `part-leads {chosen.gone}` takes it back.")


def part_leads(chosen: argparse.Namespace) -> None:
    """Part a lead from the one it was merged into: each has its own again."""
    from lib.store.leads.duplicates import unmerge_leads

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        merge = unmerge_leads(database, chosen.gone, asking.now(), chosen.by)
    writing.say(chosen, f"{merge.gone} is no part of {merge.kept} any more.")
