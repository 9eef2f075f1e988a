-- Give leads the values that their last changes say. Returns nothing.
update {table} set
    {columns},
    extra = case
        when followed.extra is null then {table}.extra
        else nullif(json_merge_patch(coalesce({table}.extra, '{}'), to_json(followed.extra))::varchar, '{}')::json
    end

from followed

where {table}.lead_id = followed.lead_id
