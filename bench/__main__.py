"""Run the measurements: python -m bench [NAME…] [--json]; all of them rewrite the table in bench/README.md."""

import argparse
import importlib
import inspect
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench.tools.measured import Measured, Row

MEASUREMENTS = {
    "replay": "every lead over all history, beside what people use instead",
    "growth": "from 100,000 to a million leads",
    "browser": "a key press on the Tune page, in a real browser",
    "sessions": "many people at once, through the server as their browsers speak to it",
    "pages": "every other page, opened anew",
    "import": "activities from CSV, beside DuckDB reading the same file",
    "reading": "twenty people who read while a million activities are imported",
    "consequences": "acceptance and load of a draft",
    "evidence": "what decisions support, and what no criterion uses",
    "suggestion": "points and a threshold fitted to past decisions, and judged by later ones",
    "funnel": "the queries of Review and Acceptance",
    "working_time": "working time of a million intervals",
}

README = Path(__file__).parent / "README.md"
MARK = "<!-- table -->"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(MEASUREMENTS)}; default all")
    for size in ("leads", "activities", "sessions"):
        parser.add_argument(f"--{size}", type=int, metavar="N", help="how many, where a measurement has a choice")
    parser.add_argument("--ours", action="store_true", help="leave out what others need for the same")
    parser.add_argument("--json", action="store_true", help="one line of JSON a measurement")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(
            f"there is no measurement called {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}"
        )
    if len(chosen.names) == 1:
        found = _measured(chosen.names[0], chosen)
        print(_as_json(chosen.names[0], found) if chosen.json else _as_text(chosen.names[0], found), flush=True)
        return 0
    everything = {name: _in_a_process_of_its_own(name, chosen) for name in chosen.names or MEASUREMENTS}
    for name, found in everything.items():
        print(_as_json(name, found) if chosen.json else _as_text(name, found), flush=True)
    if not chosen.names:
        _write(everything)
    return 0


def _measured(name: str, chosen: argparse.Namespace) -> Measured:
    run = importlib.import_module(f"bench.{name.replace('import', 'import_')}").run
    wishes = {name: getattr(chosen, name) for name in inspect.signature(run).parameters if getattr(chosen, name, None)}
    found = run(**wishes)
    return found if isinstance(found, Measured) else Measured(tuple(Row(*row) for row in found))


def _in_a_process_of_its_own(name: str, chosen: argparse.Namespace) -> Measured:
    """What one measurement holds in memory, or has warmed, is none of the next one's."""
    print(f"Measuring {name}: {MEASUREMENTS[name]}", file=sys.stderr, flush=True)
    sizes = [
        text
        for size in ("leads", "activities", "sessions")
        if getattr(chosen, size)
        for text in (f"--{size}", str(getattr(chosen, size)))
    ]
    command = [sys.executable, "-m", "bench", name, "--json", *sizes]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return Measured(tuple(Row(**row) for row in said.pop("rows")), said)


def _as_json(name: str, found: Measured) -> str:
    rows = [{key: getattr(row, key) for key in ("what", "value", "target", "unit", "at_least")} for row in found.rows]
    return json.dumps({"measurement": name, **found.facts, "rows": rows})


def _as_text(name: str, found: Measured) -> str:
    lines = [f"\n{name}: {MEASUREMENTS[name]}"]
    for row in found.rows:
        verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
        lines.append(f"{row.what:<90}{_number(row.value, row.unit):>16}   {_target(row)} {verdict}".rstrip())
    return "\n".join(lines)


def _number(value: float, unit: str) -> str:
    return f"{value:,.2f} {unit}" if value < 10 else f"{value:,.0f} {unit}"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'at least ' if row.at_least else ''}{row.target:,.10g} {row.unit}"


def _write(everything: dict[str, Measured]) -> None:
    lines = [
        f"Measured on {date.today():%d %B %Y}, {os.cpu_count()} cores, Python {platform.python_version()}.",  # noqa: DTZ011
        "",
        "| what | measured | target | met |",
        "|---|---:|---:|---|",
    ]
    for name, found in everything.items():
        lines.append(f"| **{name}**: {MEASUREMENTS[name]} | | | |")
        for row in found.rows:
            verdict = {None: "", True: "yes", False: "**no**"}[row.met]
            lines.append(f"| {row.what} | {_number(row.value, row.unit)} | {_target(row)} | {verdict} |")
    before, _, rest = README.read_text(encoding="utf-8").partition(MARK)
    _, _, after = rest.partition(MARK)
    table = "\n".join(lines)
    README.write_text(f"{before}{MARK}\n{table}\n{MARK}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
