"""The terminal a command was given at: where its words go and where its files lie."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from lib.core.access.grants import Grant
    from lib.store.database import Database


@dataclass(frozen=True)
class Terminal:
    """The streams of one command, whether a person watches them, and the folder its relative paths begin in.

    A command writes to these and never to the process's own: the app carries out
    several at once, each for a terminal of its own. There `database` is the one the
    app has open, and `still_there` raises when the terminal has been closed;
    `by` is what the app lets them do, and takes the place of whatever is claimed here,
    and `config` the folder of its own configuration, which takes the place of any that is named.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    watched: bool = field(default_factory=lambda: sys.stderr.isatty())
    folder: Path = Path()
    database: "Database | None" = None
    still_there: Callable[[], None] = lambda: None
    by: "Grant | None" = None
    config: Path | None = None

    def path(self, name: str) -> Path:
        """The file of that name, as seen from the terminal."""
        return self.folder / name
