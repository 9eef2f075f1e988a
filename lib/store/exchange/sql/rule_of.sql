-- The rule that the kind of an event depends on, which ends its fact; null where it depends on nothing. A macro of one cursor;
-- returns nothing.
create or replace temp macro rule_of(fact, detail) as
    case
        when
            contains(fact, ' unless ')
            and ends_with(fact, ' ' || (detail ->> 'rule'))
            and regexp_full_match(detail ->> 'rule', '\w+ unless \w+ else \w+')
            then detail ->> 'rule'
    end
