-- Other leads with one of some e-mail addresses. One row a lead.
select lead_id

from (
    from lead
    union all by name
    from merged_lead
)

where not list_contains($ids, lead_id) and list_contains($emails, lower(trim(email)))

order by lead_id
