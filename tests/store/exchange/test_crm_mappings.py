"""What files of HubSpot, Salesforce, Marketo and hand-kept lists become by the mappings that come with the code."""

import pytest

from lib.config.folder import SHIPPED, read_folder
from tests.store.conftest import Import, Rows, Write

SOURCES = read_folder(SHIPPED).sources

STORY = "select lead_id, kind, strftime(occurred_at, '%m-%d %H:%M') from handoff_event order by lead_id, occurred_at"


@pytest.mark.parametrize(
    "headings",
    [
        "Record ID,Email,Create Date,Original Source,Lifecycle Stage,Became a Marketing Qualified Lead Date,"
        "Became a Sales Qualified Lead Date,Became a Customer Date,Owner Assigned Date,Contact owner,Persona",
        "hs_object_id,email,createdate,hs_analytics_source,lifecyclestage,hs_lifecyclestage_marketingqualifiedlead_date,"
        "hs_lifecyclestage_salesqualifiedlead_date,hs_lifecyclestage_customer_date,hubspot_owner_assigneddate,"
        "hubspot_owner_id,persona",
        "id,property_email,property_createdate,property_hs_analytics_source,property_lifecyclestage,"
        "property_hs_v2_date_entered_marketingqualifiedlead,property_hs_v2_date_entered_salesqualifiedlead,"
        "property_hs_v2_date_entered_customer,property_hubspot_owner_assigneddate,property_hubspot_owner_id,persona",
    ],
    ids=["labels", "internal names", "warehouse"],
)
def test_a_hubspot_contacts_dates_become_its_story(load: Import, write: Write, rows: Rows, headings: str) -> None:
    contacts = (
        "1,ann@x.com,2026-03-01 08:00,Organic Search,customer,2026-03-02 09:00,2026-03-04 10:00,2026-03-20 11:00,"
        "2026-03-02 10:00,r1,Founder\n"
        "2,bo@x.com,2026-03-01 08:00,Offline Sources,lead,,,,,,\n"
    )

    result = load(write("contacts.csv", f"{headings}\n{contacts}"), source=SOURCES["hubspot"])

    assert result.rejected == 0
    assert rows("select lead_id, email, channel, owner, extra ->> 'lifecycle_stage' from lead order by lead_id") == [
        ("1", "ann@x.com", "inbound", "r1", "customer"),
        ("2", "bo@x.com", "offline", None, "lead"),
    ]
    assert rows(
        "select count(*) from lead where extra ->> 'Persona' = 'Founder' or extra ->> 'persona' = 'Founder'"
    ) == [(1,)]
    assert rows(STORY) == [
        ("1", "mql", "03-02 09:00"),
        ("1", "assigned", "03-02 10:00"),
        ("1", "sql", "03-04 10:00"),
        ("1", "won", "03-20 11:00"),
    ]


