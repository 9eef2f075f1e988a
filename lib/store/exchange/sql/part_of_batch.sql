-- A part of the rows to be written, by their numbers in `whole_batch`. One row each.
create or replace temp view batch as
select
    rowid as rowid,
    *

from whole_batch

where rowid >= {first} and rowid < {end}
