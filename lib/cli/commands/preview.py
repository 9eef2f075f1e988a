"""The command that says what a draft would do: preview."""

import argparse
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, window_options

if TYPE_CHECKING:
    from lib.core.consequences.expected import Amount, Expected, Interval, TradeOff


def add_commands(commands: Commands) -> None:
    previewing = commands.add("preview", preview)
    previewing.add_argument("--definition", required=True, metavar="FILE", help="the draft")
    previewing.add_argument("--against", metavar="FILE", help="another definition; default the agreed one")
    window_options(previewing)
    previewing.add_argument("--leads", metavar="FILE.csv", help="write who is kept, gained and lost")
    previewing.add_argument("--json", action="store_true")


def preview(chosen: argparse.Namespace) -> None:
    """What a draft would have handed over in a window, against the agreed or another definition, and what follows."""
    from lib.app.handoffs import going_live
    from lib.app.outlook import outlook
    from lib.app.people.erasing import people_erased
    from lib.core.arrays import NEVER
    from lib.core.consequences import in_words
    from lib.core.definition.words import labels
    from lib.core.exchange.spreadsheet import write_csv
    from lib.core.handoffs.recall import recall_in_words
    from lib.core.replay.preview import movers
    from lib.core.sla.capacity import load_in_words

    config = context.config(chosen)
    draft = context.definition(chosen, chosen.definition)
    against = context.definition(chosen, chosen.against) if chosen.against else None
    with context.database(chosen, config) as database:
        deployment = context.deployment(chosen, config, database)
        snapshot, erased = deployment.snapshot(), people_erased(deployment.stored())
    window = context.window(chosen, config, snapshot.as_of)
    comes_to = outlook(snapshot, draft, window, against)
    live = going_live.going_live(snapshot, draft)
    compared, follows = comes_to.preview, comes_to.consequences
    if chosen.leads:
        moved = movers(compared)
        with output.output(chosen, chosen.leads) as file:
            write_csv(
                file,
                ["lead_id", "qualified_at", "score", "against_qualified_at", "change"],
                zip(
                    snapshot.leads.history.lead_id.take(moved.rows).to_pylist(),
                    output.instants(moved.at, moved.at == NEVER),
                    ["" if at == NEVER else n for n, at in zip(moved.score, moved.at, strict=True)],
                    output.instants(moved.agreed_at, moved.agreed_at == NEVER),
                    [change.value for change in moved.change],
                    strict=True,
                ),
            )
    drafted, handed = comes_to.volume, compared.agreed_volume
    expected, further = comes_to.accepted, comes_to.further
    burden, answered = comes_to.load, comes_to.answering
    if not chosen.json:
        output.say(
            chosen,
            f"{window.start} to {window.end}, {window.length_weeks:g} weeks\n"
            f"draft   threshold {drafted.threshold:>4}  {drafted.qualified:>9,} qualified"
            f"  {drafted.again:>7,} again  {drafted.mqls / window.length_weeks:>9,.1f} a week\n"
            f"against threshold {handed.threshold:>4}  {handed.qualified:>9,} qualified"
            f"  {handed.again:>7,} again  {handed.mqls / window.length_weeks:>9,.1f} a week\n"
            f"of the qualified kept {drafted.kept:,}, gained {drafted.gained:,}, lost {drafted.lost:,}\n"
            "week            draft   against  (qualified and again)",
        )
        for week, ours, theirs in zip(window.weeks, drafted.mqls_by_week, handed.mqls_by_week, strict=True):
            output.say(chosen, f"{week}  {ours:>9,} {theirs:>9,}")
        output.say(chosen, "score       handed over   decided  accepted")
        for band in follows.bands:
            share = "not observed" if not band.observed else f"{band.accepted.successes:,}"
            if band.accepted.share is not None:
                share += f" ({band.accepted.share:.0%})"
            output.say(
                chosen, f"{f'{band.low} to {band.high - 1}':<11} {band.handed_over:>11,} {band.decided:>9,}  {share}"
            )
        standing, named = follows.standing(), labels(against or snapshot.definition, draft)
        output.say(chosen, in_words.acceptance_in_words(expected, standing, named))
        output.say(chosen, in_words.further_in_words(*further, comes_to.amount, snapshot.handoffs.currency))
        output.say(chosen, in_words.beyond_in_words(expected, comes_to.beyond, standing))
        output.say(chosen, load_in_words(burden, answered))
        output.say(chosen, recall_in_words(comes_to.recall, comes_to.against_recall))
        output.say(chosen, live.in_words)
        if (said := in_words.erased_in_words(erased)) is not None:
            output.say(chosen, said)
        return
    # By threshold it is who first qualifies.
    totals = compared.draft.replayed.surface.totals()
    output.print_json(
        chosen,
        {
            "window": {"from": window.start.isoformat(), "to": window.end.isoformat()},
            "threshold": draft.threshold,
            "qualified": drafted.qualified,
            "by_week": [
                {"week": week.isoformat(), "qualified": ours, "against": theirs}
                for week, ours, theirs in zip(window.weeks, drafted.by_week, handed.by_week, strict=True)
            ],
            "again": drafted.again,
            "against_again": handed.again,
            "by_threshold": [
                {"threshold": threshold, "qualified": int(totals[threshold])} for threshold in range(1, len(totals))
            ],
            "against": {"threshold": handed.threshold, "qualified": handed.qualified},
            "kept": drafted.kept,
            "gained": drafted.gained,
            "lost": drafted.lost,
            "bands": [
                {
                    "low": band.low,
                    "high": band.high,
                    "handed_over": band.handed_over,
                    "decided": band.decided,
                    "accepted": band.accepted.successes,
                    "rate": band.accepted.share,
                    "low95": band.accepted.low95,
                    "high95": band.accepted.high95,
                }
                for band in follows.bands
            ],
            "expected": _expected(expected),
            "expected_sql": _expected(further[0]),
            "expected_won": {**_expected(further[1]), "amount": _amount(comes_to.amount)},
            "recall": asdict(comes_to.recall),
            "against_recall": asdict(comes_to.against_recall),
            "stock": {
                "leads": len(live.stock),
                "working_days": live.working_days,
                "by_age_days": [{"days": days, "leads": leads} for days, leads in live.by_age_days],
                "still_at_threshold": live.still_at_threshold,
            },
            "load": {
                "per_working_day": burden.per_working_day,
                "capacity_per_working_day": burden.capacity_per_working_day,
            },
            "consequences": {
                "in_time": {"share": answered.attainment, "low95": answered.low95, "high95": answered.high95},
                "backlog_growth_per_week": answered.growth_per_week,
                "trade_off": _trade_off(comes_to.trade_off),
            },
        },
    )


def _expected(one: "Expected") -> dict[str, object]:
    """What is expected of the leads that something is known about, or why nothing is."""
    return {
        **_interval(one.said),
        "leads": one.leads,
        "not_observed_leads": one.not_observed,
        "method": one.method.value,
        "calibrated": one.calibrated,
        "today": None if one.today is None else _interval(one.today),
        "decided": one.decided,
        "reached_by_decided": one.reached_by_decided,
    }


def _interval(of: "Interval | None") -> dict[str, object]:
    if of is None:
        return {"share": None, "low95": None, "high95": None}
    return {"share": of.share, "low95": of.low95, "high95": of.high95}


def _amount(of: "Amount") -> dict[str, object]:
    return {"expected": of.expected, "low95": of.low95, "high95": of.high95}


def _trade_off(of: "TradeOff") -> list[dict[str, object]]:
    """Volume against acceptance at every threshold; null where the counts stand alone."""
    columns = (of.thresholds, of.mqls_per_week, of.share, of.low95, of.high95, of.not_observed)
    names = ("threshold", "mqls_per_week", "share", "low95", "high95", "not_observed")
    return [
        {name: None if math.isnan(value) else value for name, value in zip(names, row, strict=True)}
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
