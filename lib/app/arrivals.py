"""Files that arrive: what each may be read as, what loading them would change, and loading them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lib.app.deployment import Deployment
from lib.app.remembered import Progress
from lib.core.access.grants import NOBODY, Grant
from lib.core.errors import Fault, FileRefused, Refused
from lib.core.exchange.mappings import Source
from lib.core.exchange.previews import PreviewedFile
from lib.core.exchange.runs import ImportResult
from lib.core.exchange.tables import TABLES
from lib.core.folding import fold
from lib.core.handoffs.events import EVENT_KINDS
from lib.store.exchange.files.data_file import DataFile
from lib.store.exchange.files.files import look_at, text_rows
from lib.store.exchange.imports import load
from lib.store.exchange.previews import preview
from lib.store.exchange.rows.feeds import (
    Match,
    Recognised,
    feed_by_kind,
    feeds_by_source,
    headings_known,
    recognise_headings,
)
from lib.store.keeping.leftovers import drops_of

ROWS_PEEKED_AT = 100


@dataclass(frozen=True)
class Way:
    """One way to read a file: by a `source`'s mapping, or else as the table `kind`; `told_by` these headings.

    `unread` are the headings nothing would be read from, without a reason why.
    """

    name: str
    source: Source | None
    told_by: tuple[str, ...]
    unread: tuple[str, ...] = ()
    what: str = ""


@dataclass(frozen=True)
class Arrival:
    """A file and every way it can be read, the best first; none where nobody knows its headings."""

    file: DataFile
    ways: tuple[Way, ...]


def drops(deployment: Deployment) -> Path:
    """The folder that dropped files lie in while they are looked at; nobody else's, and swept at start and stop."""
    return drops_of(deployment.database.path)


def arrive(path: Path, sources: Mapping[str, Source]) -> Arrival:
    """The ways to read a file, of which only the start is read.

    Raises FileRefused for a file that is not what its name says, or cannot be read.
    """
    known = headings_known(None, None).union(*(headings_known(None, source) for source in sources.values()))
    file = look_at(path, known.union(*(headings_known(kind, None) for kind in TABLES)))
    by_source: dict[str, Match] = {}
    for match in recognise_headings(file.headings, sources):
        by_source.setdefault(match.source, match)
    ways = [(match.rank[0], _by_mapping(match, sources[name])) for name, match in by_source.items()]
    ways += [(len(way.told_by), way) for way in _by_kind(file)]
    # Of two that understand as many headings, the table of ours: the file was made for it.
    ways.sort(key=lambda found: (-found[0], found[1].source is not None))
    return Arrival(file, tuple(way for _, way in ways))


def read_as(arrival: Arrival, way: Way) -> Recognised:
    """What the file feeds when it is read that way."""
    if way.source is not None:
        return feeds_by_source(arrival.file, way.source)
    return Recognised(arrival.file, (feed_by_kind(arrival.file, way.name),))


def as_written(file: DataFile, most: int) -> pa.Table:
    """The first `most` rows under the file's own headings, blank ones left out; raises FileRefused as reading does."""
    rows = text_rows(file, most=most)
    try:
        found = rows.reader.read_all()
    except pa.ArrowException as error:
        if rows.fault is None:
            raise
        raise FileRefused(rows.fault) from error
    named = {f"c{place}": heading for place, heading in enumerate(file.headings) if heading}
    return found.select(list(named)).rename_columns(list(named.values()))


def _by_mapping(match: Match, source: Source) -> Way:
    return Way(match.source, source, match.told_by, match.unknown, match.file.what)


def _by_kind(file: DataFile) -> list[Way]:
    """The tables whose needed columns the file has, under our own names; of events and activities the likelier."""
    ways = []
    for kind in TABLES:
        try:
            feed = feed_by_kind(file, kind)
        except FileRefused:
            continue
        ways.append(Way(kind, None, tuple(feed.columns), feed.ignored))
    fitting = {way.name for way in ways}
    if {"activity", "handoff_event"} <= fitting:
        other = "activity" if _holds_events(file) else "handoff_event"
        ways = [way for way in ways if way.name != other]
    return ways


def _holds_events(file: DataFile) -> bool:
    """Do the kinds in the first rows name steps of a hand-off? Both tables need the same columns."""
    place = [fold(heading) for heading in file.headings].index("kind")
    kinds: list[str] = []
    with text_rows(file, most=ROWS_PEEKED_AT).reader as reader:
        for batch in reader:
            kinds += [fold(text) for text in batch.column(f"c{place}").to_pylist() if text is not None]
    return bool(kinds) and sum(kind in EVENT_KINDS for kind in kinds) > len(kinds) / 2


def together(ways: Sequence[Way]) -> str:
    """What several files are together, as an import run is called."""
    return " + ".join(dict.fromkeys(way.name for way in ways))


@dataclass(frozen=True)
class Rehearsal:
    """What loading would do, and the first rows of each file as they would become."""

    outcome: ImportResult
    files: tuple[PreviewedFile, ...] = ()


def recognised(chosen: Sequence[tuple[Arrival, Way]]) -> tuple[Recognised, ...]:
    """What the files feed, each read its way; raises Refused with what is wrong with any of them."""
    faults: list[Fault] = []
    found: list[Recognised] = []
    for arrival, way in chosen:
        try:
            found.append(read_as(arrival, way))
        except Refused as refused:
            faults += refused.faults
    if faults:
        raise Refused(faults)
    return tuple(found)


def rehearse(deployment: Deployment, chosen: Sequence[tuple[Arrival, Way]], rows: int, tell: Progress) -> Rehearsal:
    """What loading would change, with the first `rows` of each file; nothing is kept."""
    outcome = _load(deployment, chosen, tell, NOBODY, dry_run=True)
    return Rehearsal(outcome, preview(recognised(chosen), deployment.zone, deployment.now(), rows))


def bring_in(deployment: Deployment, chosen: Sequence[tuple[Arrival, Way]], by: Grant, tell: Progress) -> ImportResult:
    """Load the files, all or nothing."""
    return _load(deployment, chosen, tell, by, dry_run=False)


def _load(
    deployment: Deployment, chosen: Sequence[tuple[Arrival, Way]], tell: Progress, by: Grant, *, dry_run: bool
) -> ImportResult:
    return load(
        deployment.database,
        recognised(chosen),
        together([way for _, way in chosen]),
        zone=deployment.zone,
        now=deployment.now(),
        by=by,
        dry_run=dry_run,
        progress=tell,
    )
