"""Histories of fields as HubSpot, Salesforce, Marketo and mappings of one's own have them."""

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.config.folder import SHIPPED, read_folder
from lib.config.source_text import write_source
from lib.config.sources import read_source
from lib.core.errors import ConfigRefused, FileRefused
from lib.core.exchange.field_names import OURS, FieldNames, field_names
from lib.core.exchange.mappings import Source, folded
from lib.store.composing import Given, sql
from lib.store.exchange.files.files import look_at
from lib.store.exchange.previews import preview_files
from lib.store.exchange.rows.feeds import feeds_by_source
from lib.store.exchange.rows.of_fields import fields_named
from lib.store.folding import put_foldings, teach_folding
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

SOURCES = read_folder(SHIPPED).sources
EXPORTS = Path(__file__).parents[5] / "shared/data/crm-exports"

CHANGES = "select lead_id, field, old_value, value, strftime(changed_at, '%m-%d %H') from lead_change order by all"


def mapped(text: str) -> Source:
    source = read_source(text, "crm.yaml")
    assert read_source(write_source(source), "again.yaml") == source
    return source


CRM = """\
name: CRM
files:
- headings: [Person, Joined]
  names: {size: [Company size, Staff]}
  blank: none given
  ignore: {Sys*: nobody wants it}
  tables:
  - table: lead
    columns: {lead_id: Person, created_at: Joined, title: [Job, Role], channel: Origin, source: Origin, employees: size,
      company: "{Firm} {Branch}", owner: Rep}
    values: {channel: {Web: inbound, Fair: event, Spam: skip, else: other}}
    rest: [size, Region]
    others: true
  - table: handoff_event
    columns: {lead_id: Person, occurred_at: Became MQL}
    constants: {kind: mql}
    when_known: Became MQL
- headings: [Who, What, From, To, When]
  decimal: ","
  tables:
  - table: lead_change
    columns: {lead_id: Who, field: What, old_value: From, value: To, changed_at: When}
    values: {field: {Stage: skip, Chief: title}}
"""
PEOPLE = "Person,Joined\na,2026-03-01\n"
HISTORY = "Who,What,From,To,When\n"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Job", ["title"]),
        ("job", ["title"]),
        ("Chief", ["title"]),
        ("Role", []),
        ("Origin", ["channel", "source"]),
        ("Company-Size", ["employees", "extra.size"]),
        ("Staff", ["employees", "extra.size"]),
        ("Region", ["extra.Region"]),
        ("Firm", []),
        ("Became MQL", []),
        ("Joined", []),
        ("Stage", []),
        ("SysStamp", []),
        ("Shoe size", ["extra.Shoe size"]),
        ("title", ["extra.title"]),
    ],
)
def test_a_historys_names_mean_what_the_headings_of_leads_do(
    load: Import, write: Write, rows: Rows, name: str, fields: list[str]
) -> None:
    source = mapped(CRM)

    load(write("people.csv", PEOPLE), write("history.csv", f"{HISTORY}a,{name},,7,2026-03-02\n"), source=source)

    assert [field for (field,) in rows("select field from lead_change order by all")] == fields
    assert list(field_names(source, source.files[1].tables[0]).fields(name) or ()) == fields


def test_a_historys_values_are_read_as_those_of_leads_are(load: Import, write: Write, rows: Rows) -> None:
    history = (
        "a,Origin,WEB,Fair,2026-03-02\na,Origin,Fair,Spam,2026-03-03\na,Origin,x,none given,2026-03-04\n"
        'a,Staff,"1.000","2.500",2026-03-02\na,Job,1.000,N/A,2026-03-02\n'
    )

    load(write("people.csv", PEOPLE), write("history.csv", HISTORY + history), source=mapped(CRM))

    assert rows("select field, old_value, value from lead_change order by field, changed_at") == [
        ("channel", "inbound", "event"),
        ("channel", "event", None),
        ("channel", "other", None),
        ("employees", "1000", "2500"),
        ("extra.size", "1.000", "2.500"),
        ("source", "WEB", "Fair"),
        ("source", "Fair", "Spam"),
        ("source", "x", None),
        ("title", "1.000", None),
    ]


def test_of_a_source_without_leads_the_names_are_ours(load: Import, write: Write, rows: Rows) -> None:
    source = mapped(CRM[: CRM.index("- headings: [Person")] + CRM[CRM.index("- headings: [Who") :])
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")

    result = load(
        write("history.csv", HISTORY + "a,Chief,,x,2026-03-02\na,E-Mail,,x,2026-03-02\na,Titel,,x,2026-03-02\n"),
        source=source,
    )

    assert rows("select field from lead_change order by all") == [("email",), ("title",)]
    assert [row.reason for row in result.rejected_rows] == [
        "field 'Titel' is no field of a lead. Did you mean 'title'?"
    ]


