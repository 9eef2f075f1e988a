"""Where a file's headings stand: by their names, by a name for several, by number where one is written twice."""

from collections.abc import Collection, Iterable

from lib.core.errors import Fault, FileRefused
from lib.core.exchange.mappings import FileMapping, folded, numbered, template_parts
from lib.core.folding import fold
from lib.store.exchange.files.data_file import DataFile

TELL_BY_NUMBER = "Write '{heading}#1' or '{heading}#2' in the mapping, whichever is meant; or rename one."

Cell = tuple[int, ...]
"""Positions among a file's headings: the first of them that has a value."""

Reading = tuple[str | Cell, ...]
"""What fills a column: cells and the texts between them; unknown where all its cells are blank."""


class Headings:
    """A file's headings by name: as written in any case, or with the same letters and digits."""

    def __init__(self, headings: tuple[str, ...], mapping: FileMapping | None = None) -> None:
        self._exact = {fold(heading): at for at, heading in reversed(list(enumerate(headings)))}
        self._folded = {folded(heading): at for at, heading in reversed(list(enumerate(headings))) if heading.strip()}
        self._headings = headings
        self._mapping = mapping

    def cell(self, name: str) -> Cell:
        """Where the name is read: nowhere where the file has none of its headings."""
        headings = self._mapping.headings_for(name) if self._mapping else (name,)
        return tuple(dict.fromkeys(at for heading in headings if (at := self._at(heading)) is not None))

    def has_all(self, names: Iterable[str]) -> bool:
        return all(self.cell(name) for name in names)

    def reading(self, text: str) -> Reading:
        """How a column's text is read, nothing where the file has none of its headings."""
        parts = [part if isinstance(part, str) else self.cell(part[0]) for part in template_parts(text)]
        found = tuple(part for part in parts if part != ())
        return found if any(isinstance(part, tuple) for part in found) else ()

    def by_number(self, names: Iterable[str]) -> set[int]:
        """The positions that are read by a heading and its number."""
        headings = (heading for name in names for heading in self._headings_for(name))
        return {at for heading in headings if (at := self._numbered_at(heading)) is not None}

    def _headings_for(self, name: str) -> tuple[str, ...]:
        return self._mapping.headings_for(name) if self._mapping else (name,)

    def _at(self, heading: str) -> int | None:
        exact = self._exact.get(fold(heading))
        if exact is None:
            exact = self._numbered_at(heading)
        return self._folded.get(folded(heading)) if exact is None else exact

    def _numbered_at(self, heading: str) -> int | None:
        """Where `Date#2` stands, unless a heading is written so."""
        several = numbered(heading)
        if several is None or fold(heading) in self._exact:
            return None
        name, number = several
        places = [at for at, one in enumerate(self._headings) if fold(one) == fold(name)]
        return places[number - 1] if len(places) >= number else None


def refuse_twice(file: DataFile, read: Iterable[str], told: Collection[int] = (), remedy: str = "") -> None:
    """Refuses a file of which a heading that is read stands over two columns and nobody said which of them is meant,
    as they did of the positions `told`."""
    names, places = {fold(name) for name in read}, dict[str, list[int]]()
    for at, heading in enumerate(file.headings):
        if heading.strip() and at not in told:
            places.setdefault(fold(heading), []).append(at)
    faults = [
        Fault(
            file.name,
            f"the heading '{file.headings[several[-1]]}' is written twice, over columns "
            f"{' and '.join(str(at + 1) for at in several)}",
            remedy.format(heading=file.headings[several[-1]]) or "Rename the one that is not meant, or remove it.",
        )
        for several in places.values()
        if len(several) > 1 and fold(file.headings[several[0]]) in names
    ]
    if faults:
        raise FileRefused(faults)
