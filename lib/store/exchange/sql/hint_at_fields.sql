-- Say of the rows of a staged history whose names are no field's which one may have been meant. Returns nothing.
update {staged} set fault = fault || '. ' || hinted.hint

from (
    select
        unnest($texts::varchar[]) as text,
        unnest($hints::varchar[]) as hint
) as hinted

where {staged}.no_field = hinted.text
