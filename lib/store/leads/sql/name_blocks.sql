-- Leads compared by name and company, in the order of creation; none of too large a block. One row a block.
with

named as (

    select
        lead_id,
        created_at,
        folded(concat_ws(' ', first_name, last_name)) as name,
        folded(company) as company,
        regexp_replace(folded(company), '[^\p{L}\p{N}]', '', 'g') as company_letters,
        regexp_replace(folded(last_name), '[^\p{L}\p{N}]', '', 'g') as surname_letters

    from lead

    where nullif(folded(last_name), '') is not null and nullif(folded(company), '') is not null

),

-- A slip of the pen is rarely in the first letters.
placed as (

    select
        *,
        left(company_letters, 5) as company_begins,
        left(surname_letters, 3) as surname_begins

    from named

    where company_letters <> '' and surname_letters <> ''

),

-- A crowd is told apart further.
parted as (

    select
        *,
        case
            when count(*) over (partition by company_begins, surname_begins) > $largest
                then company_letters || ' ' || left(name, 2)
        end as further

    from placed

),

block as (

    select
        count(*) as leads,
        case
            when count(*) <= $largest
                then list({lead_id: lead_id, name: name, company: company} order by created_at, lead_id)
            else []
        end as members

    from parted

    group by company_begins, surname_begins, further

    having count(*) > 1

)

select
    members,
    leads,
    count(*) over () as blocks

from block
