"""A real server and its files: private, swept at start and stop, and no answer is given while they are elsewhere."""

import io
import json
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.__main__ import main
from lib.cli.shell.terminal import Terminal
from lib.server.signing import signature
from tests.browser.conftest import started

ROOT = Path(__file__).parents[2]
DB = "handshake.duckdb"
SECRET = "5" * 64


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSHAKE_WEBHOOK_SECRET", SECRET)


def command(folder: Path, *arguments: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    status = main([*arguments, "--db", DB, "--config", str(ROOT / "config")], Terminal(out, err, False, folder))
    return status, err.getvalue()


def sent(address: str, event_id: str) -> tuple[int, str]:
    """What the webhook answers to one event."""
    event = {"event_id": event_id, "lead_id": "L0000001", "occurred_at": "2026-11-22T09:00:00Z", "kind": "mql"}
    body, timestamp = json.dumps(event).encode(), str(int(time.time()))
    signed = {
        "Handshake-Timestamp": timestamp,
        "Handshake-Signature": f"sha256={signature(SECRET.encode(), timestamp, body)}",
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{address}/api/events", body, signed), timeout=20) as said:  # noqa: S310
            return said.status, said.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


LEFT = (f"{DB}.copying", f"{DB}.restoring.wal", f"{DB}.app.part", f"{DB}.dropped/leads.csv", "backups/x.part")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a process that was killed has left something, and somebody else has something."""
    folder = tmp_path_factory.mktemp("files")
    for name in LEFT:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    return folder


@pytest.fixture(scope="module")
def address(sample_database: Path, folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDSHAKE_WEBHOOK_SECRET", SECRET)
        with started(sample_database, folder) as address:
            yield address
    # Once it has stopped.
    assert not (folder / f"{DB}.dropped").exists()


def test_what_a_killed_process_left_is_gone_once_the_app_is_there(address: str, folder: Path) -> None:
    assert [name for name in LEFT if (folder / name).exists()] == ["backups/x.part"]


def test_what_the_app_writes_is_its_users_alone(address: str, folder: Path) -> None:
    assert sent(address, "private")[0] == 200
    assert command(folder, "backup", "b.duckdb") == (0, "")
    assert command(folder, "agreement", "--out", "agreement.md") == (0, "")

    written = (f"{DB}.wal", f"{DB}.app", f"{DB}.dropped", "b.duckdb", "b.duckdb.head.json", "agreement.md")
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) & 0o077 for name in written}
    assert set(modes.values()) == {0}


def test_an_answer_is_refused_while_the_file_is_not_where_it_was(address: str, folder: Path) -> None:
    (folder / DB).rename(folder / "elsewhere.duckdb")
    try:
        status, said = sent(address, "lost")
    finally:
        (folder / "elsewhere.duckdb").rename(folder / DB)

    assert status == 503
    assert "is not there any more" in said
    assert json.loads(sent(address, "lost")[1])["new"] == 1
