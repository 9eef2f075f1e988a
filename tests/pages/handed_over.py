"""A small database of hand-offs whose every figure can be counted by hand."""

from pathlib import Path

from lib.__main__ import main

CONFIG = str(Path(__file__).parents[2] / "config")


def hand_over(folder: Path, **more: str) -> Path:
    """Two weeks: 30 MQLs of inbound leads, 24 accepted; then 80 of events, 8 accepted and 72 without budget.

    One more is handed over on the Monday after, and that is now. Of the accepted
    ones of the first week three became SQLs. `more` are further files by kind.
    """
    db = folder / "handed_over.duckdb"
    numbers = range(111)
    leads = [
        f"l{n:03},2026-03-01T09:00:00Z,Lea{n},Lead,{'Director' if n < 30 else 'Clerk'},{n}@x.example,"
        f"{'inbound' if n < 30 else 'event'},{'referral' if n < 30 else 'Forum'},rep-{n % 2}"
        for n in numbers
    ]
    events = ["e-now,l110,2026-03-16T09:00:00Z,mql,,"]
    for n in numbers[:110]:
        day = 2 + n % 5 if n < 30 else 9 + n % 5
        accepted = n < 24 or 30 <= n < 38
        events.append(f"m{n},l{n:03},2026-03-{day:02}T09:00:00Z,mql,,")
        answer = "accepted,rep-0," if accepted else f"rejected,rep-0,{'no_reply' if n < 30 else 'no_budget'}"
        events.append(f"d{n},l{n:03},2026-03-{day:02}T10:00:00Z,{answer}")
        if n < 3:
            events.append(f"s{n},l{n:03},2026-03-10T10:00:00Z,sql,rep-0,")
    files = {
        "lead": "lead_id,created_at,first_name,last_name,title,email,channel,source,owner\n" + "\n".join(leads),
        "handoff_event": "event_id,lead_id,occurred_at,kind,actor,reason\n" + "\n".join(events),
        "rep": "rep_id,name\nrep-0,Ann\nrep-1,Ben\n",
        **more,
    }
    for kind, rows in files.items():
        path = folder / f"{kind}.csv"
        path.write_text(rows)
        assert main(["import", str(path), "--as", kind, "--db", str(db), "--config", CONFIG]) == 0
    return db
