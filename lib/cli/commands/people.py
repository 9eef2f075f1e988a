"""The command about a person behind leads: erase."""

import argparse
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands
from lib.core.agreement.versions import person_called
from lib.core.leads import erasing_in_words as in_words
from lib.core.leads.erasing import Copy, Erasure
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    erasing = commands.add("erase", erase_)
    erasing.add_argument("lead_id", metavar="LEAD_ID", help="any id of theirs")
    erasing.add_argument(
        "--as", dest="who", required=True, metavar="NAME", help="who you are, as people.yaml names you"
    )
    erasing.add_argument("--reason", required=True, metavar="TEXT", help="who asked for it, and by what right")
    erasing.add_argument("--dry-run", action="store_true", help="say what would go; change nothing")
    erasing.add_argument("--json", action="store_true")


def erase_(chosen: argparse.Namespace) -> None:
    """Remove a person and keep the counts: hand-offs and decisions stay under an id that leads nowhere. No way back."""
    from lib.app.people import erasing

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        deployment = context.deployment(chosen, config, database)
        if chosen.dry_run:
            done = erasing.rehearse(deployment, chosen.lead_id)
        else:
            by = context.grant(chosen, chosen.who, person_called(config.people, chosen.who))
            done = erasing.erase(deployment, chosen.lead_id, by, chosen.reason)
        copies = erasing.copies_left(deployment)
    if chosen.json:
        output.print_json(chosen, {"erased": not chosen.dry_run, **_as_json(done, copies)})
        return
    # Not under which: whoever reads this terminal later would know whose hand-offs they were.
    verb = "would be" if chosen.dry_run else "was"
    counted = in_words.counted_in_words(done)
    output.say(chosen, f"{chosen.lead_id} {verb} erased. Counted on, under an id that leads nowhere: {counted}.")
    zone = ZoneInfo(config.policy.time_zone)
    output.say(chosen, f"Gone: {in_words.gone_in_words(done)}.")
    for sentence in (
        *in_words.left_in_words(done),
        *in_words.copies_in_words(copies, lambda at: clock.day_of(at, zone)),
    ):
        output.say(chosen, sentence)


def _as_json(done: Erasure, copies: Sequence[Copy]) -> dict[str, object]:
    return {
        "written_anew": done.written_anew,
        "ids": done.ids,
        "hand_offs": done.hand_offs,
        "open_hand_offs": done.open_hand_offs,
        "events": done.events,
        "activities": done.activities,
        "changes": done.changes,
        "rejected_rows": done.rejected,
        "texts": done.texts,
        "audit_entries": done.entries,
        "still_named": list(done.still_named),
        "same_email": list(done.alike),
        "copies": [
            {"file": str(one.path), "until": None if one.goes_at is None else clock.instant_text(one.goes_at)}
            for one in copies
        ],
    }
