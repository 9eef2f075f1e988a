"""Commands that look after the data once it is there: imports, undo-import."""

import argparse

from lib.cli import asking, writing
from lib.cli.parsing import Commands


def add_commands(commands: Commands) -> None:
    listing = commands.add("imports", imports)
    listing.add_argument("--json", action="store_true")

    undoing = commands.add("undo-import", undo_import)
    undoing.add_argument("--json", action="store_true")


def imports(chosen: argparse.Namespace) -> None:
    """The newest imports, what each brought, and which of them can be taken back."""
    from lib.store.runs import import_runs

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        runs = import_runs(database)
    if chosen.json:
        writing.print_json(chosen, {"imports": [run.as_json() for run in runs]})
    else:
        writing.say(chosen, "\n".join(run.as_text() for run in runs) or "Nothing has been imported yet.")


def undo_import(chosen: argparse.Namespace) -> None:
    """Take the last import back: the data is exactly as before it, unless something written since rests on it."""
    from lib.store.undoing import undo_last_import

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        undone = undo_last_import(database, asking.now())
    if chosen.json:
        writing.print_json(chosen, undone.as_json())
    else:
        writing.say(chosen, undone.as_text())
