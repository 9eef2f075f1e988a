"""Whoever reads during an import sees the state before it or the state after it, and no error."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from lib.store.database import Database
from lib.store.exchange.imports import import_files
from tests.grants import BY_TEST
from tests.store.conftest import MADRID, NOW, Rows, Write

READERS = 20
LEADS = 20_000

State = tuple[int, ...]

SEEN = """
select
    (select count(*) from lead),
    (select count(*) from rep),
    (select count(*) from import_run),
    (select count(*) from audit_entry),
    (select count(*) from lead where email is null)
"""


def test_twenty_readers_never_see_half_an_import(db: Database, write: Write, rows: Rows) -> None:
    leads = write("l.csv", "lead_id,created_at\n" + "".join(f"a{n},2026-01-01\n" for n in range(LEADS)))
    again = write("m.csv", "lead_id,email\n" + "".join(f"a{n},a{n}@example.com\n" for n in range(LEADS)))
    over = Event()

    def reading() -> set[State]:
        seen = set()
        while not over.is_set():
            with db.read() as cursor:
                first = cursor.execute(SEEN).fetchall()[0]
                second = cursor.execute(SEEN).fetchall()[0]
            assert first == second
            seen.add(first)
        return seen

    with ThreadPoolExecutor(READERS) as threads:
        readers = [threads.submit(reading) for _ in range(READERS)]
        try:
            import_files(db, [leads], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)
            import_files(db, [again], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)
        finally:
            over.set()
        seen = set.union(*(reader.result(timeout=60) for reader in readers))

    before, between, after = (0, 0, 0, 0, 0), (LEADS, 0, 1, 1, LEADS), (LEADS, 0, 2, 2, 0)
    assert seen <= {before, between, after}
    assert before in seen
    assert len(seen) > 1
    assert rows(SEEN) == [after]
