"""Ann, whom every table knows that knows of leads, or in which people write; and how she is erased."""

from datetime import date
from typing import Any

import pytest

from lib.core.access.people import Side
from lib.core.agreement.meetings import NoteKind
from lib.core.handoffs.answered import Press
from lib.core.leads.erasing import Erasure
from lib.store.agreement.audit import load_entries, verify
from lib.store.agreement.drafts import save_draft
from lib.store.agreement.meetings import add_note
from lib.store.agreement.versions import propose, withdraw
from lib.store.database import Database
from lib.store.handoffs import decisions
from lib.store.leads.duplicates import merge_leads, unmerge_leads
from lib.store.leads.erasing.erasing import erase
from tests.grants import somebody
from tests.store.conftest import NOW, Import, Write

SECOND = 1_000_000
DAY = date(2026, 6, 1)
LATER = NOW + 3600 * SECOND

ANN, ANNS_OTHER = "00QAnnByron0001", "00QAnnByron0002"
EMAIL, PHONE = "marker.byron@poets.example", "+34 600 111 222"
NAME = "Marker Byronmark"
WORDS = (
    ANN,
    ANNS_OTHER,
    EMAIL,
    NAME,
    PHONE,
    "Byronmark",
    "Poetsmarker",
    "Sonnetsmarker",
    "Hobbymarker",
    "deal-mark-77",
)
"""By which somebody who looks into the file would know her."""

FIELDS = (
    "first_name,last_name,title,email,phone,company,employees,industry,country,channel,source,landing_page,owner,cost"
)

LEADS = f"""lead_id,created_at,{FIELDS},hobby
{ANN},2026-03-01,Marker,Byronmark,Poetsmarker,{EMAIL},{PHONE},Poetsmarker,7,Poetsmarker,ES,inbound,spring,/Sonnetsmarker,rep-1,12,Hobbymarker
{ANNS_OTHER},2026-03-02,Marker,Byronmark,,{EMAIL},,Poetsmarker,,,,event,fair,,rep-2,3,
c,2026-03-03,Cy,Twombly,Painter,cy@atelier.example,,Atelier,3,Art,IT,inbound,spring,/,rep-1,1,
d,2026-03-04,Dee,Vine,,dee@vine.example,,,,,,inbound,spring,/,rep-1,1,
"""
ACTIVITIES = f"""activity_id,lead_id,occurred_at,kind,subject,amount
view-{ANN},{ANN},2026-03-04T09:00:00Z,page_view,Sonnetsmarker,2
,{ANNS_OTHER},2026-03-05T09:00:00Z,page_view,Sonnetsmarker,
3,c,2026-03-05T09:00:00Z,page_view,met {NAME} at the fair,
"""
EVENTS = f"""event_id,lead_id,occurred_at,kind,actor,reason,amount,detail
,{ANN},2026-03-05T09:00:00Z,mql,crm,,,"{{""score"": 61, ""version"": 1, ""memo"": ""Poetsmarker""}}"
,{ANN},2026-03-05T10:00:00Z,assigned,rep-1,,,
e-{ANNS_OTHER},{ANNS_OTHER},2026-03-06T09:00:00Z,first_touch,rep-1,,,"{{""contact"": true, ""note"": ""Hobbymarker""}}"
c1,c,2026-03-06T09:00:00Z,mql,crm,,,"{{""score"": 70}}"
c2,c,2026-03-06T10:00:00Z,assigned,rep-1,,,
"""
CHANGES = f"""lead_id,field,old_value,value,changed_at
{ANN},title,Poetsmarker,Poet Poetsmarker,2026-03-02
{ANN},channel,event,inbound,2026-03-02
{ANN},extra.hobby,Poetsmarker,Hobbymarker,2026-03-02
"""
REJECTED = f"""lead_id,created_at,first_name,email
{ANN},not a date,Marker,{EMAIL}
other,31/31/2026,Marker Byronmark,x@y.example
"""
WAITING = f"""activity_id,lead_id,occurred_at,kind,subject
w,deal-marker-78,2026-03-04T09:00:00Z,page_view,asked {EMAIL}
"""

MARKETING = somebody("Ana", Side.MARKETING)


def press(lead_id: str, at: int, key: str, note: str) -> Press:
    return Press(lead_id, 1, at, key, note)


@pytest.fixture
def known_everywhere(db: Database, load: Import, write: Write) -> Database:
    """Ann, whom every table that knows of leads, or in which people write, says something of."""
    load(write("leads.csv", LEADS), kind="lead")
    load(write("activities.csv", ACTIVITIES), kind="activity")
    load(write("events.csv", EVENTS), kind="handoff_event")
    load(write("changes.csv", CHANGES), kind="lead_change")
    load(write("waiting.csv", WAITING), kind="activity")
    load(write("rejected.csv", REJECTED + f"{ANN},2026-03-01,Marker,{EMAIL}\n"), kind="lead")
    merge_leads(db, "c", ANNS_OTHER, LATER, somebody("Ana"))
    unmerge_leads(db, ANNS_OTHER, LATER + 1, somebody("Ana"))
    merge_leads(db, ANN, ANNS_OTHER, LATER + 2, somebody("Ana"))
    decisions.touch(
        db, somebody("rep-1"), press(ANN, LATER + 3, "k1", f"Called {PHONE}, {NAME} was out"), contact=False
    )
    undone = decisions.note(db, somebody("rep-1"), press(ANN, LATER + 4, "k2", "Sonnetsmarker"))
    decisions.undo(db, somebody("rep-1"), undone.event_id, LATER + 5)
    decisions.note(db, somebody("rep-1"), press("c", LATER + 6, "k3", f"knows {NAME} ({EMAIL}), see {ANN}"))
    save_draft(db, "less webinar", f"# {NAME.upper()} asked for it\nname: x\n", LATER + 7, somebody("Ana"))
    save_draft(db, "less webinar", "name: x\n", LATER + 8, somebody("Ana"))
    save_draft(db, f"for {NAME}", "name: y\n", LATER + 8, somebody("Ana"))
    add_note(db, NoteKind.ACTION, f"Write to {EMAIL}", somebody("Ana"), LATER + 9, met_on=DAY, owner="Ana", due=DAY)
    add_note(db, NoteKind.ACTION, "Fewer webinars", somebody("Ana"), LATER + 9, met_on=DAY, owner="Tom", due=DAY)
    propose(db, "name: second\n", MARKETING, LATER + 10, reason=f"{NAME} should have qualified")
    withdraw(db, 2, MARKETING, LATER + 11, reason=f"See {ANN}")
    assert verify(db) == len(load_entries(db))
    return db


def erased(db: Database, lead_id: str = ANN, **how: Any) -> Erasure:
    given = {"by": somebody("Ana"), "reason": f"{NAME} asked for it, Art. 17", "now": LATER + 60 * SECOND}
    return erase(db, lead_id, asked_by_promises=("country",), **(given | how))