def test_hubspots_history_deals_meetings_and_mails_find_their_contact(load: Import, write: Write, rows: Rows) -> None:
    files = [
        write(
            "contacts.csv", "Record ID,Email,Create Date\n1,Ann@x.com,2026-03-01 08:00\n2,bo@x.com,2026-03-01 08:00\n"
        ),
        write(
            "history.csv",
            "contact_id,timestamp,source,name,value\n"
            "1,2026-03-02 09:00:00.123,API,lifecyclestage,marketingqualifiedlead\n"
            "1,2026-03-02 10:00:00,CRM_UI,hubspot_owner_id,r7\n"
            "1,2026-03-02 11:00:00,CRM_UI,hs_lead_status,ATTEMPTED_TO_CONTACT\n"
            "1,2026-03-02 12:00:00,CRM_UI,hs_lead_status,IN_PROGRESS\n"
            "1,2026-03-02 12:30:00,CRM_UI,favourite_colour,red\n"
            "2,2026-03-02 09:00:00,CRM_UI,lifecyclestage,marketingqualifiedlead\n"
            "2,2026-03-03 09:00:00,CRM_UI,hs_lead_status,BAD_TIMING\n",
        ),
        write(
            "deals.csv",
            "Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Associated Contact IDs\n"
            "1,Big,Closed won,1200.50,2026-03-20 10:00,2026-03-05 10:00,1;2\n",
        ),
        write(
            "meetings.csv",
            "engagement_id,start_time,end_time,meeting_outcome,title\n"
            "m1,2026-03-06 10:00,2026-03-06 10:30,COMPLETED,Demo\nm2,2026-03-07 10:00,,NO_SHOW,Demo\n",
        ),
        write("who.csv", "engagement_id,contact_id\nm1,1\nm1,2\nm2,1\n"),
        write(
            "mails.csv",
            "id,recipient,created,type,email_campaign_id,filtered_event\n"
            "e1,ANN@X.com,2026-03-01 09:00,OPEN,7,false\ne2,ann@x.com,2026-03-01 09:00,OPEN,7,true\n"
            "e3,ann@x.com,2026-03-01 09:01,SENT,7,false\n",
        ),
    ]

    result = load(*files, source=SOURCES["hubspot"])

    assert result.rejected == 0
    assert rows(STORY) == [
        ("1", "mql", "03-02 09:00"),
        ("1", "assigned", "03-02 10:00"),
        ("1", "first_touch", "03-02 11:00"),
        ("1", "accepted", "03-02 12:00"),
        ("1", "opportunity", "03-05 10:00"),
        ("1", "won", "03-20 10:00"),
        ("2", "mql", "03-02 09:00"),
        ("2", "recycled", "03-03 09:00"),
    ]
    assert rows("select actor from handoff_event where kind = 'assigned'") == [("r7",)]
    assert rows("select reason from handoff_event where kind in ('accepted', 'recycled') order by reason") == [
        ("bad_timing",),
        (None,),
    ]
    assert rows("select amount::double from handoff_event where kind = 'won'") == [(1200.5,)]
    assert rows("select lead_id, kind, subject from activity order by all") == [
        ("1", "conversation", "Demo"),
        ("1", "email_open", "7"),
        ("2", "conversation", "Demo"),
    ]


NATIVE = {
    "lead": "Id,IsDeleted,FirstName,LastName,Company,LeadSource,Status,OwnerId,CreatedDate,IsConverted,ConvertedDate,"
    "ConvertedContactId,ConvertedOpportunityId,Rating,MQL_Date__c",
    "history": "Id,IsDeleted,LeadId,CreatedById,CreatedDate,Field,DataType,OldValue,NewValue",
    "task": "Id,WhoId,OwnerId,TaskSubtype,ActivityDate,CompletedDateTime,Status,IsDeleted",
    "member": "Id,CampaignId,LeadId,ContactId,Status,FirstRespondedDate,CreatedDate,IsDeleted",
    "opportunity": "Id,StageName,IsWon,IsClosed,CloseDate,CreatedDate,Amount,OwnerId,IsDeleted,CurrencyIsoCode",
}
WAREHOUSE = {
    "lead": "id,is_deleted,first_name,last_name,company,lead_source,status,owner_id,created_date,is_converted,"
    "converted_date,converted_contact_id,converted_opportunity_id,rating,mql_date_c",
    "history": "id,is_deleted,lead_id,created_by_id,created_date,field,data_type,old_value,new_value",
    "task": "id,who_id,owner_id,task_subtype,activity_date,completed_date_time,status,is_deleted",
    "member": "id,campaign_id,lead_id,contact_id,status,first_responded_date,created_date,is_deleted",
    "opportunity": "id,stage_name,is_won,is_closed,close_date,created_date,amount,owner_id,is_deleted,"
    "currency_iso_code",
}


