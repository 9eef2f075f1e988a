-- The `extra` fields of `batch` that files of leads have in one other spelling, in a temporary table. One row a field.
create or replace temp table spelled_otherwise as
with

known as (

    select distinct
        field,
        regexp_replace(folded(substr(field, 7)), '[^\p{L}\p{N}]', '', 'g') as letters

    from reading_field

    where spoken and starts_with(field, 'extra.') and field <> 'extra.*'

),

given as (

    select distinct
        field,
        regexp_replace(folded(substr(field, 7)), '[^\p{L}\p{N}]', '', 'g') as letters

    from batch

    where starts_with(field, 'extra.')

)

select
    given.field,
    any_value(known.field) as known

from given

inner join known
    on given.letters = known.letters

where given.letters <> '' and given.field not in (select field from known)

group by given.field

having count(*) = 1
