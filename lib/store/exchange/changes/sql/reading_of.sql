-- The number of a reading that is known. One row, or none.
select reading

from reading

where what = $what and spoken = $spoken and how = $how
