"""Whatever is written in a mapping, it is a source or refused with the place, what is wrong and what to do."""

from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib.config.folder import SHIPPED
from lib.config.source_text import write_source
from lib.config.sources import EXPORT_KEYS, FILE_KEYS, TABLE_KEYS, read_source
from lib.core.errors import ConfigRefused, Fault
from lib.core.exchange.mappings import EXPORTS, Source
from lib.core.exchange.tables import FED

WORDS = (
    *FILE_KEYS,
    *TABLE_KEYS,
    *EXPORT_KEYS,
    *FED,
    *EXPORTS,
    *(column for table in FED.values() for column in table.names),
    *("name", "files", "export", "else", "skip", "mql", "Id", "{Id} won", "{", "{}", "{ }", "%d/%m/%Y", "%", "%Q", ","),
    *(
        "lead.email",
        "lead.extra.",
        "Europe/Madrid",
        "../etc/passwd",
        "",
        " ",
        "*",
        "a*",
        "true",
        "~",
        "\ud7ff",
        "\u2028",
    ),
)
scalars = st.sampled_from(WORDS) | st.text(max_size=8) | st.integers() | st.booleans() | st.none()
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)
tables = st.dictionaries(st.sampled_from(TABLE_KEYS), trees, max_size=6) | st.builds(
    lambda table, rest: {"table": table, **rest},
    st.sampled_from(tuple(FED)),
    st.dictionaries(st.sampled_from(TABLE_KEYS), trees, max_size=6),
)
files = st.dictionaries(st.sampled_from(FILE_KEYS), trees | st.lists(tables, max_size=3), max_size=7)
sources = st.fixed_dictionaries(
    {"name": scalars, "files": st.lists(files, max_size=3)},
    optional={"export": st.dictionaries(st.sampled_from((*EXPORTS, "score")), trees, max_size=3)},
)


def read_or_told(text: str) -> Source | tuple[Fault, ...]:
    """The source, or the faults it is refused for."""
    try:
        return read_source(text, "crm.yaml")
    except ConfigRefused as refused:
        return refused.faults


def holds(found: Source | tuple[Fault, ...], text: str) -> bool:
    """Whether what was read can be written and read again, or each fault says where, what and the remedy."""
    if isinstance(found, Source):
        return read_source(write_source(found), "again.yaml") == found
    # YAML has more line ends than one.
    lines = len(text.splitlines()) + 1
    return bool(found) and all(
        fault.where.startswith("crm.yaml")
        and fault.what
        and fault.remedy
        and (fault.line is None or 1 <= fault.line <= lines)
        for fault in found
    )


@given(st.one_of(trees, sources))
def test_any_tree_of_the_languages_own_words_is_read_or_refused(tree: Any) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)

    assert holds(read_or_told(text), text)


@given(st.text() | st.binary().map(lambda content: content.decode("latin-1")))
@example("name: x\nfiles: &a [*a]\n")
@example("[" * 1_500)
@example("name: !!python/object/apply:os.system [ls]\n")
def test_any_text_is_read_or_refused(text: str) -> None:
    assert holds(read_or_told(text), text)


@settings(max_examples=50)
@given(st.data())
def test_a_shipped_mapping_with_a_slip_in_it_is_read_or_refused(data: st.DataObject) -> None:
    text = (SHIPPED / "sources" / "marketo.yaml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 20))
    slip = data.draw(st.sampled_from(("", " ", "\n", ":", "x", "[", "}", '"', "- ", "*", "&")))

    slipped = text[:start] + slip + text[start + length :]

    assert holds(read_or_told(slipped), slipped)
