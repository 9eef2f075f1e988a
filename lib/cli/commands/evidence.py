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
    from lib.app import known
    from lib.app.remembered import Aside
    from lib.config.definition import write_criterion
    from lib.core.evidence.report import EvidenceReport

    config = context.config(chosen)
    definition = context.definition(chosen, chosen.definition) if chosen.definition else None
    snapshot = context.snapshot(chosen, config)
    window = context.window(chosen, config, snapshot.as_of)
    found = known.findings(snapshot, definition or snapshot.definition, window, Aside(output.progress(chosen)))
    reported = EvidenceReport(found, write_criterion)
    if chosen.json:
        output.print_json(chosen, reported.as_json())
    else:
        output.say(chosen, reported.as_text())
