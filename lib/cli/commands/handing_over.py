"""The command that hands over whom the agreement says: route."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.config.definition import read_definition
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    routing = commands.add("route", route_)
    routing.add_argument("--dry-run", action="store_true", help="list who would be handed over, change nothing")
    as_of_option(routing)


def route_(chosen: argparse.Namespace) -> None:
    """Hand over every lead that qualifies now under the agreed definition and has no open hand-off; twice is once."""
    from lib.core.handoffs.answers import Fate
    from lib.core.replay.hits import HitIndex
    from lib.store.agreement.in_force import agreed_text
    from lib.store.handoffs.routing import route
    from lib.store.leads.history import load_history

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        agreed = agreed_text(database, as_of)
        handed_over = route(
            database,
            HitIndex(load_history(database)),
            read_definition(agreed.text, f"agreed version {agreed.number}"),
            agreed.number,
            as_of,
            in_force_since=agreed.agreed_since,
            disqualifying=[reason.code for reason in config.answers.reasons if reason.fate is Fate.DISQUALIFY],
            dry_run=chosen.dry_run,
        )
    if chosen.dry_run:
        for one in handed_over:
            qualified = clock.instant_text(one.qualified_at)
            why = "below the line, to learn: reached" if one.below_line else "qualified"
            points = f"{one.score} on {qualified}" if one.below_line else f"{qualified} with {one.score}"
            output.say(chosen, f"{one.lead_id}  {why} {points}  {one.owner or 'nobody to answer it'}")
    leads = "1 lead" if len(handed_over) == 1 else f"{len(handed_over):,} leads"
    verb = "would be handed over" if chosen.dry_run else "handed over"
    drawn = sum(one.below_line for one in handed_over)
    learning = f", {drawn:,} of them below the line, to learn" if drawn else ""
    output.say(chosen, f"{leads} {verb} as of {clock.instant_text(as_of)} under version {agreed.number}{learning}")
