"""Commands that score leads and say why: score, explain."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, as_of_option
from lib.core.definition.scoring import Explanation, explain
from lib.core.definition.words import points_in_words
from lib.core.errors import Fault, NotFound
from lib.core.exchange.spreadsheet import write_csv
from lib.core.leads.history import lead_at
from lib.core.time import clock


def add_commands(commands: Commands) -> None:
    scoring = commands.add("score", score)
    scoring.add_argument("--definition", required=True, metavar="FILE")
    scoring.add_argument("--out", metavar="FILE.csv", help="write here instead of to the terminal")
    as_of_option(scoring)

    explaining = commands.add("explain", explain_)
    explaining.add_argument("lead_id", metavar="LEAD_ID")
    explaining.add_argument("--definition", required=True, metavar="FILE")
    explaining.add_argument("--json", action="store_true")
    as_of_option(explaining)


def score(chosen: argparse.Namespace) -> None:
    """Score every lead known at an instant."""
    from lib.core.exchange.outgoing import csv_texts, score_table
    from lib.store.leads.history import load_history

    config = context.config(chosen)
    definition = context.definition(chosen, chosen.definition)
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        history = load_history(database, zone=config.policy.time_zone)
    table = score_table(history, definition, as_of)
    with output.output(chosen, chosen.out) as file:
        write_csv(file, table.column_names, csv_texts(table))


def explain_(chosen: argparse.Namespace) -> None:
    """Why a lead has its score: every criterion, caps, fading, gates."""
    from lib.store.leads.history import load_history

    config = context.config(chosen)
    definition = context.definition(chosen, chosen.definition)
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        history = load_history(database, chosen.lead_id, zone=config.policy.time_zone)
    if not history.leads:
        raise NotFound(
            Fault(f"{chosen.db}, lead {chosen.lead_id}", "no lead has this id", "Ids are compared letter by letter.")
        )
    lead = lead_at(history, 0)
    if lead.created_at > as_of:
        raise NotFound(
            Fault(
                f"{chosen.db}, lead {chosen.lead_id}",
                f"it was created at {clock.instant_text(lead.created_at)}, after {clock.instant_text(as_of)}",
                "Give a later --as-of.",
            )
        )
    explained = explain(definition, lead, as_of)
    if chosen.json:
        output.print_json(chosen, _explanation_json(explained))
    else:
        output.say(chosen, _explanation_text(explained))


def _explanation_json(explained: Explanation) -> dict[str, object]:
    qualified = explained.qualification
    return {
        "lead_id": explained.lead_id,
        "as_of": clock.instant_text(explained.as_of),
        "score": explained.score,
        "total": float(explained.total),
        "threshold": explained.threshold,
        "categories": [
            {
                "category": category.category.value,
                "value": float(category.value),
                "contributions": [
                    {
                        "id": contribution.criterion.id,
                        "label": contribution.criterion.label,
                        "hits": len(contribution.hits),
                        "points": contribution.points,
                        "earned_at": [clock.instant_text(at) for at in contribution.hits],
                    }
                    for contribution in category.contributions
                ],
                "fading": float(category.fading),
                "cap": float(category.capped),
            }
            for category in explained.categories
        ],
        "left_out": explained.left_out,
        "gates": [{"gate": gate.sentence, "open": gate.is_open} for gate in explained.gates],
        "qualified_at": clock.instant_text(qualified.at) if qualified else None,
        "score_at_qualification": qualified.score if qualified else None,
    }


def _explanation_text(explained: Explanation) -> str:
    lines = [f"{explained.lead_id} as of {clock.instant_text(explained.as_of)}"]
    for category in explained.categories:
        lines.append(f"{category.category.value:<44}{category.value:>12,.6f}")
        for contribution in category.contributions:
            each = f"{len(contribution.hits)} × {points_in_words(contribution.criterion)}"
            lines.append(f"  {contribution.criterion.label:<30}{each:>12}{contribution.points:>12,}")
        if category.fading:
            lines.append(f"  {'faded':<42}{category.fading:>12,.6f}")
        if category.capped:
            lines.append(f"  {'over the cap':<42}{category.capped:>12,.6f}")
    if explained.left_out:
        lines.append(f"left out, as a machine's: {explained.left_out:,} clicks and opens")
    lines.append(f"{'total':<44}{explained.total:>12,.6f}")
    lines.append(f"score {explained.score}, threshold {explained.threshold}")
    lines += [f"{'open  ' if gate.is_open else 'closed'} {gate.sentence}" for gate in explained.gates]
    qualified = explained.qualification
    lines.append(
        f"qualified {clock.instant_text(qualified.at)} with {qualified.score}" if qualified else "has not qualified"
    )
    return "\n".join(lines)