@pytest.mark.parametrize("headings", [NATIVE, WAREHOUSE], ids=["native", "warehouse"])
def test_salesforce_tells_the_same_story_in_its_own_headings_and_in_a_loaders(
    load: Import, write: Write, rows: Rows, headings: dict[str, str]
) -> None:
    yes, no = ("1", "0") if headings is NATIVE else ("TRUE", "FALSE")
    content = {
        "opportunity": f"006A,Closed Won,{yes},{yes},2026-03-20,2026-03-05 09:00:00,1000,005R,{no},EUR\n"
        f"006X,Closed Won,{yes},{yes},2026-03-20,2026-03-05 09:00:00,1000,005R,{yes},EUR\n",
        "member": f"00vA,701A,00QA,,Attended,2026-02-20,2026-02-01 08:00:00,{no}\n"
        f"00vB,701A,000000000000000AAA,003A,Sent,,2026-03-06 08:00:00,{no}\n",
        "task": f"00TA,003A,005R,Call,2026-03-03,2026-03-03 10:30:00,Completed,{no}\n"
        f"00TB,003A,005R,Call,2026-03-09,,Not Started,{no}\n",
        "history": f"017A,{no},00QA,005R,2026-03-02 12:00:00,Status,Text,MQL,Sales Accepted\n"
        f"017B,{no},00QA,005R,2026-03-02 11:00:00,Owner,Text,Queue,Rita Rep\n"
        f"017C,{no},00QA,005R,2026-03-02 11:00:00,Owner,EntityId,00GQ,005R\n"
        f"017D,{no},00QA,005R,2026-03-04 12:00:00,leadConverted,Text,,\n"
        f"017E,{no},00QA,005R,2026-03-02 12:00:00,Rating,Text,Cold,Hot\n",
        "lead": f"00QA,{no},Ann,Lee,Acme,Trade Show,Converted,005R,2026-03-01 08:00:00,{yes},"
        "2026-03-04 12:00:00,003A,006A,Hot,2026-03-02 09:00:00\n"
        f"00QX,{yes},Gone,Gone,Acme,Web,New,005R,2026-03-01 08:00:00,{no},,,,,\n",
    }
    files = [write(f"{name}.csv", f"{headings[name]}\n{rows_}") for name, rows_ in content.items()]

    result = load(*files, source=SOURCES["salesforce"])

    assert result.rejected == 0
    assert rows("select lead_id, channel, source, owner, extra ->> 'rating' from lead") == [
        ("00QA", "event", "Trade Show", "005R", "Hot")
    ]
    assert rows(STORY) == [
        ("00QA", "mql", "03-02 09:00"),
        ("00QA", "assigned", "03-02 11:00"),
        ("00QA", "accepted", "03-02 12:00"),
        ("00QA", "first_touch", "03-03 10:30"),
        ("00QA", "sql", "03-04 12:00"),
        ("00QA", "sql", "03-04 12:00"),
        ("00QA", "opportunity", "03-05 09:00"),
        ("00QA", "won", "03-19 23:00"),
    ]
    assert rows("select actor from handoff_event where kind = 'assigned'") == [("005R",)]
    assert rows("select detail ->> 'contact' from handoff_event where kind = 'first_touch'") == [("Call",)]
    assert rows("select amount::double, detail ->> 'currency' from handoff_event where kind = 'won'") == [
        (1000.0, "EUR")
    ]
    assert rows("select lead_id, kind, subject from activity") == [("00QA", "event_attended", "701A")]


def test_marketos_activities_are_told_apart_by_number_and_its_statuses_by_word(
    load: Import, write: Write, rows: Rows
) -> None:
    files = [
        write(
            "people.csv",
            "Id,Email Address,Created At,Lead Source,Lead Status\n1,ann@x.com,2026-03-01 08:00,Webinar,MQL\n",
        ),
        write(
            "bulk.csv",
            "marketoGUID,leadId,activityDate,activityTypeId,primaryAttributeValueId,primaryAttributeValue,attributes\n"
            "g1,1,2026-03-01T09:00:00Z,1,5,/pricing,{}\ng2,1,2026-03-01T09:01:00Z,2,6,demo,{}\n"
            "g3,1,2026-03-01T09:02:00Z,12,6,New,{}\n",
        ),
        write(
            "changes.csv",
            "id,lead_id,activity_date,activity_type_id,primary_attribute_value,old_value,new_value,source\n"
            "1,1,2026-03-02 09:00:00.000,13,Lead Status,Open,MQL,Sync\n"
            "2,1,2026-03-02 10:00:00.000,13,Lead Status,MQL,Sales Accepted,Sync\n"
            "3,1,2026-03-02 10:00:00.000,13,Score,1,MQL,Sync\n",
        ),
        write(
            "progression.csv",
            "id,lead_id,activity_date,activity_type_id,primary_attribute_value,old_status,new_status\n"
            "9,1,2026-03-01 12:00:00 UTC,104,Spring webinar,Registered,Attended\n",
        ),
    ]

    result = load(*files, source=SOURCES["marketo"])

    assert result.rejected == 0
    assert rows("select kind, subject from activity order by occurred_at") == [
        ("page_view", "/pricing"),
        ("form_submit", "demo"),
        ("webinar_attended", "Spring webinar"),
    ]
    assert rows(STORY) == [("1", "mql", "03-02 09:00"), ("1", "accepted", "03-02 10:00")]


