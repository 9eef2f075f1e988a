-- The UTC instant of a local date and time in a zone. A local time that comes twice is the
-- first of the two; one that does not exist is read with the offset before the change.
create or replace temp macro local_instant(local_time, zone) as
    case
        when timezone(zone, timezone(zone, local_time) - interval 2 hours) = local_time
            then timezone(zone, local_time) - interval 2 hours
        when timezone(zone, timezone(zone, local_time) - interval 1 hour) = local_time
            then timezone(zone, local_time) - interval 1 hour
        when timezone(zone, timezone(zone, local_time) - interval 30 minutes) = local_time
            then timezone(zone, local_time) - interval 30 minutes
        else timezone(zone, local_time)
    end
