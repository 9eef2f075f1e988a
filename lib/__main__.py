"""The command line: python -m lib COMMAND. The commands are in lib/cli, one file a theme; `--help` explains each."""

import argparse
import os
import sys
from collections.abc import Sequence

from lib.cli.commands import (
    agreement,
    data,
    evidence,
    export,
    funnel,
    handing_over,
    leads,
    people,
    preview,
    problems,
    sla,
    soundness,
    suggest,
    upkeep,
)
from lib.cli.shell import context, in_app
from lib.cli.shell.options import Commands
from lib.cli.shell.terminal import Terminal
from lib.core.errors import Refused

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130

PRIVATE = 0o077
"""Whatever this process makes (database, log, backups, exports) is nobody's but its user's."""

THEMES = (
    data,
    export,
    leads,
    preview,
    evidence,
    suggest,
    funnel,
    sla,
    agreement,
    handing_over,
    upkeep,
    problems,
    soundness,
    people,
)
"""In the order `--help` lists their commands."""


def main(arguments: Sequence[str] | None = None, terminal: Terminal | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 refused with nothing changed, 2 wrong usage.

    It runs at this process's own terminal, unless another is given.
    """
    parser = argparse.ArgumentParser(prog="python -m lib", description="Handshake from a terminal.")
    commands = Commands(parser)
    for theme in THEMES:
        theme.add_commands(commands)
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has printed help or the fault
        return int(stop.code or 0)
    chosen.terminal = terminal or Terminal()
    try:
        return _run(chosen, sys.argv[1:] if arguments is None else arguments)
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=chosen.terminal.err)
        return REFUSED
    except BrokenPipeError:
        if terminal is not None:
            raise
        # The reader (head, say) has seen enough; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("Interrupted: what was not finished was not done.", file=chosen.terminal.err)
        return INTERRUPTED


def _run(chosen: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Runs the command here or, where an app has the database open, there; the exit status."""
    try:
        chosen.run(chosen)
    except context.OpenInApp as elsewhere:
        return in_app.carry_out(elsewhere.holder, arguments, chosen.config, chosen.terminal)
    return DONE


if __name__ == "__main__":
    os.umask(PRIVATE)
    sys.exit(main())
