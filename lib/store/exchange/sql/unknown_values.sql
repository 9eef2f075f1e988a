-- The texts of a column that are not of its type, as rejected rows. One row a text, of the first line that has it.
select
    $run,
    $file,
    min(line),
    $table,
    'value',
    {begin} || left({text}, 100) || {end},
    count(*),
    null,
    null,
    min_by({id}, line),
    null

from {staged}

where {text} is not null and fault is null

group by {text}