def test_a_file_of_one_field_says_which(load: Import, write: Write, rows: Rows) -> None:
    text = CRM.replace("field: What, ", "").replace(
        "values: {field: {Stage: skip, Chief: title}}", "constants: {field: employees}"
    )
    history = write("history.csv", HISTORY + 'a,x,"1.000","2.500",2026-03-02\n')

    load(write("people.csv", PEOPLE), history, source=mapped(text))

    assert rows("select field, old_value, value from lead_change") == [("employees", "1000", "2500")]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("Chief: title", "Chief: titel", "no field of a lead is called 'titel'. Did you mean 'title'?"),
        ("Chief: title", "Chief: lead_id", "no field of a lead is called 'lead_id'"),
        ("Chief: title", "else: title", "fields of every other name would be one"),
        ("field: What, ", "", "'lead_change' needs 'field'"),
        ("field: What, old", "old", "'lead_change' needs 'field'"),
        ("values: {field: {Stage", "gone: {x: y}\n    values: {field: {Stage", "rows of 'lead_change' are never gone"),
    ],
)
def test_what_cannot_be_meant_of_a_history_is_refused(written: str, instead: str, message: str) -> None:
    assert written in CRM

    with pytest.raises(ConfigRefused) as refused:
        read_source(CRM.replace(written, instead), "crm.yaml")

    assert message in str(refused.value)


def test_an_extra_field_may_be_named_in_a_mapping(load: Import, write: Write, rows: Rows) -> None:
    source = mapped(CRM.replace("Chief: title", "Chief: extra.Chief of staff, else: skip"))

    history = write("history.csv", HISTORY + "a,Chief,,x,2026-03-02\na,Job,,y,2026-03-02\na,Shoe,,z,2026-03-02\n")
    load(write("people.csv", PEOPLE), history, source=source)

    assert rows("select field from lead_change order by all") == [("extra.Chief of staff",), ("title",)]


def test_a_preview_shows_what_a_history_becomes(write: Write) -> None:
    history = write("history.csv", HISTORY + "a,Staff,,many,2026-03-02\na,Job,,CEO,2026-03-02\n")

    ((previewed),) = preview_files([history], source=mapped(CRM), zone=MADRID, now=NOW)

    (table,) = previewed.tables
    assert [row.values["field"] for row in table.rows] == ["employees", "extra.size", "title"]
    assert [value.reason for value in table.left_out] == ["employees 'many' is not a whole number, and unknown"]


def test_numbers_among_other_values_that_may_be_read_two_ways_are_asked(load: Import, write: Write) -> None:
    text = CRM.replace('  decimal: ","\n', "")
    history = write("history.csv", HISTORY + 'a,Staff,,1.500,2026-03-02\na,Job,,"1,5",2026-03-02\n')

    with pytest.raises(FileRefused, match=r"employees '1.500' may be 1.5 or 1,500"):
        load(write("people.csv", PEOPLE), history, source=mapped(text))


def test_hubspots_history_of_properties_is_the_history_of_fields(load: Import, write: Write, rows: Rows) -> None:
    contacts = (
        "id,property_email,property_createdate,property_jobtitle,property_persona\n1,ann@x.com,2026-03-01,CEO,buyer\n"
    )
    history = (
        "contact_id,timestamp,source,name,value\n"
        "1,2026-03-01 08:00:00,API,jobtitle,Clerk\n"
        "1,2026-03-02 08:00:00,API,jobtitle,CEO\n"
        "1,2026-03-02 09:00:00,API,hs_analytics_source,PAID_SEARCH\n"
        "1,2026-03-02 09:00:00,API,lifecyclestage,marketingqualifiedlead\n"
        "1,2026-03-02 09:00:00,API,hs_lead_status,CONNECTED\n"
        "1,2026-03-02 09:00:00,API,hs_lifecyclestage_customer_date,1772438400000\n"
        "1,2026-03-02 10:00:00,API,hubspot_owner_id,r7\n"
        "1,2026-03-02 10:00:00,API,persona,buyer\n"
        "1,2026-03-02 10:00:00,API,numemployees,1000\n"
    )

    result = load(write("contacts.csv", contacts), write("history.csv", history), source=SOURCES["hubspot"])

    assert result.rejected == 0
    assert rows(CHANGES) == [
        ("1", "channel", None, "inbound", "03-02 09"),
        ("1", "employees", None, "1000", "03-02 10"),
        ("1", "extra.original_source", None, "PAID_SEARCH", "03-02 09"),
        ("1", "extra.property_persona", None, "buyer", "03-02 10"),
        ("1", "owner", None, "r7", "03-02 10"),
        ("1", "title", None, "CEO", "03-02 08"),
        ("1", "title", None, "Clerk", "03-01 08"),
    ]
    assert rows("select kind from handoff_event order by all") == [("assigned",), ("first_touch",), ("mql",)]


