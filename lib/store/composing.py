"""How a query may be composed: into its slots go names, quoted texts and what is made of them, and nothing else.

A slot is `{so}`, in a `.sql` file or in a literal. What can be a parameter is one (`$so`) and never fills a slot
(docs/decisions/0024).
"""

import re
from collections.abc import Iterable, Sequence

_SLOT = re.compile(r"\{([a-z_]+)\}")


class Sql(str):
    """Text that may stand in a query, because a function of this module made it.

    Joined in any other way (`+`, an f-string, `str.join`) it is a plain text again, which fills no slot.
    """

    __slots__ = ()


def sql(written: str, /, **parts: Sql) -> Sql:
    """A query or a piece of one, as written in the code, its slots filled.

    Raises TypeError for a part that is not `Sql`, ValueError where slots and parts are not the same.
    """
    if set(_SLOT.findall(written)) != parts.keys():
        raise ValueError(f"the slots are not those given ({', '.join(parts) or 'none'}): {written}")
    for slot, part in parts.items():
        if not isinstance(part, Sql):
            raise TypeError(f"{slot} is a plain text, which nobody knows the origin of: {part!r}")
    return Sql(_SLOT.sub(lambda slot: parts[slot[1]], written))


def named(*path: str) -> Sql:
    """The name of a table or a column, or of a table's column: `"lead"."owner"`; a name, whatever characters it has."""
    return Sql(".".join(f'"{_there(name).replace(chr(34), chr(34) * 2)}"' for name in path))


def names(of: Iterable[str]) -> Sql:
    """Several names, with commas between them."""
    return listed(named(name) for name in of)


def quoted(value: str) -> Sql:
    """A text as a literal, where it cannot be a parameter; a text, whatever characters it has."""
    return Sql(f"'{value.replace(chr(39), chr(39) * 2)}'")


def whole(number: int) -> Sql:
    """A whole number as a literal, where it cannot be a parameter."""
    return Sql(f"{number:d}")


def listed(parts: Iterable[Sql]) -> Sql:
    """The parts with commas between them."""
    return _joined(", ", parts)


def in_turn(parts: Iterable[Sql]) -> Sql:
    """The parts one after the other: the branches of a `case`."""
    return _joined(" ", parts)


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Every one of the conditions; true where there is none."""
    return _joined(" and ", _bracketed(conditions)) or Sql("true")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """At least one of the conditions; false where there is none."""
    return _joined(" or ", _bracketed(conditions)) or Sql("false")


def same(one: Sql, other: Sql) -> Sql:
    """Both hold the same, or both are unknown."""
    return sql("{one} is not distinct from {other}", one=one, other=other)


def all_rows(queries: Iterable[Sql]) -> Sql:
    """The rows of every one of the queries, columns matched by name."""
    return _joined(" union all by name ", queries)


class Given:
    """The parameters of one statement, named as they come: a text it is given is `$text_3` in the query."""

    def __init__(self, parameters: dict[str, str | int | list[str] | list[int]]) -> None:
        self.parameters = parameters

    def text(self, text: str) -> Sql:
        return Sql(f"${self._name_of(text)}::varchar")

    def texts(self, texts: list[str]) -> Sql:
        return Sql(f"${self._name_of(texts)}::varchar[]")

    def numbers(self, numbers: list[int]) -> Sql:
        return Sql(f"${self._name_of(numbers)}::integer[]")

    def _name_of(self, value: str | list[str] | list[int]) -> str:
        name = f"text_{len(self.parameters)}"
        self.parameters[name] = value
        return name


def _joined(sign: str, parts: Iterable[Sql]) -> Sql:
    """Raises TypeError for a part that is not `Sql`."""
    joined = list(parts)
    if plain := [part for part in joined if not isinstance(part, Sql)]:
        raise TypeError(f"a part is a plain text, which nobody knows the origin of: {plain[0]!r}")
    return Sql(sign.join(joined))


def _bracketed(conditions: Iterable[Sql]) -> Sequence[Sql]:
    written = list(conditions)
    return written if len(written) < 2 else [sql("({condition})", condition=one) for one in written]


def _there(name: str) -> str:
    if not name:
        raise ValueError("a name in a query is never empty")
    return name
