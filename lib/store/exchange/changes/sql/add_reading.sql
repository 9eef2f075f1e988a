-- Note a reading under the next number. Returns that.
insert into reading (reading, what, spoken, how)

select
    coalesce(max(reading), 0) + 1,
    $what,
    $spoken,
    $how

from reading

returning reading
