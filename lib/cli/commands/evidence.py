"""The command that says what sales' decisions so far support: evidence."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, window_options


def add_commands(commands: Commands) -> None:
    telling = commands.add("evidence", evidence)
    telling.add_argument("--definition", metavar="FILE", help="default the agreed one")
    window_options(telling)
    telling.add_argument("--json", action="store_true")


def evidence(chosen: argparse.Namespace) -> None:
    """Each criterion's reach and how hand-offs with and without it fared, and what no criterion uses."""
    from lib.config.definition import write_criterion
    from lib.core.evidence.findings import find
    from lib.core.evidence.report import EvidenceReport
    from lib.core.replay.hits import HitIndex
    from lib.store.handoffs.handoffs import load_handoffs
    from lib.store.leads.history import load_history

    config = context.config(chosen)
    definition = context.definition(chosen, chosen.definition) if chosen.definition else None
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        definition = definition or context.agreed(database, as_of)
        history = load_history(database)
        handoffs = load_handoffs(database, as_of)
    window = context.window(chosen, config, as_of)
    found = find(HitIndex(history), definition, handoffs, window, output.progress(chosen))
    reported = EvidenceReport(found, write_criterion)
    if chosen.json:
        output.print_json(chosen, reported.as_json())
    else:
        output.say(chosen, reported.as_text())
