"""Run the measurements: python -m bench [NAME…] [--json]; all of them rewrite the table in bench/README.md."""

import argparse
import importlib
import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

MEASUREMENTS = {
    "browser": "a key press on the Tune page, in a real browser, 20,000 leads",
    "replay": "the replay behind it, a million leads and their activities",
    "consequences": "acceptance and load of a draft",
    "funnel": "the queries of Review and Acceptance",
    "working_time": "working time of a million intervals",
}

README = Path(__file__).parent / "README.md"
MARK = "<!-- table -->"

Row = tuple[str, float, float | None]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    there = [name for name in MEASUREMENTS if (Path(__file__).parent / f"{name}.py").exists()]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(there)}; default all")
    parser.add_argument("--leads", type=int, help="how many, where a measurement has a choice")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(there)
    if unknown:
        parser.error(f"there is no measurement called {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    found: dict[str, list[Row]] = {}
    for name in chosen.names or there:
        module = importlib.import_module(f"bench.{name}")
        sized = {"leads": chosen.leads} if chosen.leads and name == "replay" else {}
        found[name] = [(row[0], row[1], row[2] if len(row) > 2 else None) for row in module.run(**sized)]
        if not chosen.json:
            print(f"\n{name}: {MEASUREMENTS[name]}\n" + "\n".join(_line(row) for row in found[name]), flush=True)
    if chosen.json:
        named = {
            name: [{"what": what, "ms": ms, "target_ms": target} for what, ms, target in rows]
            for name, rows in found.items()
        }
        print(json.dumps(named))
    if not chosen.names:
        _write(found)
    return 0


def _line(row: Row) -> str:
    what, milliseconds, target = row
    return f"{what:<72}{milliseconds:>12,.1f} ms" + ("" if target is None else f"   (target {target:,.0f})")


def _write(found: dict[str, list[Row]]) -> None:
    lines = [
        f"Measured on {date.today():%d %B %Y}, {os.cpu_count()} cores, Python {platform.python_version()}.",  # noqa: DTZ011
        "",
        "| what | measured | target |",
        "|---|---:|---:|",
    ]
    for name, rows in found.items():
        lines.append(f"| **{name}**: {MEASUREMENTS[name]} | | |")
        for what, milliseconds, target in rows:
            wanted = "" if target is None else f"{target:,.0f} ms"
            lines.append(f"| {what} | {milliseconds:,.1f} ms | {wanted} |")
    before, _, rest = README.read_text(encoding="utf-8").partition(MARK)
    _, _, after = rest.partition(MARK)
    table = "\n".join(lines)
    README.write_text(f"{before}{MARK}\n{table}\n{MARK}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
