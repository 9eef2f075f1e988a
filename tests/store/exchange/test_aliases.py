"""A lead goes by other ids too: its deal's, its e-mail address, the contact it became."""

from lib.config.sources import read_source
from lib.core.exchange.runs import TableCount
from tests.store.conftest import Import, Rows, Write

SOURCE = read_source(
    """\
name: CRM
files:
  - headings: [contact, created]
    tables:
      - table: lead
        columns: {lead_id: contact, created_at: created}
      - table: lead_alias
        id_of: email
        columns: {lead_id: contact, alias: mail}
        when_known: mail
  - headings: [contact, deal, type]
    tables:
      - table: lead_alias
        id_of: deal
        columns: {lead_id: contact, alias: deal}
  - headings: [deal, won]
    tables:
      - table: handoff_event
        id_of: deal
        columns: {lead_id: deal, occurred_at: won, event_id: "won {deal}"}
        constants: {kind: won}
  - headings: [recipient, opened]
    tables:
      - table: activity
        id_of: email
        columns: {lead_id: recipient, occurred_at: opened}
        constants: {kind: email_open}
  - headings: [meeting, at, deal no]
    tables:
      - table: activity
        id_of: deal
        columns: {lead_id: deal no, occurred_at: at, activity_id: meeting}
        constants: {kind: conversation}
""",
    "crm.yaml",
)

CONTACTS = "contact,created,mail\n2,2026-03-02,bo@x.com\n1,2026-03-01,Ann@X.com\n3,2026-03-01,\n"


def test_an_event_finds_its_lead_through_the_file_that_links_them(load: Import, write: Write, rows: Rows) -> None:
    files = [
        write("deals.csv", "deal,won\n1,2026-04-01\n"),
        write("links.csv", "contact,deal,type\n2,1,x\n"),
        write("contacts.csv", CONTACTS),
    ]

    result = load(*files, source=SOURCE)

    assert rows("select lead_id, kind from handoff_event") == [("2", "won")]
    assert result.tables["lead_alias"] == TableCount(read=3, new=3, changed=0, same=0)
    assert result.rejected == 0


def test_what_came_before_the_link_waits_for_it_and_repeating_changes_nothing(
    load: Import, write: Write, rows: Rows
) -> None:
    deals, links = write("deals.csv", "deal,won\n7,2026-04-01\n"), write("links.csv", "contact,deal,type\n2,7,x\n")
    first = load(deals, source=SOURCE)
    assert [row.reason for row in first.rejected_rows] == ["no lead is called 'deal 7' yet"]
    assert load(links, source=SOURCE).rejected == 1

    then = load(write("contacts.csv", CONTACTS), source=SOURCE)

    assert then.tables["handoff_event"].new == 1
    assert rows("select event_id, lead_id from handoff_event") == [("won 7", "2")]
    assert rows("from rejected_row") == []
    assert load(deals, links, source=SOURCE).tables["handoff_event"] == TableCount(read=1, new=0, changed=0, same=1)


def test_an_e_mail_address_is_one_in_any_case(load: Import, write: Write, rows: Rows) -> None:
    load(write("contacts.csv", CONTACTS), source=SOURCE)

    load(write("opens.csv", "recipient,opened\nANN@x.com,2026-04-01\n"), source=SOURCE)

    assert rows("select lead_id from activity") == [("1",)]


def test_a_deal_of_several_belongs_to_the_one_created_first_and_a_meeting_to_each(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("contacts.csv", CONTACTS), write("links.csv", "contact,deal,type\n2,7,x\n1,7,x\n"), source=SOURCE)
    deals = write("deals.csv", "deal,won\n7,2026-04-01\n")
    meetings = write("meetings.csv", "meeting,at,deal no\nm,2026-04-02,7\n")

    load(deals, meetings, source=SOURCE)
    again = load(deals, meetings, source=SOURCE)

    assert rows("select lead_id from handoff_event") == [("1",)]
    assert rows("select activity_id, lead_id from activity order by all") == [("m@1", "1"), ("m@2", "2")]
    assert again.tables["activity"] == TableCount(read=2, new=0, changed=0, same=2)


def test_a_deal_whose_number_is_a_contacts_too_is_not_taken_for_the_contact(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("contacts.csv", CONTACTS), source=SOURCE)

    result = load(write("deals.csv", "deal,won\n1,2026-04-01\n"), source=SOURCE)

    assert result.rejected == 1
    assert rows("from handoff_event") == []
