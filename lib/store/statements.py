"""The queries, by room and name: each lies in its room's `sql/`, beside the modules that ask it."""

from functools import cache
from pathlib import Path


@cache
def statement(name: str) -> str:
    """The text of a query: `leads/history_leads` is `leads/sql/history_leads.sql`."""
    path = Path(__file__).parent / name
    return (path.parent / "sql" / f"{path.name}.sql").read_text(encoding="utf-8")
