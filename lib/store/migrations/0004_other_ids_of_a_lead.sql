-- Other ids a lead goes by: `deal 123`, `email ann@example.com`, the id of the contact it became.
-- One row an alias and lead: a meeting has several people.

create table lead_alias (
    alias varchar not null,
    lead_id varchar not null,
);
