"""When two spellings are one text: the one rule for criteria, words of mappings, searches and groups."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Column

INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark: copied along from pages and sheets, seen by nobody."""

ITEM_SIGN = ";"
"""What parts the choices in the text of a field that allows several."""

ASCII_SPACE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
"""What `str.strip` takes off a text of ASCII."""


_SPACE = r"[\x00-\x20\x{85}\x{a0}]"

UNCOMMON = rf"^{_SPACE}|{_SPACE}$|[^\x00-\x{{ac}}\x{{ae}}-\x{{12f}}\x{{131}}-\x{{24f}}\x{{400}}-\x{{52f}}]"
"""A text (RE2) that is not ASCII, Latin or Cyrillic of one piece: it has white space about it, or a soft hyphen, İ, a
mark, a letter of another alphabet. All others every library trims, composes and lower-cases alike."""


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC), nothing taken away: as a regular expression is read."""
    return unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """The text in Unicode's composed form (NFC), without invisible characters, white space of any kind trimmed."""
    if text.isascii():
        return text.strip()
    # Few texts hold any, and `replace` finds that out faster than `translate`.
    for character in INVISIBLE:
        text = text.replace(character, "")
    return composed(text).strip()


def fold(text: str) -> str:
    """What a text is compared by: `plain`, lower-cased as Python does it. Folding what is folded changes nothing."""
    if text.isascii():
        return text.strip().lower()
    # Composed again: of some letters only the small one is there with its mark (ǰ).
    return composed(plain(text).lower())


def is_one_of(text: str | None, words: Iterable[str]) -> bool:
    """Does a known text say the same as one of the words?"""
    return text is not None and fold(text) in map(fold, words)


def items(text: str) -> list[str]:
    """The choices in the text of a field that allows several, trimmed; blank ones left out."""
    return [item for part in text.split(ITEM_SIGN) if (item := part.strip())]


def plain_texts(texts: pa.Array) -> pa.Array:
    """`plain` of each text (string); null stays null."""
    if _all_ascii(texts):
        return pc.ascii_trim(texts, characters=ASCII_SPACE)
    return _exactly_where_uncommon(texts, texts, plain)


def folded_texts(texts: pa.Array) -> pa.Array:
    """`fold` of each text (string); null stays null."""
    if _all_ascii(texts):
        return pc.ascii_lower(pc.ascii_trim(texts, characters=ASCII_SPACE))
    return _exactly_where_uncommon(texts, pc.utf8_lower(texts), fold)


def _all_ascii(texts: pa.Array) -> bool:
    return bool(pc.all(pc.string_is_ascii(texts), min_count=0).as_py())


def _exactly_where_uncommon(texts: pa.Array, by_arrow: pa.Array, exactly: Callable[[str], str]) -> pa.Array:
    """Arrow's reading of what it reads as Python does, ten times faster, and Python's of the others."""
    uncommon = pc.fill_null(pc.match_substring_regex(texts, UNCOMMON), fill_value=False)
    read = [exactly(text) for text in pc.filter(texts, uncommon).to_pylist()]
    return pc.replace_with_mask(by_arrow, uncommon, pa.array(read, pa.string()))


def one_spelling(column: Column) -> Column:
    """The column with one value for all spellings of a text: the commonest, of equally common ones the first in plain
    order. Blank texts are unknown; the values keep their order."""
    texts = column.values.cast(pa.string())
    folded = folded_texts(texts)
    if len(pc.unique(folded)) == len(folded) and not pc.any(pc.equal(folded, "")).as_py():
        return Column(column.codes, plain_texts(texts))
    written = np.bincount(column.codes[column.codes != UNKNOWN], minlength=len(texts))
    spellings: dict[str, Counter[str]] = {}
    for text, shown, count in zip(folded.to_pylist(), plain_texts(texts).to_pylist(), written.tolist(), strict=True):
        if text:
            spellings.setdefault(text, Counter())[shown] += count
    group = pc.fill_null(pc.index_in(folded, pa.array(spellings, pa.string())), UNKNOWN).to_numpy()
    commonest = [min(shown, key=lambda one: (-shown[one], one)) for shown in spellings.values()]
    return Column(np.append(group, UNKNOWN).astype(np.int32)[column.codes], pa.array(commonest, pa.string()))


_spelt_alike: WeakKeyDictionary[Column, Column] = WeakKeyDictionary()


def spelt_alike(column: Column) -> Column:
    """`one_spelling` of a column, found once for as long as the column lives."""
    if column not in _spelt_alike:
        _spelt_alike[column] = one_spelling(column)
    return _spelt_alike[column]
