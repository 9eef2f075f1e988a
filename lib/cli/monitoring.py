"""Commands that say what became of what was handed over: funnel, sla."""

import argparse

from lib.cli import asking, writing
from lib.cli.parsing import Commands, as_of_option, window_options


def add_commands(commands: Commands) -> None:
    funnelling = commands.add("funnel", funnel_)
    window_options(funnelling)
    funnelling.add_argument("--by", choices=("week", "month"), default="month", help="(default %(default)s)")
    funnelling.add_argument("--group", choices=("channel", "source", "owner", "reason"))
    funnelling.add_argument("--json", action="store_true")
    as_of_option(funnelling)

    promising = commands.add("sla", sla)
    window_options(promising)
    promising.add_argument("--group", choices=("owner", "team", "channel"))
    promising.add_argument("--json", action="store_true")
    as_of_option(promising)


def funnel_(chosen: argparse.Namespace) -> None:
    """What was handed over in a window, what sales made of it, and why the rest was refused."""
    from lib.core.funnel.report import report
    from lib.core.handoffs.choosing import Group
    from lib.core.time.periods import By
    from lib.store.sla.responses import load_handoffs_due

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        as_of = asking.as_of(chosen, config, database)
        handoffs = load_handoffs_due(database, as_of, config.policy)
    group = Group(chosen.group) if chosen.group else None
    reported = report(handoffs, asking.window(chosen, config, as_of), By(chosen.by), group)
    if chosen.json:
        writing.print_json(chosen, reported.as_json())
    else:
        writing.say(chosen, reported.as_text())


def sla(chosen: argparse.Namespace) -> None:
    """How the promises to answer were kept for what was handed over in a window, and who still waits."""
    from lib.core.sla.attainment import Group
    from lib.core.sla.clocks import fields_asked
    from lib.core.sla.report import report
    from lib.store.handoffs.handoffs import load_handoffs
    from lib.store.leads.history import load_fields
    from lib.store.sla.responses import load_reps

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        as_of = asking.as_of(chosen, config, database)
        handoffs = load_handoffs(database, as_of)
        leads = load_fields(database, fields_asked(config.policy))
        reps = load_reps(database)
    group = Group(chosen.group) if chosen.group else None
    reported = report(handoffs, leads, reps, config.policy, asking.window(chosen, config, as_of), group)
    if chosen.json:
        writing.print_json(chosen, reported.as_json())
    else:
        writing.say(chosen, reported.as_text())
