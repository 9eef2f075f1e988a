-- Take a proposal back. Returns nothing.
insert into withdrawal (number, withdrawn_at, who, reason)
values ($number, $withdrawn_at, $who, $reason)
