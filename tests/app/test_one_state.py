"""Whatever is imported meanwhile, an answer is wholly of one state of the data: held for all that the product does."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

import lib.app
from lib.__main__ import DONE, main
from lib.app import agreed, leads, outlook
from lib.app.deployment import Deployment
from lib.app.funnel import EVERYTHING, Closers, Grouping
from lib.app.handoffs.terms import Terms
from lib.app.remembered import QUIET, Aside, Remembered
from lib.config.folder import read_folder
from lib.core.access.grants import Grant
from lib.core.agreement.agreement import Agreement
from lib.core.exchange.soundness import Finding
from lib.core.funnel.cohorts import waiting
from lib.core.funnel.money import Money
from lib.core.handoffs.problems import ProblemKind
from lib.core.handoffs.routing import Narrowed
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.core.replay.preview import Move
from lib.core.sla.attainment import SlaGroup
from lib.core.sla.clocks import Answer
from lib.core.suggestion.constraints import Constraints
from lib.core.time.clock import parse_instant
from lib.store.database import Database, open_database
from lib.store.handoffs.cycles import keep_cycles
from tests.app.plain import plain
from tests.conftest import ROOT
from tests.grants import ANYTHING, BY_TEST

CONFIG = read_folder(ROOT / "config")
NOW = parse_instant("2026-11-23T12:00:00Z", ZoneInfo("UTC"))
BEFORE_ALL = "2020-01-01 09:00:00"

INTERRUPTIONS = 4
"""So often an import comes between two statements; then nobody would ever get an answer of one state."""

WRITES = {
    "agreed.propose", "agreed.sign", "agreed.sign_afresh", "erasing.erase",
    "agreed.withdraw", "arrivals.bring_in", "handing_over.hand_over_by",
    "inbox.accept", "inbox.reject", "inbox.call_sql", "inbox.assign", "inbox.touch", "inbox.note", "inbox.undo",
    "leads.merge", "leads.part", "meetings.decide", "meetings.act", "meetings.mark", "upkeep.undo_last_import",
}  # fmt: skip
"""What changes the data, each in one transaction, and is tested where it is written."""

OF_FILES = {"arrivals.arrive", "arrivals.read_as", "arrivals.as_written", "arrivals.together", "arrivals.recognised",
            "arrivals.rehearse", "upkeep.kept_backups", "arrivals.drops"}  # fmt: skip
"""What is asked about files, not about the data."""

OF_NOTHING = {"deployment.wall_clock", "remembered.remembered", "granting.claimed", "granting.signed_in",
              "granting.refused", "granting.of_terminal", "granting.by_itself", "granting.of_sender",
              "granting.rep_of"}  # fmt: skip

OF_ONE_TRANSACTION = {"handing_over.found_by", "erasing.rehearse"}
"""What is given a snapshot and how its leads stand, both of one transaction, and asks nothing itself."""


def public() -> Iterator[tuple[str, Callable[..., Any], inspect.Signature]]:
    """Every function that the rooms above may call."""
    for found in pkgutil.walk_packages(lib.app.__path__, "lib.app."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            function = value._find if isinstance(value, Remembered) else value
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{found.name.rpartition('.')[2]}.{name}", value, inspect.signature(function)


PUBLIC = {name: (function, signature) for name, function, signature in public()}
ASKED = sorted(set(PUBLIC) - WRITES - OF_FILES - OF_NOTHING - OF_ONE_TRANSACTION)


class Interrupted(Database):
    """A database into which somebody imports between every two statements of everybody else."""

    left = 0

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        with super().cursor() as cursor:
            yield _Cursor(cursor, self)

    def interrupt(self) -> None:
        # Not from within a commit, or a change: there nobody else can come between.
        if self.left and not self._shared.committing.locked() and not self._shared.turn.locked():
            self.left -= 1
            bring_in(self, INTERRUPTIONS - self.left)


class _Cursor:
    """A cursor that lets an import in before each statement."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, database: Interrupted) -> None:
        self._cursor, self._database = cursor, database

    def execute(self, *asked: Any) -> Any:
        self._database.interrupt()
        return self._cursor.execute(*asked)

    def sql(self, *asked: Any, **named: Any) -> Any:
        self._database.interrupt()
        return self._cursor.sql(*asked, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def bring_in(database: Database, number: int) -> None:
    """One more lead that sorts before all others, handed over before all others: every row has another place."""
    with database.write(*ANYTHING) as cursor:
        cursor.execute(
            "insert into lead (lead_id, created_at, first_name, company, channel) "
            "values ($1, $2, 'New', 'New', 'event')",
            [f"!{9 - number}", BEFORE_ALL],
        )
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind) values ($1, $2, $3, 'mql')",
            [f"new-{number}", f"!{9 - number}", BEFORE_ALL],
        )
        keep_cycles(cursor)


