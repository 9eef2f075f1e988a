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
    from lib.core.sla.attainment import SlaGroup
    from lib.core.sla.report import report

    config = context.config(chosen)
    sales = context.sales(chosen, config)
    group = SlaGroup(chosen.group) if chosen.group else None
    window = context.window(chosen, config, sales.as_of)
    reported = report(sales.handoffs, sales.history, sales.reps, sales.policy, window, group)
    if chosen.json:
        output.print_json(chosen, reported.as_json())
    else:
        output.say(chosen, reported.as_text())
