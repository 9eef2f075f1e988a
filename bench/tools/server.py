"""The app as users start it, on a database of its own, for as long as it is measured."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.tools.invented import ROOT


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, its process, and the seconds from its start to its first answer."""

    address: str
    pid: int
    started_seconds: float

    def memory_mb(self, highest: bool = False) -> float:
        """What the process holds in memory now, or held at its highest."""
        wanted = "VmHWM:" if highest else "VmRSS:"
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(wanted):
                return int(line.split()[1]) / 1024
        raise LookupError(wanted)


@contextmanager
def server_on(database: Path) -> Iterator[Server]:
    """The app on a database, until it has been measured."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "HANDSHAKE_DB": str(database), "HANDSHAKE_CONFIG": str(ROOT / "config")},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise RuntimeError(f"the server stopped with {process.returncode}")
            time.sleep(0.05)
        yield Server(address, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2):  # noqa: S310
            return True
    except OSError:
        return False
