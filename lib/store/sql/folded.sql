-- What a text is compared by, as `fold` of lib/core/folding.py says it; Python is asked only where it is not ASCII.
create or replace macro folded(text) as
case
    when strlen(text) = length(text)
        then lower(trim(text, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31)))
    else folded_by_python(text)
end
