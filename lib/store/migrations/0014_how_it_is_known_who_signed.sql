-- How it was known who gave a signature, as its audit entry says; none of a signature that is older than sign-in.
-- One row a side and version.
create table proof_of_signature (
    number integer not null,
    side varchar not null,
    proof varchar not null,
    issuer varchar,
    subject varchar,
    primary key (number, side),
);

-- Who was a person of people.yaml by an e-mail first: whoever has it later is somebody else. One row an e-mail, folded.
create table bound_email (
    email varchar primary key,
    issuer varchar not null,
    subject varchar not null,
    person varchar not null,
    bound_at timestamp not null,
);