@pytest.fixture(scope="module")
def few_leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one-state") / "few.duckdb"
    made = ["sample", "--leads", "300", "--end", "2026-11-23", "--db", str(path), "--config", str(ROOT / "config")]
    assert main(made) == DONE
    return path


PREDICTING = ("outlook.prediction", "agreed.predicted")
"""Where `against` is a version; elsewhere it is a definition, or none."""


@dataclass(frozen=True)
class World:
    """A deployment, and what a function of the product is asked about it."""

    deployment: Deployment

    def given(self, name: str, parameter: inspect.Parameter) -> Any:
        """What stands behind a parameter, by its name."""
        snapshot = self.deployment.snapshot()
        window, version = snapshot.default_window, snapshot.agreed.versions[0]
        draft = CONFIG.definition.with_threshold(50).with_points("inbound", 3)
        lead_id = "L00007"
        values: dict[str, Any] = {
            "deployment": self.deployment, "stored": self.deployment.stored(), "database": self.deployment.database,
            "config": CONFIG, "now": NOW, "snapshot": snapshot, "sales": snapshot.sales, "leads": snapshot.leads,
            "draft": draft, "definition": draft, "proposed": draft, "window": window, "only": EVERYTHING,
            "by": Grouping.SOURCE, "answer": Answer.DECISION, "metric": "mql", "change": Move.GAINED, "most": 20,
            "lead_id": lead_id, "lead_ids": (lead_id, "L00008"), "handoff_id": f"{lead_id}:1", "owner": "rep-01",
            "rep_id": "rep-01", "minute": NOW, "field": "title", "of_kinds": ("page_view",), "words": "a",
            "criterion": draft.criteria[0], "of": leads.lead(snapshot.leads, known_lead(snapshot)), "at": NOW,
            "kind": "mqls", "source": None, "finding": Finding.LATE, "as_of": NOW, "reasons": ("no_budget",),
            "money": Aside(Money()), "problem": ProblemKind.ORPHAN,
            "closers": Closers.SOURCES, "split": SlaGroup.CHANNEL,
            "zone": snapshot.zone, "run": 1, "policy": snapshot.policy, "reps": snapshot.reps, "group": None,
            "against": version if name in PREDICTING else None, "every": list(snapshot.agreed.versions),
            "version": version, "what": "signed", "allowed": Constraints(changes=1), "telling": QUIET,
            "progress": lambda _doing, _share: None, "start": 0, "end": NOW, "question": waiting, "name": "draft",
            "before": None, "found": (), "dry_run": True, "who": "a test", "as_sales_can": False,
            "one": None, "agreed": snapshot.agreed, "starts_at": None,
            "plan": StartPlan(stock=Stock.STANDING, per_day=2),
            "coming": Terms(draft, 0, NOW), "agreement": Agreement(draft, StartPlan(stock=Stock.STANDING, per_day=2)),
            "horizons": (2, 4, 8),
            "others": (), "per_day": 5, "days": 30, "whom": Narrowed(),
            "weeks": 1, "earlier": window.end - timedelta(weeks=2), "later": window.end - timedelta(weeks=1),
        }  # fmt: skip
        return BY_TEST if parameter.annotation is Grant else values[parameter.name]

    def ask(self, name: str) -> Any:
        function, signature = PUBLIC[name]
        asked = [one for one in signature.parameters.values() if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
        positional = [self.given(name, one) for one in asked if one.kind is not one.KEYWORD_ONLY]
        named = {one.name: self.given(name, one) for one in asked if one.kind is one.KEYWORD_ONLY}
        return function(*positional, **named)


def known_lead(snapshot: Any) -> str:
    return str(snapshot.leads.history.lead_id[-1].as_py())


@pytest.fixture(scope="module")
def states(few_leads: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    """The data after no interruption, after one, and so on, each with nobody interrupting."""
    worlds = []
    for number in range(INTERRUPTIONS + 1):
        path = tmp_path_factory.mktemp("state") / f"{number}.duckdb"
        path.write_bytes(few_leads.read_bytes())
        database = open_database(path, first_definition=None, clock=NOW)
        for one in range(1, number + 1):
            bring_in(database, one)
        worlds.append(World(Deployment(CONFIG, database, lambda: NOW)))
    yield worlds
    for world in worlds:
        world.deployment.database.close()


@pytest.fixture
def interrupted(few_leads: Path, tmp_path: Path) -> Iterator[Interrupted]:
    path = tmp_path / "interrupted.duckdb"
    path.write_bytes(few_leads.read_bytes())
    database = open_database(path, first_definition=None, clock=NOW)
    database.__class__ = Interrupted
    assert isinstance(database, Interrupted)
    yield database
    database.left = 0
    database.close()


def test_of_every_public_function_it_is_known_whether_it_asks_or_changes() -> None:
    decided = WRITES | OF_FILES | OF_NOTHING | OF_ONE_TRANSACTION

    assert decided <= set(PUBLIC)
    assert len(ASKED) > 80


@pytest.mark.parametrize("name", [name for name in ASKED if name != "sla.owner_of"])
def test_an_answer_is_wholly_of_one_state_of_the_data(name: str, states: list[World], interrupted: Interrupted) -> None:
    world = World(Deployment(CONFIG, interrupted, lambda: NOW))
    interrupted.left = INTERRUPTIONS

    answer = plain(world.ask(name))

    assert any(answer == plain(quiet.ask(name)) for quiet in states)


def test_an_import_in_the_midst_shows_nobody_elses_name(few_leads: Path, tmp_path: Path) -> None:
    path = tmp_path / "imported-into.duckdb"
    path.write_bytes(few_leads.read_bytes())
    database = open_database(path, first_definition=None, clock=NOW)
    deployment = Deployment(CONFIG, database, lambda: NOW)
    snapshot = deployment.snapshot()
    draft = CONFIG.definition.with_threshold(45)
    ids = snapshot.leads.history.lead_id.to_pylist()
    truly = {lead_id: person.company for lead_id, person in leads.introduced(snapshot.leads, ids).items()}
    qualified = qualify(snapshot, draft)

    with ThreadPoolExecutor(1) as beside:
        importing = beside.submit(lambda: [bring_in(database, number) for number in range(1, 9)])
        asked = 0
        while not importing.done() or asked < 5:
            now = deployment.snapshot()
            moved = outlook.moved(now, draft, now.default_window, Move.GAINED, 500)
            people = leads.introduced(now.leads, moved.lead_ids)
            for lead_id, at in zip(moved.lead_ids, moved.movers.at.tolist(), strict=True):
                assert (people[lead_id].company, at) == (truly[lead_id], qualified[lead_id])
            asked += 1
    database.close()


def qualify(snapshot: Any, draft: Any) -> dict[str, int]:
    """When each lead qualifies under the draft, by id."""
    replayed = outlook.preview_at_threshold(snapshot, draft, snapshot.default_window).draft.replayed
    return dict(zip(snapshot.leads.history.lead_id.to_pylist(), replayed.qualified_at.tolist(), strict=True))


def test_a_snapshot_holds_leads_and_hand_offs_of_one_state(interrupted: Interrupted) -> None:
    interrupted.left = INTERRUPTIONS

    snapshot = Deployment(CONFIG, interrupted, lambda: NOW).snapshot()

    new = [lead_id for lead_id in snapshot.leads.history.lead_id.to_pylist() if lead_id.startswith("!")]
    handed_over = [lead_id for lead_id in snapshot.handoffs.lead_id.to_pylist() if lead_id.startswith("!")]
    assert sorted(new) == sorted(handed_over)
    assert agreed.in_force(snapshot.agreed.versions, NOW).number == 1
