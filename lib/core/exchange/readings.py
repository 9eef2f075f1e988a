"""How a source's leads are read, field by field: what is read otherwise than before is corrected, not changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.exchange.field_names import CHANGING
from lib.core.exchange.mappings import FileMapping, Source, TableMapping, template_parts
from lib.core.exchange.reading import READING_OF_TEXTS

OTHERS = "*"
"""In the place of a field: every one that is not named."""

ANY_EXTRA = EXTRA_PREFIX + "*"
"""In the place of a field: whatever else a lead carries."""

BY_OUR_OWN = "lead"
"""What files by our own columns are called."""


@dataclass(frozen=True)
class LeadReading:
    """How the leads of one source are read: by field a text that is another one where it is read otherwise.

    `what` is the source's name. A field that is not named is read as `OTHERS` is, and not at all without that.
    """

    what: str
    hows: Mapping[str, str]


OURS = LeadReading(BY_OUR_OWN, {OTHERS: str(READING_OF_TEXTS)})
"""How files by our own columns are read."""


def reading_of(source: Source) -> LeadReading:
    """How the leads of a source are read, by all its tables of leads: whichever file says it, a field is read alike."""
    leads = [(file, table) for file in source.files for table in file.tables if table.table == "lead"]
    hows: dict[str, list[object]] = {}
    for file, table in leads:
        common: list[object] = [sorted(file.blank), file.placeholders, sorted(table.each.items())]
        for name in CHANGING:
            if name in table.columns or name in table.constants:
                shape = source.ids if name == "owner" else None
                hows.setdefault(name, []).append([*common, shape, _how(name, file, table)])
        for name in table.rest:
            hows.setdefault(EXTRA_PREFIX + name.strip(), []).append([*common, file.headings_for(name)])
        if table.others:
            hows.setdefault(OTHERS, []).append(common)
    return LeadReading(source.name, {field: digest([READING_OF_TEXTS, how]) for field, how in hows.items()})


def digest(of: object) -> str:
    """A short text that is another one for another value made of texts, numbers and lists."""
    written = json.dumps(of, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _how(column: str, file: FileMapping, table: TableMapping) -> list[object]:
    """What a table says of a column of leads, each name as the headings it stands for."""
    texts = [
        [part if isinstance(part, str) else list(file.headings_for(part[0])) for part in template_parts(text)]
        for text in table.columns.get(column, ())
    ]
    values = sorted(table.values.get(column, {}).items())
    return [texts, table.constants.get(column), values]
