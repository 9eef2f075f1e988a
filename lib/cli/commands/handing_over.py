"""The command that hands over whom the agreement says: route."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    routing = commands.add("route", route_)
    routing.add_argument("--dry-run", action="store_true", help="list who would be handed over, change nothing")
    as_of_option(routing)


def route_(chosen: argparse.Namespace) -> None:
    """Hand over every lead that qualifies now under the agreed definition and has no open hand-off; twice is once."""
    from lib.app.handing_over import hand_over

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        deployment = context.deployment(chosen, config, database)
        run = hand_over(deployment, as_of=deployment.snapshot().as_of, dry_run=chosen.dry_run)
    handed_over, as_of = run.handed_over, run.as_of
    if chosen.dry_run:
        for one in handed_over:
            qualified = clock.instant_text(one.qualified_at)
            why = "below the line, to learn: reached" if one.below_line else "qualified"
            points = f"{one.score} on {qualified}" if one.below_line else f"{qualified} with {one.score}"
            output.say(chosen, f"{one.lead_id}  {why} {points}  {one.owner or 'nobody to answer it'}")
    leads = "1 lead" if len(handed_over) == 1 else f"{len(handed_over):,} leads"
    verb = "would be handed over" if chosen.dry_run else "handed over"
    drawn = run.below_line
    learning = f", {drawn:,} of them below the line, to learn" if drawn else ""
    output.say(chosen, f"{leads} {verb} as of {clock.instant_text(as_of)} under version {run.version}{learning}")
