-- The hash of an event about to be written, as `hashes_of_answers` finds it later. One row.
select sha256(to_json([$event_id, $lead_id, $at::varchar, $kind, $actor, $reason, $detail])::varchar) as sha256
