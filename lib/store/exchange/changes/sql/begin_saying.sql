-- Make what one import says of leads: when it is (`this_import`), the rows that change one (`lead_told`, in order), what older rows say beside the newest
-- (`older_said`), and rows that their source wrote before what it had said already (`stated_late`). Returns nothing.
create or replace temp table this_import (
    run integer,
    moment timestamp,
    -- What it replaces is kept beside, and nothing of an import before it.
    is_undoable boolean
);

create or replace temp table lead_told (
    lead_id varchar,
    reading integer,
    stated_at timestamp
);

create or replace temp table older_said (
    lead_id varchar,
    field varchar,
    value varchar,
    stated_at timestamp
);

create or replace temp table stated_late (
    lead_id varchar,
    reading integer,
    stated_at timestamp
);

-- One value of a lead's JSON as text, null where it has none.
create or replace temp macro extra_value(held, name) as
    json_extract_string(held, '/' || replace(replace(name, '~', '~0'), '/', '~1'));
