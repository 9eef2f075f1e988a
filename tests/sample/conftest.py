"""One invention for all tests here: 20,000 leads handed over by the shipped definition, also read back from a store."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest

from lib.config.definition import read_definition
from lib.core.arrays import NEVER
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import History
from lib.core.replay.hits import find_hits
from lib.core.replay.replay import replay
from lib.core.time.clock import parse_instant
from lib.sample.invention import invent
from lib.store.database import opened
from lib.store.exchange.appending import append_tables
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.history import load_history
from tests.grants import BY_TEST

CONFIG = Path(__file__).parents[2] / "config"
ZONE = ZoneInfo("Europe/Madrid")
END = parse_instant("2026-11-22T23:00:00Z", ZONE)
SEED = 1


def tables_of(leads: int, seed: int = SEED, end: int = END) -> dict[str, pa.Table]:
    return invent(leads, seed, end, shipped_definition(), ZONE)


def shipped_definition() -> Definition:
    return read_definition((CONFIG / "definition.yaml").read_text(encoding="utf-8"), "definition.yaml")


@dataclass(frozen=True, eq=False)
class Year:
    """The tables, what a store makes of them, and every lead's first hand-off as one row by lead id.

    `history` and `cycles` are what the core computes with; `handoffs` is read without it.
    """

    tables: dict[str, pa.Table]
    history: History
    handoffs: pd.DataFrame
    cycles: Handoffs

    def qualified_at(self, definition: Definition) -> npt.NDArray[np.int64]:
        """By lead, microseconds, NEVER for those who do not qualify."""
        return replay(find_hits(self.history, definition), definition, as_of=END).qualified_at

    def qualified(self, definition: Definition) -> npt.NDArray[np.bool_]:
        return np.asarray(self.qualified_at(definition) != NEVER)

    def acceptance(self, among: npt.NDArray[np.bool_]) -> float:
        """Accepted ÷ decided of the first hand-offs of the leads (n,) marked."""
        accepted = self.handoffs["accepted"].notna().to_numpy()
        decided = accepted | self.handoffs["rejected"].notna().to_numpy()
        return float(accepted[among & decided].mean())


@pytest.fixture(scope="package")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    tables = tables_of(20_000)
    path = tmp_path_factory.mktemp("year") / "year.duckdb"
    definition_text = (CONFIG / "definition.yaml").read_text(encoding="utf-8")
    with opened(path, first_definition=definition_text, clock=END) as database:
        append_tables(database, tables, by=BY_TEST)
        history, cycles = load_history(database), load_handoffs(database, END)
    events = tables["handoff_event"].to_pandas()
    first = events[(events["kind"] == "mql").groupby(events["lead_id"]).cumsum() == 1]
    handoffs = first.pivot_table(index="lead_id", columns="kind", values="occurred_at", aggfunc="min")
    return Year(tables, history, handoffs.reindex(history.lead_id.to_pylist()), cycles)


@pytest.fixture(scope="package")
def events(year: Year) -> pd.DataFrame:
    return year.tables["handoff_event"].to_pandas()


@pytest.fixture(scope="package")
def activities(year: Year) -> pd.DataFrame:
    """Every activity, with the instant its lead was created."""
    created = year.tables["lead"].select(["lead_id", "created_at"]).to_pandas()
    frame = year.tables["activity"].to_pandas().astype({"lead_id": "str", "kind": "str", "subject": "str"})
    return frame.merge(created, on="lead_id")
