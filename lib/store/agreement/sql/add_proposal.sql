-- Put a text to both sides as the next version. One row: its number, its hash, and that of its prediction.
insert into proposal (number, text, sha256, proposed_at, proposed_by, side, reason, starts_at, prediction)
select
    coalesce(max(number), 0) + 1,
    $text,
    sha256($text),
    $proposed_at,
    $proposed_by,
    $side,
    $reason,
    $starts_at,
    $prediction

from proposal

returning
    number,
    sha256,
    sha256(prediction) as prediction_sha256
