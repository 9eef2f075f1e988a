-- Keep how it was known who signed. Returns nothing.
insert into proof_of_signature (number, side, proof, issuer, subject)
values ($number, $side, $proof, $issuer, $subject)
