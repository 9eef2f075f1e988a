"""The command line: python -m lib COMMAND. Each command is one function below; `--help` explains it."""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import numpy as np

from lib.config.definition import read_definition
from lib.config.folder import Config, check_file, read_folder, read_text
from lib.core import clock
from lib.core.definition import Definition
from lib.core.errors import Fault, FileRefused, NotFound, Refused, did_you_mean
from lib.core.history import Instants, lead_at
from lib.core.scoring import Explanation, explain
from lib.core.words import points_in_words
from lib.store.database import Database

DONE, REFUSED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 refused with nothing changed, 2 wrong usage."""
    parser = _parser()
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has printed help or the fault
        return int(stop.code or 0)
    try:
        chosen.run(chosen)
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # The reader (head, say) has seen enough; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


# The commands.


def import_(chosen: argparse.Namespace) -> None:
    """Load CSV, Parquet or JSON lines: all or nothing, and repeatable."""
    from lib.store.imports import import_files

    config = _config(chosen)
    source = None
    if chosen.source is not None:
        if chosen.source not in config.sources:
            known = ", ".join(sorted(config.sources)) or "none"
            raise NotFound(
                Fault(
                    f"config/sources, {chosen.source}",
                    "no such mapping",
                    did_you_mean(chosen.source, config.sources) or f"There are: {known}.",
                )
            )
        source = config.sources[chosen.source]
    with _database(chosen, config, create=True) as database:
        outcome = import_files(
            database,
            [Path(name) for name in chosen.files],
            kind=chosen.kind,
            source=source,
            zone=ZoneInfo(config.policy.time_zone),
            now=_now(),
            dry_run=chosen.dry_run,
            progress=_progress(),
        )
    if chosen.json:
        _print_json(outcome.as_json())
    else:
        print(outcome.as_text())


def sample(chosen: argparse.Namespace) -> None:
    """Fill an empty database with invented data, the same for the same seed and end."""
    from lib.sample import invent
    from lib.store.tables import append_tables

    config = _config(chosen)
    zone = ZoneInfo(config.policy.time_zone)
    # Midnight, so that two runs of one day give the same data.
    end = chosen.end(zone) if chosen.end else clock.day_start(clock.day_of(_now(), zone), zone)
    with _database(chosen, config, create=True) as database:
        tables = invent(chosen.leads, chosen.seed, end, config.definition, zone)
        append_tables(database, tables)
    counts = ", ".join(f"{table.num_rows:,} {name}" for name, table in tables.items())
    print(f"{chosen.db}: {counts}")


def score(chosen: argparse.Namespace) -> None:
    """Score every lead known at an instant."""
    from lib.core import replay
    from lib.store.history import load_history

    config = _config(chosen)
    definition = _definition(chosen.definition)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        history = load_history(database)
    hits = replay.find_hits(history, definition)
    replayed = replay.replay(hits, definition, as_of=as_of)
    scores = replay.scores(hits, definition, as_of)
    known = np.flatnonzero(history.created_at <= as_of)
    never = replayed.qualified_at[known] == replay.NEVER
    columns: list[Iterable[object]] = [
        history.lead_id.take(known).to_pylist(),
        scores.score[known].astype(np.int64).tolist(),
        *(
            [f"{value + 0.0:.6f}" for value in np.round(getattr(scores, category)[known], 6).tolist()]
            for category in ("profile", "channel", "actions", "undesirables")
        ),
        ["true" if out else "false" for out in scores.disqualified[known].tolist()],
        _instants(replayed.qualified_at[known], never),
        ["" if blank else at for at, blank in zip(replayed.score_at_qualification[known], never, strict=True)],
    ]
    header = [
        "lead_id",
        "score",
        "profile",
        "channel",
        "actions",
        "undesirables",
        "disqualified",
        "qualified_at",
        "score_at_qualification",
    ]
    with _output(chosen.out) as file:
        _write_csv(file, header, zip(*columns, strict=True))


def preview(chosen: argparse.Namespace) -> None:
    """What a draft would have handed over in a window, against the agreed or another definition, and what follows."""
    from lib.core import consequences, load, replay, whatif
    from lib.core.response import respond
    from lib.store.handoffs import load_handoffs
    from lib.store.history import load_history
    from lib.store.sla import load_reps

    config = _config(chosen)
    draft = _definition(chosen.definition)
    against = _definition(chosen.against) if chosen.against else None
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        agreed = against or _agreed(database, as_of)
        history = load_history(database)
        handoffs = load_handoffs(database, as_of)
        reps = load_reps(database)
    window = _window(chosen, config, as_of)
    index = replay.HitIndex(history)
    side = whatif.side(index.hits(agreed), agreed, window, as_of)
    compared = whatif.preview(index.hits(draft), draft, side, window, as_of)
    if chosen.leads:
        moved = whatif.movers(compared)
        with _output(chosen.leads) as file:
            _write_csv(
                file,
                ["lead_id", "qualified_at", "score", "against_qualified_at", "change"],
                zip(
                    history.lead_id.take(moved.rows).to_pylist(),
                    _instants(moved.at, moved.at == replay.NEVER),
                    ["" if at == replay.NEVER else n for n, at in zip(moved.score, moved.at, strict=True)],
                    _instants(moved.agreed_at, moved.agreed_at == replay.NEVER),
                    [change.value for change in moved.change],
                    strict=True,
                ),
            )
    drafted, handed = compared.volume(draft.threshold), compared.agreed_volume
    follows = consequences.consequences(index.hits(draft), draft, consequences.evidence(handoffs, history), window)
    expected = follows.expected(draft.threshold)
    burden = load.load(drafted.qualified, reps, config.policy, window)
    if not chosen.json:
        arriving = load.would_be_handoffs(compared.draft)
        answered = load.answering(
            draft.threshold,
            compared.draft.replayed.qualified_at[arriving],
            load.promised_by_lead(history, config.policy)[arriving],
            reps,
            config.policy,
            load.observed_pace(respond(handoffs, history, reps, config.policy)),
            window,
            as_of,
        )
        print(
            f"{window.start} to {window.end}, {window.length_weeks:g} weeks\n"
            f"draft   threshold {drafted.threshold:>4}  {drafted.qualified:>9,} qualified"
            f"  {drafted.qualified / window.length_weeks:>9,.1f} a week\n"
            f"against threshold {handed.threshold:>4}  {handed.qualified:>9,} qualified"
            f"  {handed.qualified / window.length_weeks:>9,.1f} a week\n"
            f"kept {drafted.kept:,}, gained {drafted.gained:,}, lost {drafted.lost:,}\n"
            "week            draft   against"
        )
        for week, ours, theirs in zip(window.weeks, drafted.by_week, handed.by_week, strict=True):
            print(f"{week}  {ours:>9,} {theirs:>9,}")
        print("score       handed over   decided  accepted")
        for band in follows.bands:
            share = "not observed" if not band.observed else f"{band.accepted.successes:,}"
            if band.accepted.share is not None:
                share += f" ({band.accepted.share:.0%})"
            print(f"{f'{band.low} to {band.high - 1}':<11} {band.handed_over:>11,} {band.decided:>9,}  {share}")
        print(consequences.acceptance_in_words(expected))
        print(load.load_in_words(burden, answered))
        return
    totals = compared.draft.replayed.surface.totals()
    _print_json(
        {
            "window": {"from": window.start.isoformat(), "to": window.end.isoformat()},
            "threshold": draft.threshold,
            "qualified": drafted.qualified,
            "by_week": [
                {"week": week.isoformat(), "qualified": ours, "against": theirs}
                for week, ours, theirs in zip(window.weeks, drafted.by_week, handed.by_week, strict=True)
            ],
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
            "expected": {
                "observed_decided": expected.observed,
                "observed_accepted": expected.observed_reached,
                "estimated_leads": expected.estimated,
                "estimated_accepted": expected.estimated_reached,
                "not_observed_leads": expected.not_observed,
            },
            "load": {
                "per_working_day": burden.per_working_day,
                "capacity_per_working_day": burden.capacity_per_working_day,
            },
        }
    )


def explain_(chosen: argparse.Namespace) -> None:
    """Why a lead has its score: every criterion, caps, fading, gates."""
    from lib.store.history import load_history

    config = _config(chosen)
    definition = _definition(chosen.definition)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        history = load_history(database, lead_id=chosen.lead_id)
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
        _print_json(_explanation_json(explained))
    else:
        print(_explanation_text(explained))


def funnel_(chosen: argparse.Namespace) -> None:
    """What was handed over in a window, what sales made of it, and why the rest was refused."""
    from lib.core.funnel import By, Group
    from lib.core.funnel_report import report
    from lib.store.sla import load_handoffs_due

    config = _config(chosen)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        handoffs = load_handoffs_due(database, as_of, config.policy)
    group = Group(chosen.group) if chosen.group else None
    reported = report(handoffs, _window(chosen, config, as_of), By(chosen.by), group)
    if chosen.json:
        _print_json(reported.as_json())
    else:
        print(reported.as_text())


def sla(chosen: argparse.Namespace) -> None:
    """How the promises to answer were kept for what was handed over in a window, and who still waits."""
    from lib.core.attainment import Group
    from lib.core.response import fields_asked
    from lib.core.sla_report import report
    from lib.store.handoffs import load_handoffs
    from lib.store.history import load_fields
    from lib.store.sla import load_reps

    config = _config(chosen)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        handoffs = load_handoffs(database, as_of)
        leads = load_fields(database, fields_asked(config.policy))
        reps = load_reps(database)
    group = Group(chosen.group) if chosen.group else None
    reported = report(handoffs, leads, reps, config.policy, _window(chosen, config, as_of), group)
    if chosen.json:
        _print_json(reported.as_json())
    else:
        print(reported.as_text())


def problems_(chosen: argparse.Namespace) -> None:
    """What is wrong with the data: rejected rows, orphans, repeats, contradictions, unknown reasons and more."""
    from lib.store.problems import load_problems

    config = _config(chosen)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        found = load_problems(database, as_of, [reason.code for reason in config.answers.reasons])
    if chosen.json:
        _print_json(
            {
                "as_of": clock.instant_text(as_of),
                "problems": [
                    {
                        "kind": one.kind.value,
                        "lead_id": one.lead_id,
                        "event_id": one.event_id,
                        "occurred_at": None if one.occurred_at is None else clock.instant_text(one.occurred_at),
                        "sentence": one.sentence,
                    }
                    for one in found
                ],
            }
        )
        return
    for one in found:
        print(f"{one.kind:<16} {f'{one.lead_id}: ' if one.lead_id else ''}{one.sentence}")
    print(f"{len(found):,} {'problem' if len(found) == 1 else 'problems'} as of {clock.instant_text(as_of)}")


def route_(chosen: argparse.Namespace) -> None:
    """Hand over every lead that qualifies now under the agreed definition and has no open hand-off; twice is once."""
    from lib.core.answers import Fate
    from lib.core.replay import HitIndex
    from lib.store.definitions import agreed_text
    from lib.store.history import load_history
    from lib.store.routing import route

    config = _config(chosen)
    with _database(chosen, config) as database:
        as_of = _as_of(chosen, config, database)
        agreed = agreed_text(database, as_of)
        handed_over = route(
            database,
            HitIndex(load_history(database)),
            read_definition(agreed.text, f"agreed version {agreed.number}"),
            agreed.number,
            as_of,
            disqualifying=[reason.code for reason in config.answers.reasons if reason.fate is Fate.DISQUALIFY],
            dry_run=chosen.dry_run,
        )
    if chosen.dry_run:
        for one in handed_over:
            qualified = clock.instant_text(one.qualified_at)
            print(f"{one.lead_id}  qualified {qualified} with {one.score}  {one.owner or 'nobody to answer it'}")
    leads = "1 lead" if len(handed_over) == 1 else f"{len(handed_over):,} leads"
    verb = "would be handed over" if chosen.dry_run else "handed over"
    print(f"{leads} {verb} as of {clock.instant_text(as_of)} under version {agreed.number}")


def verify_(chosen: argparse.Namespace) -> None:
    """Say whether the audit chain, what it is about and the kept cycles all hold; else name the first break."""
    from lib.store.audit import verify

    config = _config(chosen)
    with _database(chosen, config) as database:
        entries = verify(database)
    print(f"{chosen.db}: {'1 audit entry' if entries == 1 else f'{entries:,} audit entries'}; everything holds")


def check(chosen: argparse.Namespace) -> None:
    """Say whether definitions or other configuration files are valid."""
    faults: list[Fault] = []
    for name in chosen.files:
        try:
            check_file(Path(name))
        except Refused as refused:
            faults += refused.faults
        else:
            print(f"{name}: valid")
    if faults:
        raise Refused(faults)


# What the commands share.


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib", description="Handshake from a terminal.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--db", default="data/handshake.duckdb", metavar="DB", help="the database (default %(default)s)"
    )
    common.add_argument(
        "--config",
        default=os.environ.get("HANDSHAKE_CONFIG", "config"),
        metavar="DIR",
        help="the configuration folder (default HANDSHAKE_CONFIG, else config)",
    )

    def command(name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[common], help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    def as_of_option(to: argparse.ArgumentParser) -> None:
        to.add_argument(
            "--as-of",
            type=_instant,
            metavar="T",
            help="look as of this instant (ISO 8601, UTC without an offset); default now, "
            "or the newest instant in the data when that is more than 7 days old",
        )

    importing = command("import", import_)
    importing.add_argument("files", nargs="+", metavar="FILE")
    how = importing.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--as",
        dest="kind",
        choices=("lead", "activity", "handoff_event", "rep", "goal", "spend"),
        help="the files' columns are named as this table's",
    )
    how.add_argument("--source", metavar="NAME", help="a mapping under config/sources/")
    importing.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    importing.add_argument("--json", action="store_true")

    sampling = command("sample", sample)
    sampling.add_argument(
        "--leads", type=_whole_number(1), default=20_000, metavar="N", help="how many (default %(default)s)"
    )
    sampling.add_argument(
        "--seed", type=_whole_number(0), default=1, metavar="S", help="which invention (default %(default)s)"
    )
    sampling.add_argument("--end", type=_instant, metavar="T", help="nothing is later than this (default today, 00:00)")

    scoring = command("score", score)
    scoring.add_argument("--definition", required=True, metavar="FILE")
    scoring.add_argument("--out", metavar="FILE.csv", help="write here instead of to the terminal")
    as_of_option(scoring)

    previewing = command("preview", preview)
    previewing.add_argument("--definition", required=True, metavar="FILE", help="the draft")
    previewing.add_argument("--against", metavar="FILE", help="another definition; default the agreed one")
    previewing.add_argument("--from", dest="start", type=_day, metavar="D", help="first day")
    previewing.add_argument("--to", dest="end", type=_day, metavar="D", help="the day after the last")
    previewing.add_argument("--leads", metavar="FILE.csv", help="write who is kept, gained and lost")
    previewing.add_argument("--json", action="store_true")
    previewing.set_defaults(as_of=None)

    explaining = command("explain", explain_)
    explaining.add_argument("lead_id", metavar="LEAD_ID")
    explaining.add_argument("--definition", required=True, metavar="FILE")
    explaining.add_argument("--json", action="store_true")
    as_of_option(explaining)

    funnelling = command("funnel", funnel_)
    funnelling.add_argument("--from", dest="start", type=_day, metavar="D", help="first day")
    funnelling.add_argument(
        "--to", dest="end", type=_day, metavar="D", help="the day after the last; default 26 whole weeks"
    )
    funnelling.add_argument("--by", choices=("week", "month"), default="month", help="(default %(default)s)")
    funnelling.add_argument("--group", choices=("channel", "source", "owner", "reason"))
    funnelling.add_argument("--json", action="store_true")
    as_of_option(funnelling)

    promising = command("sla", sla)
    promising.add_argument("--from", dest="start", type=_day, metavar="D", help="first day")
    promising.add_argument("--to", dest="end", type=_day, metavar="D", help="the day after the last")
    promising.add_argument("--group", choices=("owner", "team", "channel"))
    promising.add_argument("--json", action="store_true")
    as_of_option(promising)

    telling = command("problems", problems_)
    telling.add_argument("--json", action="store_true")
    telling.set_defaults(as_of=None)

    routing = command("route", route_)
    routing.add_argument("--dry-run", action="store_true", help="list who would be handed over, change nothing")
    as_of_option(routing)

    command("verify", verify_)

    checking = command("check", check)
    checking.add_argument("files", nargs="+", metavar="FILE")
    return parser


def _instant(text: str) -> Callable[[ZoneInfo], int]:
    """The instant a text means, once the reporting zone is known."""
    try:
        clock.parse_instant(text, ZoneInfo("UTC"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no instant, like 2026-03-01T09:00:00Z or 2026-03-01") from error
    return lambda zone: clock.parse_instant(text, zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no day, like 2026-03-01") from error


def _whole_number(least: int) -> Callable[[str], int]:
    """Reads whole numbers, none below `least`."""

    def read(text: str) -> int:
        if not text.strip().isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {least} on")
        return int(text)

    return read


def _now() -> int:
    return time.time_ns() // 1_000


def _config(chosen: argparse.Namespace) -> Config:
    return read_folder(Path(chosen.config))


def _definition(name: str) -> Definition:
    path = Path(name)
    return read_definition(read_text(path), path.name)


@contextmanager
def _database(chosen: argparse.Namespace, config: Config, *, create: bool = False) -> Any:
    """The database, opened; a fresh one is removed again when the command that made it is refused."""
    from lib.store.database import opened

    path = Path(chosen.db)
    if not create and not path.exists():
        raise NotFound(
            Fault(chosen.db, "there is no database", "Make one with `import` or `sample`, or name another with --db.")
        )
    keep_new = not getattr(chosen, "dry_run", False)
    with opened(path, first_definition=config.definition_text, clock=_now(), keep_new=keep_new) as database:
        yield database


def _agreed(database: Database, as_of: int) -> Definition:
    from lib.store.definitions import agreed_text

    version = agreed_text(database, as_of)
    return read_definition(version.text, f"agreed version {version.number}")


def _as_of(chosen: argparse.Namespace, config: Config, database: Database) -> int:
    from lib.store.history import newest_instant

    if chosen.as_of is not None:
        return int(chosen.as_of(ZoneInfo(config.policy.time_zone)))
    return clock.default_as_of(_now(), newest_instant(database))


def _window(chosen: argparse.Namespace, config: Config, as_of: int) -> Any:
    from lib.core.whatif import Window

    start, end = clock.default_window(as_of, ZoneInfo(config.policy.time_zone))
    start, end = chosen.start or start, chosen.end or end
    if end <= start:
        raise Refused(Fault("--from, --to", f"{end} is not after {start}", "Periods end before the day --to names."))
    return Window(start, end, config.policy.time_zone)


def _instants(instants: Instants, blank: np.ndarray[Any, Any]) -> list[str]:
    """Instants as text, the empty text where `blank`."""
    return ["" if none else clock.instant_text(at) for at, none in zip(instants.tolist(), blank.tolist(), strict=True)]


def _write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


@contextmanager
def _output(name: str | None) -> Any:
    """Standard output, or a file that appears whole or not at all."""
    if name is None:
        yield sys.stdout
        return
    path = Path(name)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise FileRefused(
            Fault(name, f"cannot be written: {error.strerror}", "Name a file in a folder that exists.")
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _progress() -> Callable[[str, float], None] | None:
    """A line on standard error that keeps itself up to date, for people only."""
    if not sys.stderr.isatty():
        return None

    def show(doing: str, share: float) -> None:
        end = "\n" if share >= 1 else ""
        print(f"\r\033[K{share:4.0%} {doing}", end=end, file=sys.stderr, flush=True)

    return show


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
    lines.append(f"{'total':<44}{explained.total:>12,.6f}")
    lines.append(f"score {explained.score}, threshold {explained.threshold}")
    lines += [f"{'open  ' if gate.is_open else 'closed'} {gate.sentence}" for gate in explained.gates]
    qualified = explained.qualification
    lines.append(
        f"qualified {clock.instant_text(qualified.at)} with {qualified.score}" if qualified else "has not qualified"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
