"""The command that says what was handed over and what became of it: funnel."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option, window_options


def add_commands(commands: Commands) -> None:
    funnelling = commands.add("funnel", funnel_)
    window_options(funnelling)
    funnelling.add_argument(
        "--by", choices=("week", "month", "quarter", "year"), default="month", help="(default %(default)s)"
    )
    funnelling.add_argument("--group", choices=("channel", "source", "owner", "reason"))
    funnelling.add_argument("--json", action="store_true")
    as_of_option(funnelling)


def funnel_(chosen: argparse.Namespace) -> None:
    """What was handed over in a window, what sales made of it, and why the rest was refused."""
    from lib.core.funnel.report import report
    from lib.core.handoffs.choosing import Group
    from lib.core.time.periods import By

    config = context.config(chosen)
    sales = context.sales(chosen, config)
    group = Group(chosen.group) if chosen.group else None
    reported = report(sales.handoffs, context.window(chosen, config, sales.as_of), By(chosen.by), group)
    if chosen.json:
        output.print_json(chosen, reported.as_json())
    else:
        output.say(chosen, reported.as_text())
