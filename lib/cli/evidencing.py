"""The command that says what sales' decisions so far support: evidence."""

import argparse

from lib.cli import asking, writing
from lib.cli.parsing import Commands, window_options


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

    config = asking.config(chosen)
    definition = asking.definition(chosen, chosen.definition) if chosen.definition else None
    with asking.database(chosen, config) as database:
        as_of = asking.as_of(chosen, config, database)
        definition = definition or asking.agreed(database, as_of)
        history = load_history(database)
        handoffs = load_handoffs(database, as_of)
    window = asking.window(chosen, config, as_of)
    found = find(HitIndex(history), definition, handoffs, window, writing.progress(chosen))
    reported = EvidenceReport(found, write_criterion)
    if chosen.json:
        writing.print_json(chosen, reported.as_json())
    else:
        writing.say(chosen, reported.as_text())
