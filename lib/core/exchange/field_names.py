"""Which fields of a lead a history's own names mean: those that the source's mapping of leads reads them as."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lib.core.definition.criteria import EXTRA_PREFIX, LEAD_FIELDS
from lib.core.exchange.mappings import ELSE, SKIP, FileMapping, Source, TableMapping, folded, is_like, template_parts
from lib.core.exchange.tables import TABLES, ImportColumn, ValueType

CHANGING = tuple(name for name in LEAD_FIELDS if name != "created_at")
"""The columns of `lead` whose changes are kept; those of `extra.<name>` are besides."""

NUMBERS: tuple[ImportColumn, ...] = tuple(
    column for column in TABLES["lead"].columns if column.name in CHANGING and column.type is not ValueType.TEXT
)
"""Those of them that are numbers."""


@dataclass(frozen=True)
class FieldNames:
    """What the names in a history mean.

    `said` has the fields that a name, folded, stands for: several where one heading fills several columns, none where
    its rows say nothing here. Any other name is `extra.<name>` where `others`, unless it is like one of the `ignored`;
    otherwise its rows are wrong where `strict`, else say nothing here. `values` says by field which texts become which
    others; texts in `blank` are no value.
    """

    said: Mapping[str, tuple[str, ...]]
    others: bool = False
    strict: bool = False
    ignored: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank: tuple[str, ...] = ()

    def fields(self, name: str) -> tuple[str, ...] | None:
        """The fields that a name stands for; None where that is a fault."""
        if (found := self.said.get(folded(name))) is not None:
            return found
        if self.strict:
            own = own_field(name)
            return None if own is None else (own,)
        passed_over = not self.others or any(is_like(name, pattern) for pattern in self.ignored)
        return () if passed_over else (EXTRA_PREFIX + name.strip(),)


def own_field(name: str) -> str | None:
    """The field that a name of ours, however it is spelt, stands for; None where it is no field."""
    start, rest = name.strip()[: len(EXTRA_PREFIX)], name.strip()[len(EXTRA_PREFIX) :].strip()
    if start.lower() == EXTRA_PREFIX:
        return EXTRA_PREFIX + rest if rest else None
    return next((one for one in CHANGING if folded(one) == folded(name)), None)


OURS = FieldNames({folded(name): (name,) for name in CHANGING}, strict=True)
"""Our own names, as files have them that need no mapping."""


def field_names(source: Source, history: TableMapping) -> FieldNames:
    """What the names in a history of the source mean.

    What its own `values` say of them comes first, then what the tables of leads say of headings that are called so.
    A column that is read from several headings has the history of the first of them alone, and one that several are
    put together for has none. Without a table of leads, the names are our own.
    """
    told = {name: _as_told(text) for name, text in history.values.get("field", {}).items()}
    own = {folded(name): fields for name, fields in told.items() if name != ELSE}
    leads = [(file, table) for file in source.files for table in file.tables if table.table == "lead"]
    if not leads:
        return FieldNames({**OURS.said, **own}, strict=told.get(ELSE) != ())
    said: dict[str, tuple[str, ...]] = {}
    values: dict[str, Mapping[str, str]] = {}
    for file, table in leads:
        for heading, name in _fills(file, table):
            said[heading] = tuple(dict.fromkeys([*said.get(heading, ()), name]))
        for column, texts in table.values.items():
            values.setdefault(column, texts)
    for file, _ in leads:
        for heading in _spoken_of(file):
            said.setdefault(heading, ())
    return FieldNames(
        {**said, **own},
        others=any(table.others for _, table in leads) and told.get(ELSE) != (),
        ignored=tuple(dict.fromkeys(pattern for file, _ in leads for pattern in file.ignore)),
        values={column: texts for column, texts in values.items() if column in CHANGING},
        blank=tuple(dict.fromkeys(text for file, _ in leads for text in file.blank)),
    )


def _as_told(text: str) -> tuple[str, ...]:
    return () if text in (SKIP, "") else (text,)


def _fills(file: FileMapping, table: TableMapping) -> Iterable[tuple[str, str]]:
    """The headings, folded, that fill a field, each with the field."""
    for column, texts in table.columns.items():
        parts = template_parts(texts[0]) if texts and column in CHANGING else ()
        if len(parts) == 1 and isinstance(parts[0], tuple):
            yield from ((folded(heading), column) for heading in file.headings_for(parts[0][0]))
    for name in table.rest:
        yield from ((folded(heading), EXTRA_PREFIX + name.strip()) for heading in file.headings_for(name))


def _spoken_of(file: FileMapping) -> Iterable[str]:
    """The headings, folded, that the file reads for whatever table."""
    names = {name for table in file.tables for name in table.named}
    return (folded(heading) for name in names for heading in file.headings_for(name))
