"""The command that hands over whom the agreement says: route."""

import argparse
from typing import TYPE_CHECKING

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.core.time import clock

if TYPE_CHECKING:
    from lib.core.handoffs.routing import HandedOver


def add_commands(commands: Commands) -> None:
    routing = commands.add("route", route_)
    routing.add_argument("--dry-run", action="store_true", help="list who would be handed over, change nothing")
    as_of_option(routing)


def route_(chosen: argparse.Namespace) -> None:
    """Hand over every lead that reached the threshold since the agreement in force began, and of the stock what its
    start plan releases; nobody whose hand-off is open; twice is once."""
    from lib.app.handing_over import BY_COMMAND, hand_over
    from lib.core.handoffs.stock import leads_in_words

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        deployment = context.deployment(chosen, config, database)
        run = hand_over(
            deployment,
            context.grant(chosen, BY_COMMAND),
            as_of=deployment.snapshot().as_of,
            dry_run=chosen.dry_run,
        )
    if run.switched_on is not None:
        output.say(chosen, run.begins_in_words(clock.instant_text(run.as_of), would=chosen.dry_run))
    if chosen.dry_run:
        for one in run.handed_over:
            output.say(chosen, f"{one.lead_id}  {_why(one)}  {one.owner or 'nobody to answer it'}")
    verb = "would be handed over" if chosen.dry_run else "handed over"
    of_them = run.ways_in_words
    said = f"{leads_in_words(len(run.handed_over))} {verb} as of {clock.instant_text(run.as_of)}"
    output.say(chosen, f"{said} under version {run.version}{f': {of_them}' if of_them else ''}")


def _why(one: "HandedOver") -> str:
    on = clock.instant_text(one.qualified_at)
    if one.below_line:
        return f"below the line, to learn: reached {one.score} on {on}"
    name = {"first": "qualified", "stock": "of the stock: qualified"}.get(one.way, f"{one.way}: qualified")
    return f"{name} {on}, now with {one.score}" if one.way == "stock" else f"{name} {on} with {one.score}"
