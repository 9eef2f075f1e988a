-- What the audit entries must say, by the records they are about; `detail` as JSON. One row a record.
select
    'proposed' as what,
    epoch_us(proposed_at) as done_at,
    proposed_by as who,
    to_json({
        version: number,
        sha256: sha256,
        side: side,
        reason: reason,
        starts_at: epoch_us(starts_at),
        prediction: sha256(prediction)
    })::varchar as detail

from proposal

where side is not null

union all

select
    'signed' as what,
    epoch_us(signed_at) as done_at,
    who,
    -- Of a signature it is kept beside it how it was known who gave it.
    case
        when proof is null then to_json({version: number, sha256: sha256, side: side})
        when issuer is null then to_json({version: number, sha256: sha256, side: side, 'by': {proof: proof}})
        else to_json({
            version: number,
            sha256: sha256,
            side: side,
            'by': {proof: proof, issuer: issuer, subject: subject}
        })
    end::varchar as detail

from signature

left join proof_of_signature using (number, side)

union all

select
    'withdrawn' as what,
    epoch_us(withdrawn_at) as done_at,
    who,
    to_json({version: number, reason: reason})::varchar as detail

from withdrawal

union all

select
    'edited' as what,
    epoch_us(edited_at) as done_at,
    who,
    to_json({draft: name, revision: revision, sha256: sha256(text)})::varchar as detail

from draft_edit

-- Revision 0 was there before the audit began.
where revision > 0

union all

select
    'merged' as what,
    epoch_us(merged_at) as done_at,
    who,
    to_json({merge: merge, kept: kept, gone: gone})::varchar as detail

from lead_merge

union all

select
    'unmerged' as what,
    epoch_us(unmerged_at) as done_at,
    who,
    to_json({merge: merge})::varchar as detail

from lead_unmerge

union all

select
    'noted' as what,
    epoch_us(noted_at) as done_at,
    who,
    to_json({note: note, kind: kind, sha256: sha256(text)})::varchar as detail

from meeting_note

union all

select
    'marked' as what,
    epoch_us(marked_at) as done_at,
    who,
    to_json({note: note, state: state})::varchar as detail

from note_mark

union all

select
    'erased' as what,
    epoch_us(erased_at) as done_at,
    who,
    to_json({
        erased: erased,
        reason: reason,
        ids: ids,
        hand_offs: hand_offs,
        events: events,
        activities: activities,
        changes: changes,
        rejected: rejected,
        texts: texts,
        entries: entries
    })::varchar as detail

from erasure

order by
    what,
    done_at,
    who,
    detail
