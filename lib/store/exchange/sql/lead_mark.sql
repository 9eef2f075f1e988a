-- What one import says of leads that may be gone at their source. One row a row of its files.
create or replace temp table lead_mark (
    lead_id varchar,
    fact varchar,
    gone boolean,
    since timestamp
)
