"""What ten times the leads cost: the replay at 100,000 and at a million leads, in one run."""

import json
import subprocess
import sys

from bench.tools.invented import ROOT
from bench.tools.measured import Measured, Row

SMALL, LARGE = 100_000, 1_000_000
ACTIVITIES_A_LEAD = 10


def run() -> Measured:
    """The large size's figures divided by the small one's; each measured in a process of its own."""
    small, large = (_replayed(leads) for leads in (SMALL, LARGE))
    asked = {
        "replay_ms": "a weight changed",
        "extract_s": "all hits of a definition from the database",
        "edit_condition_s": "one condition edited",
    }
    times = {name: large[name] / small[name] for name in asked}
    rows = tuple(
        Row(f"{what}: {LARGE:,} leads cost so many times what {SMALL:,} do", times[name], 11, "times")
        for name, what in asked.items()
    )
    return Measured(rows, {f"{name}_times": round(ratio, 2) for name, ratio in times.items()})


def _replayed(leads: int) -> dict[str, float]:
    sizes = ["--leads", str(leads), "--activities", str(leads * ACTIVITIES_A_LEAD)]
    command = [sys.executable, "-m", "bench", "replay", "--ours", "--json", *sizes]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
