-- Note that a person was erased. Returns nothing.
insert into erasure by name
select
    $erased as erased,
    make_timestamp($at) as erased_at,
    $who as who,
    $reason as reason,
    $ids as ids,
    $hand_offs as hand_offs,
    $events as events,
    $activities as activities,
    $changes as changes,
    $rejected as rejected,
    $texts as texts,
    $entries as entries,
    false as written_anew
