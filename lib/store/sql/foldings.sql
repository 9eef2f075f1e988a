-- What a text is compared by, as `fold` of lib/core/folding.py says it; Python is asked only where it is not ASCII. And
-- what an e-mail address is: no mailbox has a dotted İ that is not an i put in capitals in Turkish. Returns nothing.
create or replace macro folded(text) as
case
    when strlen(text) = length(text)
        then lower(trim(text, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31)))
    else folded_by_python(text)
end;

create or replace macro folded_address(text) as
replace(folded(text), 'i' || chr(775), 'i');
