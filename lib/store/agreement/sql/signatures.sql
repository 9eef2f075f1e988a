-- The signatures given up to an instant, or all, in the order they were given. One row a signature.
select
    number,
    side,
    who,
    epoch_us(signed_at) as signed_at,
    proof,
    issuer,
    subject

from signature

left join proof_of_signature using (number, side)

where signed_at <= coalesce($as_of, timestamp 'infinity')

order by
    signed_at,
    side
