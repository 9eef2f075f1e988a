-- What `said_now` notes. One row a lead.
select
    lead_id,
    reading,
    first_at,
    first_by,
    newest_at,
    $run

from said_now
