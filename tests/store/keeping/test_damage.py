"""64 bytes of noise anywhere: what cannot be read is never said to hold, and never put back.

HANDSHAKE_NOISE says how many places of each block are written over (default 1).
"""

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from lib.core.errors import Refused
from lib.store.agreement.audit import verify
from lib.store.backups import backup, restore
from lib.store.database import Database, open_database
from tests.grants import BY_TEST
from tests.store.conftest import NOW

PLACES = int(os.environ.get("HANDSHAKE_NOISE", "1"))
NOISE_BYTES = 64
HEADER_BYTES = 3 * 4096
BLOCK_BYTES = 1 << 18

Values = dict[str, list[tuple[Any, ...]]]


def values_in(path: Path) -> Values:
    """Every value of every table, as it reads."""
    with duckdb.connect(str(path)) as read:
        tables = [name for (name,) in read.execute("select table_name from duckdb_tables()").fetchall()]
        return {table: read.execute(f"from {table} order by all").fetchall() for table in tables}


def places(size: int, random: Random) -> Iterator[int]:
    """Where noise is written: each of the three headers at its beginning and somewhere, and every block."""
    for header in range(0, HEADER_BYTES, 4096):
        yield header
        yield header + random.randrange(8, 4096 - NOISE_BYTES)
    for block in range(HEADER_BYTES, size - NOISE_BYTES, BLOCK_BYTES):
        for _ in range(PLACES):
            yield block + random.randrange(min(BLOCK_BYTES, size - block) - NOISE_BYTES)


def noisy(file: Path, random: Random, copy: Path) -> Iterator[int]:
    """A copy of the file, each time with noise at one other place."""
    content = file.read_bytes()
    for place in places(len(content), random):
        spoilt = bytearray(content)
        spoilt[place : place + NOISE_BYTES] = random.randbytes(NOISE_BYTES)
        copy.with_name(f"{copy.name}.wal").unlink(missing_ok=True)
        copy.write_bytes(spoilt)
        yield place


@pytest.fixture
def random() -> Random:
    return Random(f"noise {PLACES}")  # noqa: S311


def refusal_of_restoring(file: Path, path: Path) -> str:
    try:
        restore(file, path, NOW, by=BY_TEST)
    except Refused as refused:
        return str(refused)
    return ""


def verified(path: Path) -> bool:
    try:
        database = open_database(path, first_definition=None, clock=NOW)
    except Refused:
        return False
    try:
        verify(database)
    except Refused:
        return False
    finally:
        database.close()
    return True


def test_a_database_of_which_anything_reads_otherwise_does_not_verify(
    database_copy: Path, tmp_path: Path, random: Random
) -> None:
    original, spoilt = values_in(database_copy), tmp_path / "spoilt.duckdb"
    refused = 0

    for place in noisy(database_copy, random, spoilt):
        if verified(spoilt):
            # It hit a block that nothing is in.
            assert values_in(spoilt) == original, place
        else:
            refused += 1

    assert refused > 6
    assert verified(database_copy)


def test_a_backup_of_which_anything_reads_otherwise_is_not_put_back(
    database_copy: Path, tmp_path: Path, random: Random
) -> None:
    file, spoilt = tmp_path / "b.duckdb", tmp_path / "spoilt.duckdb"
    database = open_database(database_copy, first_definition=None, clock=NOW)
    backup(database, file)
    database.close()
    original, there = values_in(file), tmp_path / "there" / "h.duckdb"
    there.parent.mkdir()
    open_database(there, first_definition="x", clock=NOW).close()
    before, refused = {path.name: path.read_bytes() for path in there.parent.iterdir()}, 0

    # Every other place: each restore makes a whole database.
    for place in islice(noisy(file, random, spoilt), 0, None, 2):
        said = refusal_of_restoring(spoilt, there)
        if said:
            assert said.startswith(str(spoilt)), place
            assert {path.name: path.read_bytes() for path in there.parent.iterdir()} == before
            refused += 1
        else:
            # It hit a block that nothing is in.
            assert {**values_in(there), "audit_entry": original["audit_entry"]} == original, place
            assert len(values_in(there)["audit_entry"]) == len(original["audit_entry"]) + 1
            shutil.rmtree(there.parent)
            there.parent.mkdir()
            there.write_bytes(before[there.name])

    assert refused > 3


def test_a_backup_that_was_cut_off_is_not_put_back(db: Database, tmp_path: Path) -> None:
    file, cut = tmp_path / "b.duckdb", tmp_path / "cut.duckdb"
    backup(db, file)
    content = file.read_bytes()
    db.close()
    before = db.path.read_bytes()

    for size in (1, 100, 4096, HEADER_BYTES, HEADER_BYTES + 9, len(content) // 2):
        cut.write_bytes(content[:size])
        with pytest.raises(Refused):
            restore(cut, db.path, NOW, by=BY_TEST)

    assert db.path.read_bytes() == before


def test_a_database_with_damage_is_not_backed_up_as_if_it_held(database_copy: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(database_copy)) as made:
        ((block,),) = made.execute(
            "select max(block_id) from pragma_storage_info('activity') where block_id >= 0"
        ).fetchall()
    with database_copy.open("r+b") as file:
        file.seek(HEADER_BYTES + block * BLOCK_BYTES + 1000)
        file.write(bytes(NOISE_BYTES))
    database = open_database(database_copy, first_definition=None, clock=NOW)

    with pytest.raises(Refused, match="table 'activity' cannot be read"):
        backup(database, tmp_path / "b.duckdb")

    database.close()
    assert {path.name for path in tmp_path.iterdir()} == {database_copy.name}
