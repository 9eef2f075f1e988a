-- Every version, or the one of a number, as it stands at an instant, or after everything there is. One row a version.
select
    number,
    text,
    sha256,
    state,
    epoch_us(proposed_at) as proposed_at,
    proposed_by,
    side,
    reason,
    epoch_us(starts_at) as stated_start,
    epoch_us(in_force_from) as starts_at,
    prediction,
    epoch_us(withdrawn_at) as withdrawn_at,
    withdrawn_by,
    withdrawn_because

from version_as_of(coalesce($as_of, timestamp 'infinity'))

where $number is null or number = $number

order by number
