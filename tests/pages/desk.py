"""A rep's desk whose every clock can be worked out by hand: Monday 2 March 2026, 12:00 in Madrid."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

from lib.__main__ import main
from lib.app import deployment
from lib.core.time.clock import MICROSECONDS, parse_instant

CONFIG = str(Path(__file__).parents[2] / "config")

NOON = parse_instant("2026-03-02T11:00:00Z", ZoneInfo("UTC"))
"""12:00 in Madrid."""

MINUTE = 60 * MICROSECONDS

LEADS = """lead_id,created_at,first_name,last_name,title,email,company,employees,channel,owner
late,2026-02-20T09:00:00Z,Lara,Late,Director,lara@late.example,Late *Ltd* [x](y),300,inbound,ana
soon,2026-02-20T09:00:00Z,Sam,Soon,Director,sam@soon.example,Soon <b>AG</b>,300,inbound,ana
easy,2026-02-20T09:00:00Z,Eva,Easy,Director,eva@easy.example,Easy,300,event,ana
done,2026-02-20T09:00:00Z,Dora,Done,Director,dora@done.example,Done,300,inbound,ana
bens,2026-02-20T09:00:00Z,Bo,Bens,Director,bo@bens.example,Bens,300,inbound,ben
lost,2026-02-20T09:00:00Z,Lou,Lost,Director,lou@lost.example,Lost,300,inbound,
"""

EVENTS = """event_id,lead_id,occurred_at,kind,actor
1,late,2026-02-27T08:00:00Z,mql,marketing
2,soon,2026-03-02T08:00:00Z,mql,marketing
3,easy,2026-03-02T08:00:00Z,mql,marketing
4,done,2026-02-26T08:00:00Z,mql,marketing
5,done,2026-02-26T09:00:00Z,accepted,ana
6,bens,2026-02-27T08:00:00Z,mql,marketing
7,lost,2026-03-02T08:00:00Z,mql,marketing
"""

ACTIVITIES = """activity_id,lead_id,occurred_at,kind,subject
1,soon,2026-03-02T07:00:00Z,form_submit,demo
"""

REPS = "rep_id,name,team\nana,Ana Ames,North\nben,Ben Bell,South\n"


def desk(folder: Path) -> Path:
    """Ana has three to answer: Lara is 5 working hours over, Sam has 1 left, Eva 13; and Dora, accepted.

    Ben has one, over; Lou is nobody's.
    """
    db = folder / "desk.duckdb"
    db.write_bytes(_imported())
    return db


@cache
def _imported() -> bytes:
    """The file, made once: each of the four imports reads the whole configuration, and many tests stand on it."""
    with TemporaryDirectory() as made:
        db = Path(made) / "desk.duckdb"
        for kind, rows in (("lead", LEADS), ("activity", ACTIVITIES), ("handoff_event", EVENTS), ("rep", REPS)):
            path = Path(made) / f"{kind}.csv"
            path.write_text(rows)
            assert main(["import", str(path), "--as", kind, "--db", str(db), "--config", CONFIG]) == 0
        return db.read_bytes()


class Wall:
    """The clock on the wall, which a test moves by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr(deployment, "wall_clock", lambda: self.now)

    def later(self, minutes: int) -> None:
        self.now += minutes * MINUTE
