-- Blank a column in the rows of `batch` about leads of which this import speaks of it. Returns nothing.
update batch set {column} = null

where lead_id in (
    select lead_id
    from spoken_of
    where list_contains(spoken, $column)
)
