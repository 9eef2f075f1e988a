"""After an import the next visitor waits for the leads to be read anew, and is told what for."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.delta_generator import DeltaGenerator

from lib.store.exchange.imports import import_files
from lib.ui.now import present
from tests.conftest import OpenPage
from tests.grants import BY_TEST
from tests.pages.conftest import figures

ONE_MORE = "lead_id,created_at\nZ1,2026-03-01T00:00:00Z\n"


@pytest.fixture
def waited_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What bars have said."""
    said: list[str] = []
    shown = DeltaGenerator.progress

    def progress(self: DeltaGenerator, value: float, text: str = "", **rest: Any) -> DeltaGenerator:
        said.append(text)
        return shown(self, value, text, **rest)

    monkeypatch.setattr(DeltaGenerator, "progress", progress)
    return said


def test_a_page_says_what_it_waits_for_until_the_data_are_read_and_not_again(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path, waited_for: list[str]
) -> None:
    at = open_page("decide/tune.py", tiny_database)
    assert [text.split(":")[0] for text in waited_for] == ["Reading the data anew"] * 2
    waited_for.clear()

    at.run()
    assert waited_for == []

    more = tmp_path / "more.csv"
    more.write_text(ONE_MORE)
    import_files(
        present.deployment().database,
        [more],
        kind="lead",
        zone=present.zone(),
        now=present.snapshot().as_of,
        by=BY_TEST,
    )
    at.run()
    assert "leads, what they did" in waited_for[0]
    assert figures(at)
    assert not at.get("progress")
