-- The activities as numbers, in no order: lib/core/leads/arranging.py sorts them faster. One row an activity of a known lead.
with

numbered_lead as (

    select
        lead_id,
        row_number() over (order by lead_id) - 1 as lead

    from lead

    where $lead_id is null or lead_id = $lead_id

),

numbered_what as (

    select
        kind,
        subject,
        row_number() over (order by kind, subject nulls first) - 1 as what

    from (
        select distinct
            kind,
            subject
        from activity
        where $lead_id is null or lead_id = $lead_id
    ) as distinct_what

)

select
    numbered_lead.lead::integer as lead,
    epoch_us(activity.occurred_at) as at_us,
    numbered_what.what::integer as what,
    coalesce(activity.amount, 'nan'::double) as amount

from activity

inner join numbered_lead
    on activity.lead_id = numbered_lead.lead_id

inner join numbered_what
    on
        activity.kind = numbered_what.kind
        and activity.subject is not distinct from numbered_what.subject
