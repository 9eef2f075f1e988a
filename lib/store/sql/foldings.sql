-- What a text is compared by, as `fold` of lib/core/folding.py says it. ASCII, and what is written in Latin or Cyrillic
-- letters of one piece (no soft hyphen, no İ, no marks, no white space about it), is lower-cased here; Python is asked
-- for the rest. And what an e-mail address is compared by: a dotted İ is an i put in capitals in Turkish. One that is there
-- stays, so that opening writes nothing: whoever changes one replaces it in a migration. Returns nothing.
create macro if not exists folded(text) as
case
    when strlen(text) = length(text) and left(text, 1) > ' ' and right(text, 1) > ' ' then lower(text)
    when not regexp_matches(
        text,
        '^[\x{0}-\x{20}\x{85}\x{a0}]|[\x{0}-\x{20}\x{85}\x{a0}]$|[^\x{0}-\x{AC}\x{AE}-\x{12f}\x{131}-\x{24f}\x{400}-\x{52f}]'
    ) then lower(text)
    else folded_by_python(text)
end;

create macro if not exists folded_address(text) as
replace(folded(text), 'i' || chr(775), 'i');
