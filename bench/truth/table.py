"""The table of docs/decisions: the product beside the truth, world by world and draft by draft."""

import math
from collections.abc import Mapping

from bench.truth.answers import Answers, Summary, ranked, summary
from bench.truth.worlds import named

HEAD = (
    "| draft | true | said | bias | ± | covers | covers today | refused | too few | moved | not observed | said so |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)

OVERVIEW = (
    "| world | in it | must | bias | ± | covers | refused | too few | moved | ranked rightly |",
    "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
)


def per_draft(answers: Answers) -> list[tuple[str, Summary]]:
    """Every draft in its order with its summary."""
    names = dict.fromkeys(one.draft for one in answers)
    return [(name, summary([one for one in answers if one.draft == name])) for name in names]


def per_kind(answers: Answers) -> list[tuple[str, Summary]]:
    """Every kind of draft with its summary, and all together."""
    kinds = dict.fromkeys(one.kind for one in answers)
    summaries = [(f"*{kind}*", summary([one for one in answers if one.kind is kind])) for kind in kinds]
    return [*summaries, ("*all*", summary(answers))]


def overview(worlds: Mapping[str, Answers]) -> str:
    """A line for each world, all its drafts together."""
    return "\n".join([*OVERVIEW, *(_line(name, answers) for name, answers in worlds.items()), ""])


def _line(name: str, answers: Answers) -> str:
    found, (pairs, right) = summary(answers), ranked(answers)
    cells = (
        name,
        named(name).says,
        str(named(name).claim),
        "" if math.isnan(found.bias) else f"{100 * found.bias:+.1f}",
        "" if math.isnan(found.half_width) else f"{100 * found.half_width:.1f}",
        _percent(found.coverage),
        _percent(found.refused),
        _percent(found.too_few),
        _percent(found.moved),
        _percent(right / pairs if pairs else math.nan),
    )
    return f"| {' | '.join(cells)} |"


def of_world(name: str, answers: Answers) -> str:
    """One world's part of the table, in Markdown."""
    world = named(name)
    rows = [_row(draft, found) for draft, found in [*per_draft(answers), *per_kind(answers)]]
    lines = [
        f"### {name}: {world.says} ({world.claim})",
        "",
        *HEAD,
        *rows,
        "",
        f"Ranked rightly: {_order(answers)}.",
        "",
    ]
    return "\n".join(lines)


def _order(answers: Answers) -> str:
    pairs, right = ranked(answers)
    return f"{100 * right / pairs:.1f} % of {pairs:,} pairs more than 3 points apart" if pairs else "nothing to rank"


def _row(name: str, found: Summary) -> str:
    cells = (
        name,
        _percent(found.truth),
        _percent(found.said),
        "" if math.isnan(found.bias) else f"{100 * found.bias:+.1f}",
        "" if math.isnan(found.half_width) else f"{100 * found.half_width:.1f}",
        _percent(found.coverage),
        _percent(found.coverage_today),
        _percent(found.refused),
        _percent(found.too_few),
        _percent(found.moved),
        _percent(found.not_observed),
        _percent(found.not_observed_said),
    )
    return f"| {' | '.join(cells)} |"


def _percent(value: float) -> str:
    return "" if math.isnan(value) else f"{100 * value:.1f}"
