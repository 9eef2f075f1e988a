"""Commands in processes of their own that are killed in the middle, many of them without starting Python each time."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]

# Loads what commands need once, then gives each command a fresh copy of itself; nothing here has threads or a database.
STARTER = """
import json, os, sys
from lib.__main__ import main
import lib.store.agreement.audit, lib.store.backups, lib.store.exchange.imports, lib.store.handoffs.routing
import lib.core.replay.replay
quiet = os.open(os.devnull, os.O_WRONLY)
for line in sys.stdin:
    process = os.fork()
    if not process:
        os.dup2(quiet, 1)
        status = 99
        try:
            status = main(json.loads(line))
        finally:
            os._exit(status)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


class Starter:
    """Starts commands, and kills them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, command: list[str], until: Callable[[int], None] = lambda _: None) -> int:
        """Runs a command; `until` is given its process and may kill it. The exit status, -9 of what was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        until(int(self._process.stdout.readline()))
        return int(self._process.stdout.readline())


@contextmanager
def starter() -> Iterator[Starter]:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Starter(process)
        assert process.stdin is not None
        process.stdin.close()


def after(seconds: float) -> Callable[[int], None]:
    """Kills so long after the start."""

    def until(process: int) -> None:
        time.sleep(seconds)
        _kill(process)

    return until


def after_first_change(folder: Path, seconds: float, patience_seconds: float) -> Callable[[int], None]:
    """Kills so long after something in the folder became longer, shorter, or another file."""
    before = _seen(folder)

    def until(process: int) -> None:
        deadline = time.monotonic() + patience_seconds
        while _seen(folder) == before and time.monotonic() < deadline:
            time.sleep(0.0002)
        time.sleep(seconds)
        _kill(process)

    return until


def moments(random: Random, folder: Path, whole_seconds: float) -> Iterator[Callable[[int], None]]:
    """Moments to kill a command that takes so long: any, and while it writes, in turns."""
    while True:
        yield after(random.uniform(0, whole_seconds))
        yield after_first_change(folder, random.uniform(0, 0.2 * whole_seconds) * random.random(), 2 * whole_seconds)


def _seen(folder: Path) -> dict[str, int]:
    return {entry.name: entry.stat().st_size for entry in os.scandir(folder) if entry.is_file()}


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):  # It was done sooner.
        os.kill(process, signal.SIGKILL)
