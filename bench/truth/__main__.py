"""What the product expects against what is true: python -m bench.truth [--world NAME] [--repetitions N]."""

import argparse
import sys
from functools import partial
from pathlib import Path

from bench.truth.answers import Answer
from bench.truth.product import product
from bench.truth.running import HISTORIES, run
from bench.truth.table import of_world, overview
from bench.truth.worlds import WORLDS
from lib.core.consequences.known import Stage

REPETITIONS = 1_000
MARK = "<!-- worlds -->"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.truth", description=__doc__)
    parser.add_argument("--world", action="append", choices=[world.name for world in WORLDS], help="default all")
    parser.add_argument("--stage", choices=list(Stage), type=Stage, default=Stage.ACCEPTED, help="default accepted")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, metavar="N", help=f"redraws, {REPETITIONS:,}")
    parser.add_argument("--histories", type=int, default=HISTORIES, metavar="N", help=f"among so many, {HISTORIES}")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the first history")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--write", type=Path, metavar="FILE", help=f"put the table between this file's two {MARK}")
    chosen = parser.parse_args(arguments)
    if chosen.repetitions < chosen.histories:
        parser.error("each history needs a redraw at least: fewer --histories, or more --repetitions")
    if chosen.world and chosen.write:
        parser.error("the table that is written has every world in it: leave out --world, or --write")
    worlds = chosen.world or [world.name for world in WORLDS]
    histories = range(chosen.seed, chosen.seed + chosen.histories)
    redraws = chosen.repetitions // chosen.histories
    told = partial(product, stage=chosen.stage)
    drawn = f"{redraws * len(histories):,} redraws on {len(histories)} histories of each world"
    head = f"{drawn}; {chosen.stage}, everything in %.\n"
    print(head, flush=True)
    found: dict[str, list[Answer]] = {}
    for world, answers in run(worlds, histories, redraws, told, chosen.stage, chosen.processes):
        found[world] = answers
        print(of_world(world, answers), flush=True)
    print(overview(found))
    if chosen.write:
        before, _, rest = chosen.write.read_text(encoding="utf-8").partition(MARK)
        _, _, after = rest.partition(MARK)
        table = "\n".join([head, overview(found), *(of_world(world, answers) for world, answers in found.items())])
        chosen.write.write_text(f"{before}{MARK}\n{table}{MARK}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