def test_a_hand_kept_list_of_people_and_of_what_they_did_needs_no_mapping(
    load: Import, write: Write, rows: Rows
) -> None:
    files = [
        write(
            "people.csv",
            "E-mail;First name;Last name;Created;MQL date;Rejected;Reason\n"
            "ann@x.com;Ann;Lee;2026-03-01;2026-03-02;2026-03-03;no_budget\n",
        ),
        write("did.csv", "Email,Activity,Date,Page\nANN@x.com,page_view,2026-03-01 09:00,/pricing\n"),
    ]

    result = load(*files, source=SOURCES["generic"])

    assert result.rejected == 0
    assert rows("select lead_id, first_name from lead") == [("ann@x.com", "Ann")]
    assert rows("select kind, reason from handoff_event order by occurred_at") == [
        ("mql", None),
        ("rejected", "no_budget"),
    ]
    assert rows("select lead_id, kind, subject from activity") == [("ann@x.com", "page_view", "/pricing")]


SHORT, LONG = "00Q5g00000AbCdE", "00Q5g00000AbCdEEAV"
SHORT_OWNER, LONG_OWNER = "0055g00000XyZaB", "0055g00000XyZaBAAV"
OF_SALESFORCE = "Id,LastName,Company,LeadSource,Status,CreatedDate,OwnerId\n{},Doe,Acme,Web,New,2026-03-01,{}\n"


def test_salesforces_ids_of_15_and_of_18_characters_are_one(load: Import, write: Write, rows: Rows) -> None:
    load(write("report.csv", OF_SALESFORCE.format(SHORT, SHORT_OWNER)), source=SOURCES["salesforce"])
    again = load(write("leads.csv", OF_SALESFORCE.format(LONG, LONG_OWNER)), source=SOURCES["salesforce"])

    assert rows("select lead_id, owner from lead") == [(LONG, LONG_OWNER)]
    assert (again.tables["lead"].new, again.tables["lead"].same) == (0, 1)


def test_ids_that_the_database_has_in_15_characters_stay_so(load: Import, write: Write, rows: Rows) -> None:
    # As an earlier version imported them, which knew of no other form.
    load(write("old.csv", f"lead_id,created_at,owner\n{SHORT},2026-03-01,{SHORT_OWNER}\n"), kind="lead")

    load(write("leads.csv", OF_SALESFORCE.format(LONG, LONG_OWNER)), source=SOURCES["salesforce"])

    assert rows("select lead_id, owner, company from lead") == [(SHORT, SHORT_OWNER, "Acme")]


def test_owners_of_salesforce_whose_ids_begin_as_queues_do_are_nobody(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", OF_SALESFORCE.format(LONG, "00G5g00000XyZaBAAV")), source=SOURCES["salesforce"])
    load(write("leads.csv", OF_SALESFORCE.format(LONG, LONG_OWNER)), source=SOURCES["salesforce"])

    assert rows("select queue_id from queue") == [("00G5g00000XyZaBAAV",)]


def test_a_person_deleted_in_marketo_is_withdrawn(load: Import, write: Write, rows: Rows) -> None:
    people = "id,Email Address,created_at\n1,ann@x.com,2026-03-01\n2,bo@x.com,2026-03-01\n"
    activities = (
        "id,activity_date,activity_type_id,lead_id,primary_attribute_value\n"
        "7,2026-03-02T09:00:00Z,10,1,Hello\n8,2026-03-03T09:00:00Z,37,1,\n"
    )

    load(write("people.csv", people.replace("id,", "Id,", 1)), source=SOURCES["marketo"])
    result = load(write("activities.csv", activities), source=SOURCES["marketo"])

    assert (result.deleted, result.rejected) == (1, 0)
    assert rows("select lead_id, kind, strftime(occurred_at, '%m-%d') from handoff_event") == [
        ("1", "withdrawn", "03-03")
    ]


def test_a_meeting_deleted_in_hubspot_is_taken_away(load: Import, write: Write, rows: Rows) -> None:
    contact = write("contacts.csv", "Record ID,Email,Create Date\n1,ann@x.com,2026-03-01 08:00\n")
    who = write("who.csv", "engagement_id,contact_id\nm1,1\n")
    meeting = "engagement_id,start_time,end_time,meeting_outcome,_fivetran_deleted\nm1,2026-03-06 10:00,,COMPLETED,{}\n"
    load(contact, who, write("meetings.csv", meeting.format("false")), source=SOURCES["hubspot"])
    assert rows("select count(*) from activity") == [(1,)]

    load(write("meetings.csv", meeting.format("true")), source=SOURCES["hubspot"])

    assert rows("select count(*) from activity") == [(0,)]
