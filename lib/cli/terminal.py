"""The terminal a command was given at: where its words go and where its files lie."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True)
class Terminal:
    """The streams of one command, whether a person watches them, and the folder its relative paths begin in.

    A command writes to these and never to the process's own: the app carries out
    several at once, each for a terminal of its own.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    watched: bool = field(default_factory=lambda: sys.stderr.isatty())
    folder: Path = Path()

    def path(self, name: str) -> Path:
        """The file of that name, as seen from the terminal."""
        return self.folder / name
