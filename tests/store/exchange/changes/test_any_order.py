"""Rows of leads and histories of their fields come to the same end in whatever order they are imported."""

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.store.database import Database
from lib.store.exchange.imports import check_files, import_files, load
from lib.store.exchange.undoing import undo_last_import
from tests.grants import BY_TEST
from tests.store.conftest import MADRID, NOW
from tests.store.exchange.test_counts import empty
from tests.store.exchange.test_undoing import state

DAY = 86_400_000_000

FIELDS = ("title", "employees", "extra.plan")
VALUES = {"title": ["CEO", "Clerk", ""], "employees": ["1", "1000", ""], "extra.plan": ["gold", "free", ""]}


@dataclass(frozen=True)
class Story:
    """What was so of one lead: by field its first value, and what it became on which days of March."""

    first: dict[str, str]
    became: dict[str, dict[int, str]]

    def on(self, field: str, day: int) -> str:
        """What the field was at the end of a day."""
        changed = [at for at in self.became[field] if at <= day]
        return self.became[field][max(changed)] if changed else self.first[field]

    def written(self, day: int) -> int:
        """When the row was last written by the end of a day."""
        return max([1, *(at for field in FIELDS for at in self.became[field] if at <= day)])

    def row(self, lead: str, day: int) -> str:
        cells = [self.on(field, day) for field in FIELDS]
        return ",".join([lead, "2026-03-01", *cells, f"2026-03-{self.written(day):02}T08:00:00Z"])

    def history(self, lead: str, until: int) -> list[str]:
        lines = []
        for field in FIELDS:
            for at in sorted(self.became[field]):
                if at <= until:
                    cells = [lead, field, self.on(field, at - 1), self.became[field][at], f"2026-03-{at:02}T08:00:00Z"]
                    lines.append(",".join(cells))
        return lines


@st.composite
def stories(draw: st.DrawFn) -> Story:
    first = {field: draw(st.sampled_from(VALUES[field])) for field in FIELDS}
    became: dict[str, dict[int, str]] = {}
    for field in FIELDS:
        now, of_field = first[field], {}
        for at in sorted(draw(st.sets(st.integers(3, 27), max_size=3))):
            now = draw(st.sampled_from([value for value in VALUES[field] if value != now]))
            of_field[at] = now
        became[field] = of_field
    return Story(first, became)


LEADS = "lead_id,created_at,title,employees,plan,stated_at\n"
HISTORY = "lead_id,field,old_value,value,changed_at\n"

Files = dict[str, tuple[str, str]]


@st.composite
def files(draw: st.DrawFn) -> Files:
    """Two exports of leads and a history, made on three days of which any may be the last."""
    told = {lead: draw(stories()) for lead in ("a", "b")}
    early, late = sorted(draw(st.sets(st.integers(2, 28), min_size=2, max_size=2)))
    until = draw(st.integers(2, 28))
    lines = [line for lead, story in told.items() for line in story.history(lead, until)]
    return {
        "early": ("lead", LEADS + "".join(story.row(lead, early) + "\n" for lead, story in told.items())),
        "late": ("lead", LEADS + "".join(story.row(lead, late) + "\n" for lead, story in told.items())),
        "history": (
            "lead_change",
            HISTORY + "".join(line + "\n" for line in lines or ["a,title,CEO,Clerk,2026-03-02"]),
        ),
    }


def brought(database: Database, folder: Path, files: Files, name: str, number: int) -> None:
    kind, text = files[name]
    path = folder / f"{name}.csv"
    path.write_text(text)
    import_files(database, [path], kind=kind, zone=MADRID, now=NOW + number * DAY, by=BY_TEST)


def ends(database: Database) -> tuple[list[object], list[object]]:
    with database.read() as cursor:
        leads = cursor.execute("select lead_id, title, employees, extra::varchar from lead order by all").fetchall()
        changes = cursor.execute("select * exclude (run) from lead_change order by all").fetchall()
    return leads, changes


SLOW = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(of=files())
@SLOW
def test_two_exports_of_leads_and_a_history_come_to_the_same_end_in_any_order(
    db: Database, tmp_path: Path, of: Files
) -> None:
    found = {}
    for order in permutations(of):
        empty(db)
        for number, name in enumerate(order):
            brought(db, tmp_path, of, name, number)
        found[order] = ends(db)

    first = found["early", "late", "history"]
    assert all(end == first for end in found.values()), {order: end for order, end in found.items() if end != first}


@given(of=files(), order=st.permutations(["early", "late", "history"]))
@SLOW
def test_each_step_of_them_taken_back_leaves_everything_as_it_was_and_brought_again_changes_nothing(
    db: Database, tmp_path: Path, of: Files, order: list[str]
) -> None:
    empty(db)
    for number, name in enumerate(order):
        before = state(db)
        brought(db, tmp_path, of, name, number)
        undo_last_import(db, NOW + number * DAY, by=BY_TEST)
        assert state(db) == before
        brought(db, tmp_path, of, name, number)
    end = ends(db)

    for number, name in enumerate(order, start=3):
        brought(db, tmp_path, of, name, number)
        assert ends(db) == end


@given(of=files(), order=st.permutations(["early", "late", "history"]))
@SLOW
def test_what_is_imported_together_comes_to_what_is_imported_one_after_another(
    db: Database, tmp_path: Path, of: Files, order: list[str]
) -> None:
    empty(db)
    for number, name in enumerate(("early", "late", "history")):
        brought(db, tmp_path, of, name, number)
    found = ends(db)

    empty(db)
    recognised = []
    for name in order:
        kind, text = of[name]
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        recognised += check_files([path], kind=kind)
    load(db, recognised, "together", zone=MADRID, now=NOW, by=BY_TEST)

    assert ends(db) == found
