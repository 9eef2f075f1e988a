"""What the webhook has answered is on disk: a real server, killed the moment its answer is there."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lib.server.signing import signature
from lib.store.agreement.audit import verify
from lib.store.database import open_database
from lib.store.holder import holder_of
from tests.browser.conftest import started

ROOT = Path(__file__).parents[2]
SECRET = "5" * 64


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSHAKE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("HANDSHAKE_WEBHOOK_CRM", f"whsec_{SECRET}")


def test_an_answered_event_outlives_the_server(sample_database: Path, tmp_path: Path) -> None:
    path = tmp_path / "handshake.duckdb"
    with started(sample_database, tmp_path) as address:
        holder = holder_of(path)
        for n in range(3):
            body = json.dumps(
                {"event_id": f"crm-{n}", "lead_id": "L0000001", "occurred_at": "2026-11-22T09:00:00Z", "kind": "mql"}
            ).encode()
            timestamp = str(int(time.time()))
            request = urllib.request.Request(  # noqa: S310
                f"{address}/api/events",
                body,
                {
                    "Handshake-Timestamp": timestamp,
                    "Handshake-Signature": f"sha256={signature(SECRET.encode(), timestamp, body)}",
                },
            )
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                assert json.load(answer)["new"] == 1
        assert holder is not None
        os.kill(holder.process, signal.SIGKILL)

    database = open_database(path, first_definition=None, clock=0)
    with database.cursor() as cursor:
        found = cursor.execute("select event_id from handoff_event where event_id like 'crm-%' order by 1").fetchall()
    assert found == [("crm-0",), ("crm-1",), ("crm-2",)]
    assert verify(database) >= 3
    database.close()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_example_of_the_documentation_works_as_it_is_written(sample_database: Path, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    example = re.search(r"```sh\n(body=.*?)```", text, re.DOTALL)
    assert example is not None

    with started(sample_database, tmp_path) as address:
        script = example[1].replace("http://127.0.0.1:8501", address).replace('"42"', '"L0000001"')
        answered = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{address}/api/events", b"{}", timeout=10)  # noqa: S310

    assert json.loads(answered.stdout)["new"] == 2
    # An app that stops takes its note along.
    assert holder_of(tmp_path / "handshake.duckdb") is None
    assert "crm:1001" not in (tmp_path / "server.log").read_text()
