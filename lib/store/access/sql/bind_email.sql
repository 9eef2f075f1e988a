-- Keep who was a person by this e-mail first. Returns nothing.
insert into bound_email (email, issuer, subject, person, bound_at)
values ($email, $issuer, $subject, $person, $bound_at)
on conflict do nothing