LEAD, OWNER, OTHER = "00Q5g00000AbCdE", "0055g00000XyZaB", "0055g00000XyZaC"


def test_salesforces_history_of_leads_is_the_history_of_fields(load: Import, write: Write, rows: Rows) -> None:
    leads = (
        "Id,LastName,Company,LeadSource,Status,CreatedDate,OwnerId,Rating\n"
        f"{LEAD},Doe,Acme,Web,New,2026-03-01,{OWNER},Hot\n"
    )
    history = (
        "Id,IsDeleted,LeadId,CreatedById,CreatedDate,Field,DataType,OldValue,NewValue\n"
        f"1,0,{LEAD},005R,2026-03-01 08:00:00,created,Text,,\n"
        f"2,0,{LEAD},005R,2026-03-02 08:00:00,Title,Text,Clerk,CEO\n"
        f"3,0,{LEAD},005R,2026-03-02 08:00:00,LeadSource,Text,Trade Show,Web\n"
        f"4,0,{LEAD},005R,2026-03-02 08:00:00,Status,Text,New,MQL\n"
        f"5,0,{LEAD},005R,2026-03-02 08:00:00,Owner,Text,Ann,Bo\n"
        f"6,0,{LEAD},005R,2026-03-02 08:00:00,Owner,EntityId,{OTHER},{OWNER}\n"
        f"7,0,{LEAD},005R,2026-03-02 08:00:00,Rating,Text,Cold,Hot\n"
        f"8,0,{LEAD},005R,2026-03-02 08:00:00,Budget__c,Currency,1,2\n"
        f"9,1,{LEAD},005R,2026-03-02 08:00:00,Title,Text,x,y\n"
        f"10,0,{LEAD},005R,2026-03-02 08:00:00,LastViewedDate,Text,x,y\n"
    )

    result = load(write("leads.csv", leads), write("history.csv", history), source=SOURCES["salesforce"])

    assert (result.rejected, result.twice) == (0, 0)
    lead = LEAD + "EAV"
    assert rows(CHANGES) == [
        (lead, "channel", "event", "inbound", "03-02 08"),
        (lead, "extra.Budget__c", "1", "2", "03-02 08"),
        (lead, "extra.rating", "Cold", "Hot", "03-02 08"),
        (lead, "owner", OTHER + "AAV", OWNER + "AAV", "03-02 08"),
        (lead, "source", "Trade Show", "Web", "03-02 08"),
        (lead, "title", "Clerk", "CEO", "03-02 08"),
    ]


def test_marketos_changes_of_values_are_the_history_of_fields(load: Import, write: Write, rows: Rows) -> None:
    people = "Id,Email Address,Created At,Lead Source,Lead Status\n1,ann@x.com,2026-03-01 08:00,Webinar,MQL\n"
    changes = (
        "id,lead_id,activity_date,activity_type_id,primary_attribute_value,old_value,new_value,source\n"
        "1,1,2026-03-02 09:00:00.000,13,Lead Status,Open,MQL,Sync\n"
        "2,1,2026-03-02 10:00:00.000,13,Job Title,Clerk,CEO,Sync\n"
        "3,1,2026-03-02 10:00:00.000,13,Lead Score,1,20,Sync\n"
        "4,1,2026-03-02 10:00:00.000,13,Urgency,low,high,Sync\n"
        "5,1,2026-03-02 10:00:00.000,13,Lead Source,Web,Webinar,Sync\n"
    )

    result = load(write("people.csv", people), write("changes.csv", changes), source=SOURCES["marketo"])

    assert result.rejected == 0
    assert rows(CHANGES) == [
        ("1", "channel", "inbound", "event", "03-02 10"),
        ("1", "extra.Urgency", "low", "high", "03-02 10"),
        ("1", "extra.marketo_score", "1", "20", "03-02 10"),
        ("1", "title", "Clerk", "CEO", "03-02 10"),
    ]


