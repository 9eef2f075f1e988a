-- The leads whose events may be a problem as of an instant: most are beyond suspicion, with no kind twice, the hand-over
-- first, one decision, a known reason against, one outcome. One row a lead.
select lead_id

from counting_event('handoff_event', $as_of)

group by lead_id

having
    bit_count(bit_or(1 << step::integer)) < count(*)
    or min(epoch_us(occurred_at) * 16 + step) & 15 <> 1
    or bool_or(step = 4 or step between 6 and 8) and bool_or(step = 5 or step between 10 and 11)
    or bool_or(step = 8) and bool_or(step = 9)
    or bool_or((step = 5 or step between 10 and 11) and not list_contains($reasons, folded(coalesce(reason, ''))))
