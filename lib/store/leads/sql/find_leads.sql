-- Leads in whose id, name, company, title or e-mail every given word occurs, case ignored. One row a lead, best first.
with

searchable as (

    select
        lead_id,
        created_at,
        trim(concat_ws(' ', first_name, last_name)) as name,
        company,
        title,
        email,
        folded(concat_ws(' ', first_name, last_name, company, email, title, lead_id)) as haystack

    from lead

)

select
    lead_id,
    name,
    company,
    title,
    email

from searchable

where len(list_filter($words, lambda word: not contains(haystack, word))) = 0

order by
    folded(lead_id) = $whole desc,
    starts_with(haystack, $whole) desc,
    contains(haystack, $whole) desc,
    created_at desc,
    lead_id

limit $most
