"""Commands that say whether the data is sound, and mend who is who: quality, duplicates, merge-leads, part-leads."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
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


def quality(chosen: argparse.Namespace) -> None:
    """How new the data is, what of it cannot be right, what the definition relies on and is unknown, missing days."""
    from lib.app import soundness

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        deployment = context.deployment(chosen, config, database)
        stored, snapshot = deployment.stored(), deployment.snapshot()
        as_of = snapshot.as_of
        fresh, found = soundness.freshness(stored), soundness.findings(stored, as_of)
        fields = soundness.fields(snapshot)
        days = soundness.days(stored, as_of, snapshot.zone)
        missing = {table: of.missing.gaps for table, of in days.items()}
        # The table itself, and kinds of it (None: all of them).
        ended = [
            (table, kind, one)
            for table, of in days.items()
            for kind, one in ({None: of.missing.ended} | dict(of.ended_kinds)).items()
            if one is not None
        ]
    if chosen.json:
        output.print_json(
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
                "ended": [
                    {"table": table, "kind": kind, "last": one.last.isoformat(), "days": one.days}
                    for table, kind, one in ended
                ],
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
    lines += [
        f"no {f'{kind} of ' if kind else ''}{table} since {one.last}, {one.days} {'day' if one.days == 1 else 'days'}"
        for table, kind, one in ended
    ]
    output.say(chosen, "\n".join([*lines, f"as of {clock.instant_text(as_of)}"]))


def duplicates(chosen: argparse.Namespace) -> None:
    """Pairs of leads that may be one person, by e-mail, then by name and company; and the merges that stand."""
    from lib.store.leads.duplicates import find_duplicates, merges

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        found, standing = find_duplicates(database, output.progress(chosen)), merges(database)
    if chosen.json:
        output.print_json(
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
    output.say(chosen, "\n".join([*lines, f"{len(found.pairs):,} pairs"]))


def merge_leads(chosen: argparse.Namespace) -> None:
    """Make one lead part of another: what both did counts for the one kept, until they are parted."""
    from lib.store.leads.duplicates import merge_leads as merged

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        merged(database, chosen.kept, chosen.gone, context.now(), context.grant(chosen, chosen.by))
    output.say(chosen, f"{chosen.gone} is part of {chosen.kept} now; `part-leads {chosen.gone}` takes it back.")


def part_leads(chosen: argparse.Namespace) -> None:
    """Part a lead from the one it was merged into: each has its own again."""
    from lib.store.leads.duplicates import unmerge_leads

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        merge = unmerge_leads(database, chosen.gone, context.now(), context.grant(chosen, chosen.by))
    output.say(chosen, f"{merge.gone} is no part of {merge.kept} any more.")
