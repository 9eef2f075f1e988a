-- Every note of every meeting with what became of it, the oldest first. One row a note.
select
    meeting_note.note,
    met_on,
    epoch_us(noted_at) as noted_at,
    meeting_note.who,
    kind,
    text,
    owner,
    due,
    coalesce(last_mark.state, 'open') as state

from meeting_note

left join (
    select
        note,
        arg_max(state, mark) as state
    from note_mark
    group by note
) as last_mark
    on meeting_note.note = last_mark.note

order by meeting_note.note
