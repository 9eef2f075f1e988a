-- Give the activities of a table that are of leads erased new ids, and blank what else they say. Returns how many.
update {table} set
    activity_id = erased_activity.new,
    lead_id = erased_lead.new,
    merged_from = (select came.new from erased_lead as came where came.old = {table}.merged_from),
    {blanks}

from erased_lead, erased_activity

where {table}.lead_id = erased_lead.old and {table}.activity_id = erased_activity.old
