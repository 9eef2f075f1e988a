-- The rows of a file that have no columns to speak of, as rejected rows. One row each.
select
    $run,
    $file,
    line,
    $table,
    'row',
    reason,
    1,
    to_json(text),
    null,
    null,
    null

from malformed
