-- Leads with one e-mail address: letters in either case, without a +tag; in Gmail's, dots mean nothing. One row a pair.
with

addressed as (

    select
        lead_id,
        created_at,
        folded_address(email) as written,
        regexp_replace(split_part(folded_address(email), '@', 1), '\+.*$', '') as box,
        replace(split_part(folded_address(email), '@', 2), 'googlemail.com', 'gmail.com') as domain

    from lead

    where email like '%_@_%'

),

compared as (

    select
        lead_id,
        created_at,
        written,
        case when domain = 'gmail.com' then replace(box, '.', '') else box end || '@' || domain as address

    from addressed

)

select
    first_value(lead_id) over same as first,
    lead_id as second,
    case when written = first_value(written) over same then 'same e-mail' else 'e-mail alike: ' || address end as why

from compared

window same as (partition by address order by created_at, lead_id)

qualify row_number() over same > 1

order by
    address,
    created_at,
    lead_id

limit $most
