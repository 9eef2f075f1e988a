"""The command that says how the promises to answer were kept: sla."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option, window_options


def add_commands(commands: Commands) -> None:
    promising = commands.add("sla", sla)
    window_options(promising)
    promising.add_argument("--group", choices=("owner", "team", "channel"))
    promising.add_argument("--json", action="store_true")
    as_of_option(promising)


def sla(chosen: argparse.Namespace) -> None:
    """How the promises to answer were kept for what was handed over in a window, and who still waits."""
    from lib.core.sla.attainment import Group
    from lib.core.sla.clocks import fields_asked
    from lib.core.sla.report import report
    from lib.store.handoffs.handoffs import load_handoffs
    from lib.store.leads.history import load_fields
    from lib.store.sla.responses import load_reps

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        handoffs = load_handoffs(database, as_of)
        leads = load_fields(database, fields_asked(config.policy))
        reps = load_reps(database)
    group = Group(chosen.group) if chosen.group else None
    reported = report(handoffs, leads, reps, config.policy, context.window(chosen, config, as_of), group)
    if chosen.json:
        output.print_json(chosen, reported.as_json())
    else:
        output.say(chosen, reported.as_text())