def test_a_hand_kept_list_of_what_changed_needs_no_mapping(load: Import, write: Write, rows: Rows) -> None:
    people = write("people.csv", "Email,First name,Name,Created\nann@x.com,Ann,Lee,2026-03-01\n")
    changed = write("changed.csv", "Email;Field;Was;Became;Changed at\nANN@x.com;Job title;Clerk;CEO;2026-03-02\n")

    result = load(people, changed, source=SOURCES["generic"])

    assert result.rejected == 0
    assert rows(CHANGES) == [("ann@x.com", "title", "Clerk", "CEO", "03-01 23")]


@pytest.mark.parametrize(
    ("source", "files", "field"),
    [
        ("hubspot", ("hubspot/contact_data.csv", "hubspot/contact_property_history_data.csv"), "property_"),
        (
            "marketo",
            ("marketo/marketo_lead_data.csv", "marketo/marketo_activity_change_data_value_data.csv"),
            "Priority",
        ),
    ],
)
def test_real_tables_of_changes_are_read(
    load: Import, rows: Rows, source: str, files: tuple[str, ...], field: str
) -> None:
    paths = [EXPORTS / name for name in files]
    if not all(path.exists() for path in paths):
        pytest.skip("the exports are not here")

    result = load(*paths, source=SOURCES[source])

    # Those of leads that the excerpt lacks wait.
    found = result.tables["lead_change"]
    assert found.read >= 90
    assert found.rejected == result.waiting
    waiting = rows("select row ->> 'field' from rejected_row where table_name = 'lead_change'")
    names = Counter(name for (name,) in [*waiting, *rows("select field from lead_change")])
    assert names[next(name for name in names if field in name)] > 0


NAMES = st.sampled_from(
    ["Job", "JOB", " job ", "Role", "Origin", "Jobs", "extra.Job", "SysStamp", "Sys", "Ünïcode", "a*b", "?"]
)


@given(
    names=st.lists(NAMES, min_size=1, max_size=6),
    said=st.dictionaries(
        st.sampled_from(["job", "origin", "sys"]), st.sampled_from([(), ("title",), ("title", "owner")])
    ),
    others=st.booleans(),
    strict=st.booleans(),
    ignored=st.sets(st.sampled_from(["Sys*", "Role", "*", "a[*]b", "J*b", "x*y"])).map(tuple),
)
@settings(max_examples=60)
def test_columns_of_names_are_read_as_one_name_is(
    names: list[str], said: dict[str, tuple[str, ...]], others: bool, strict: bool, ignored: tuple[str, ...]
) -> None:
    read = FieldNames(said, others=others, strict=strict, ignored=ignored)

    assert fields_in_sql(names, read) == [
        list(found) if (found := read.fields(name.strip())) is not None else [None] for name in names
    ]
    assert OURS.fields("First-Name") == ("first_name",)
    assert folded("First-Name") in OURS.said


def fields_in_sql(names: list[str], read: FieldNames) -> list[list[str | None]]:
    """What the query that reads a file finds that the names stand for."""
    with duckdb.connect() as connection:
        teach_folding(connection)
        put_foldings(connection)
        connection.register(
            "given_name", pa.table({"place": range(len(names)), "name": [name.strip() for name in names]})
        )
        given_texts = Given({})
        fields = fields_named(sql("name"), read, given_texts)
        asked = sql("select {fields} from given_name order by place", fields=fields)
        return [row[0] for row in connection.execute(asked, given_texts.parameters).fetchall()]


def test_a_file_of_a_source_that_feeds_a_history_says_so(write: Write) -> None:
    source = SOURCES["salesforce"]
    file = look_at(write("h.csv", "OpportunityId,Field,OldValue,NewValue,CreatedDate\n1,Amount,1,2,2026-03-01\n"), ())

    assert "no field of a lead" in (feeds_by_source(file, source).unused or "")


def test_fields_of_ones_own_are_spelt_as_the_files_of_leads_spell_them(load: Import, write: Write, rows: Rows) -> None:
    # A loader writes `budget_c` in the leads' table, and the history has the field's own name.
    leads = "id,last_name,company,lead_source,status,created_date,budget_c\n1,Doe,Acme,Web,New,2026-03-01,2\n"
    history = "lead_id,field,old_value,new_value,created_date\n1,Budget__c,1,2,2026-03-02\n"

    load(write("history.csv", history), source=SOURCES["salesforce"])
    load(write("leads.csv", leads), source=SOURCES["salesforce"])
    again = load(write("history.csv", history), source=SOURCES["salesforce"])

    assert rows("select field, old_value, value from lead_change") == [("extra.budget_c", "1", "2")]
    assert again.tables["lead_change"].same == 1
    assert rows("select json_keys(extra) from lead") == [(["status", "budget_c"],)]
