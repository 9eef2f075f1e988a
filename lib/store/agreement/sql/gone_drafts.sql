-- The names whose draft was deleted, or given another name (begun at that instant, by that person, as what this one was).
-- One row a name.
with

gone as (

    select
        name,
        revision,
        edited_at,
        who

    from draft_edit

    qualify row_number() over (partition by name order by revision desc) = 1 and text is null

)

select
    gone.name,
    epoch_us(gone.edited_at) as gone_at,
    gone.who,
    last.text,
    renamed.name as renamed_to

from gone

join draft_edit as last on last.name = gone.name and last.revision = gone.revision - 1

left join draft_edit as renamed
    on renamed.edited_at = gone.edited_at and renamed.who = gone.who and renamed.text = last.text

order by gone_at, gone.name
