"""The command that gives other systems what we know: export."""

import argparse
import io
from pathlib import PurePath

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.core.errors import Fault, FileRefused
from lib.core.exchange.mappings import EXPORTS


def add_commands(commands: Commands) -> None:
    exporting = commands.add("export", export)
    exporting.add_argument("what", choices=tuple(EXPORTS), metavar="|".join(EXPORTS))
    exporting.add_argument("--source", metavar="NAME", help="in the ids, headings and words of this system")
    exporting.add_argument("--definition", metavar="FILE", help="what scores are by; default the agreed definition")
    exporting.add_argument(
        "--out", metavar="FILE", help="a .csv, .parquet or .jsonl file; without it, CSV to the terminal"
    )
    as_of_option(exporting)


def export(chosen: argparse.Namespace) -> None:
    """Write scores, MQLs or decisions for the systems they concern."""
    from lib.app import upkeep
    from lib.core.exchange.outgoing import FORMATS, write_table

    config = context.config(chosen)
    source = None if chosen.source is None else context.source(config, chosen.source)
    suffix = ".csv" if chosen.out is None else PurePath(chosen.out).suffix.lower()
    if suffix not in FORMATS:
        raise FileRefused(Fault(chosen.out, "its name does not say what it is", f"End it in {', '.join(FORMATS)}."))
    definition = None if chosen.definition is None else context.definition(chosen, chosen.definition)
    snapshot = context.snapshot(chosen, config)
    table = upkeep.export(snapshot, chosen.what, definition or snapshot.definition, source)
    if chosen.out is None:
        written = io.BytesIO()
        write_table(table, "csv", written)
        chosen.terminal.out.write(written.getvalue().decode())
        return
    with output.binary_output(chosen, chosen.out) as file:
        write_table(table, FORMATS[suffix], file)
