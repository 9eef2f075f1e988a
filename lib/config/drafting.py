"""Two edits of one draft joined: YAML in, YAML out, or what both changed for the second author to choose."""

from collections.abc import Mapping

from lib.config.definition import read_definition, write_definition
from lib.core.drafting import Change, Conflict, EditConflict, Part, merge
from lib.core.errors import Fault
from lib.core.words import change_in_words


def merge_texts(base: str, theirs: str, mine: str, mine_wins: Mapping[Part, bool] | None = None) -> str:
    """The definition `theirs` with what `mine` changed since `base`, as `write_definition` writes it.

    `mine_wins` says whose is taken of what both changed differently. Raises
    EditConflict with the conflicts it does not settle, DefinitionRefused where the
    two edits together mean nothing.
    """
    merged = merge(
        read_definition(base, "draft"), read_definition(theirs, "draft"), read_definition(mine, "draft"), mine_wins
    )
    if merged.conflicts:
        raise EditConflict(merged.conflicts, [_fault(one) for one in merged.conflicts])
    text = write_definition(merged.definition)
    read_definition(text, "both edits together")
    return text


def _fault(conflict: Conflict) -> Fault:
    theirs, mine = (
        "; ".join(change_in_words(Change(conflict.part, conflict.base, value))) or "as it was"
        for value in (conflict.theirs, conflict.mine)
    )
    return Fault("draft", f"both changed it meanwhile. Theirs: {theirs}. Yours: {mine}", "Choose one of the two.")
