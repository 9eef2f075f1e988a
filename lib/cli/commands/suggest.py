"""The command that looks for a definition that past decisions support better: suggest."""

import argparse
import math

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, whole_number

CAPACITY = "capacity"


def add_commands(commands: Commands) -> None:
    suggesting = commands.add("suggest", suggest)
    suggesting.add_argument("--definition", metavar="FILE", help="what to begin from; default the agreed one")
    suggesting.add_argument(
        "--mqls-per-week",
        type=volume,
        metavar="N",
        help=f"how many to hand over, or '{CAPACITY}': as many as sales can answer; default as many as now",
    )
    suggesting.add_argument(
        "--changes",
        type=whole_number(0),
        default=3,
        metavar="K",
        help="at most so many criteria get other points (default %(default)s); the threshold follows from the volume",
    )
    suggesting.add_argument(
        "--freeze", nargs="+", action="extend", default=[], metavar="ID", help="criteria that keep their points"
    )
    suggesting.add_argument(
        "--points-at-most", type=whole_number(1), metavar="N", help="no changed criterion gets more, either way"
    )
    suggesting.add_argument(
        "--out", metavar="FILE.yaml", help="write the definition suggested; nothing is written where none is better"
    )
    suggesting.add_argument("--json", action="store_true")


def volume(text: str) -> float | str:
    """A number above 0, or the word for sales' capacity."""
    if text == CAPACITY:
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is neither a number above 0 nor '{CAPACITY}'")
    return number


def suggest(chosen: argparse.Namespace) -> None:
    """Points and threshold fitted to sales' decisions within the constraints, and judged by later decisions."""
    from lib.app import known
    from lib.app.remembered import Aside
    from lib.config.definition import write_definition
    from lib.core.suggestion import report
    from lib.core.suggestion.constraints import Constraints

    config = context.config(chosen)
    definition = context.definition(chosen, chosen.definition) if chosen.definition else None
    snapshot = context.snapshot(chosen, config)
    as_sales_can = chosen.mqls_per_week == CAPACITY
    allowed = Constraints(
        mqls_per_week=None if as_sales_can else chosen.mqls_per_week,
        changes=chosen.changes,
        frozen=tuple(dict.fromkeys(chosen.freeze)),
        most_points=chosen.points_at_most,
    )
    found = known.suggest(
        snapshot,
        definition or snapshot.definition,
        snapshot.default_window,
        allowed,
        Aside(output.progress(chosen)),
        as_sales_can=as_sales_can,
    )
    if chosen.out and found.offered is not None:
        with output.output(chosen, chosen.out) as file:
            file.write(write_definition(found.offered.definition))
    if chosen.json:
        output.print_json(chosen, report.as_json(found))
        return
    output.say(chosen, report.as_text(found))
    if chosen.out:
        written = "It is written to" if found.offered is not None else "Nothing is written to"
        output.say(chosen, f"{written} {chosen.out}.")
