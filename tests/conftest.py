"""What several tests stand on: a database of invented leads, made once, and pages opened on it."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from lib.ui.now import present

ROOT = Path(__file__).parents[1]

# A property holds or it does not; how long an example takes says how busy the machine is. What hypothesis
# chooses by itself where CI is set, the same examples every time, stays.
settings.register_profile("handshake", deadline=None)
settings.load_profile("handshake")

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """What a process reads once and the tests would read hundreds of times.

    Each command and each page opened reads the configuration, each AppTest whether an installed package brings
    components: half of what it costs to open a page. The readers stay: the same text has the same meaning.
    """
    from lib.config import folder

    readers = ("read_agreement", "read_policy", "read_answers", "read_people", "read_app", "read_source")
    with pytest.MonkeyPatch.context() as patch:
        for name in readers:
            patch.setattr(folder, name, cache(getattr(folder, name)))
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


def _invented(leads: int, folder: Path) -> Path:
    from lib.__main__ import main

    path, config = folder / "sample.duckdb", str(ROOT / "config")
    made = main(["sample", "--leads", str(leads), "--end", "2026-11-23", "--db", str(path), "--config", config])
    assert made == 0
    return path


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 invented leads; read only, copy it to change it."""
    return _invented(1_500, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def larger_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 invented leads: enough decisions for what must be told from chance; read only."""
    return _invented(5_000, tmp_path_factory.mktemp("larger"))


@pytest.fixture
def database_copy(sample_database: Path, tmp_path: Path) -> Path:
    """The invented leads in a file of the test's own."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(sample_database.read_bytes())
    return copy


@pytest.fixture
def app_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Says which database the pages are on, and lets go of it afterwards."""
    from lib.ui.now import drafts

    def forget() -> None:
        present.close()
        drafts.forget()

    def use(path: Path) -> None:
        if tmp_path not in path.parents:
            # Several tests share it, and every change of a draft is kept: nobody else's test shall find it.
            shared_path, path = path, tmp_path / path.name
            if not path.exists():
                path.write_bytes(shared_path.read_bytes())
        monkeypatch.setenv("HANDSHAKE_DB", str(path))
        monkeypatch.setenv("HANDSHAKE_CONFIG", str(ROOT / "config"))
        monkeypatch.chdir(ROOT)
        forget()

    yield use
    forget()


@pytest.fixture
def open_page(app_on: Callable[[Path], None]) -> OpenPage:
    """Opens a page in the frame, as a visitor does who pastes its address."""

    def opened(page: str, database: Path, **address: str) -> AppTest:
        app_on(database)
        at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
        if page != "decide/tune.py":
            # Of a page not yet known the file's name is taken for its address, and here it is.
            at.switch_page(page)
        for name, value in address.items():
            at.query_params[name] = value
        return at.run()

    return opened


def pytest_report_header() -> str:
    return f"a missing browser is {'a failure' if os.environ.get('CI') else 'a skip'}"
