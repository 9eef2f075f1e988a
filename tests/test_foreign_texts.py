"""What somebody else wrote reaches a page by few ways, all of which show it letter by letter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import name_of, parsed, python_files

PAGES = python_files("lib/ui", "pages")

CHARTS = python_files("lib/charts")

FORMATS_BY_ITSELF = {
    "badge", "echo", "html", "iframe", "image", "latex", "link_button", "logo", "table", "write", "write_stream",
}  # fmt: skip
"""Of Streamlit: what makes something else of a text than its letters, or fetches what it names."""

ITS_ONE_PLACE = {"table": "lib/ui/frame/elements.py", "plotly_chart": "lib/ui/frame/elements.py"}

WRITTEN_BY_OTHERS = {
    "actor", "by_name", "cause", "channel", "company", "currency", "domain", "email", "file", "first", "first_name",
    "gone", "group", "heading", "kept", "label", "last_name", "lead_id", "name", "note", "owner", "phone",
    "proposed_by", "reason", "rep_id", "rival", "second", "sentence", "source", "subject", "team", "text", "title",
    "undone_by", "who",
}  # fmt: skip
"""Fields, wherever they are one: what they hold came from a file, from another system or from somebody's keys."""

SAID_OF_THEM = {
    "acceptance_in_words", "change_in_words", "criterion_in_words", "further_in_words", "in_currency",
    "match_in_words", "missed_in_words", "name_of", "owners_in_words", "reason_words", "rep_name", "value_in_words",
    "why_none", "worth_in_words",
}  # fmt: skip
"""Functions whose words have such fields in them."""

SHOWN_ELSEWHERE = {"alt", "file_name", "key", "args", "format_func"}
"""Arguments that Streamlit shows letter by letter or not at all; but options of pills and radios are Markdown."""

MARKDOWN_OPTIONS = {"pills", "radio", "segmented_control"}

FORMATTED = {
    "button", "caption", "checkbox", "dialog", "download_button", "error", "expander", "form_submit_button",
    "info", "markdown", "metric", "number_input", "popover", "selectbox", "slider", "subheader", "success", "toast",
    "toggle", "warning",
}  # fmt: skip
"""Of Streamlit: what makes Markdown of its first argument."""

LETTER_BY_LETTER = {
    "lib/ui/acceptance/criteria.py:_criteria_by_reason": "headings of a table",
    "lib/ui/data/export.py:_ready": "the name is made plain where it is a label",
    "lib/ui/data/importing.py:_way_words": "options of a selectbox",
    "lib/ui/data/importing.py:_file": "options of a selectbox",
    "lib/ui/data/mapping.py:by_hand": "keys, and names of our own columns",
    "lib/ui/data/mapping.py:_save": "keys",
    "lib/ui/data/past_imports.py:_as_table": "cells",
    "lib/ui/evidence/criteria.py:_criterion_row": "cells",
    "lib/ui/frame/jobs.py:watch": "a title of ours",
    "lib/ui/frame/jobs.py:_bar": "a title of ours",
    "lib/ui/frame/visitor.py:_label": "options of a selectbox",
    "lib/ui/inbox/answering.py:_reassign": "options of a selectbox",
    "lib/ui/inbox/handing_over.py:_standing": "a name that `_name` makes plain",
    "lib/ui/inbox/view.py:_became": "a decision's word of ours",
    "lib/ui/inbox/view.py:_introduction": "an address, which is quoted",
    "lib/ui/lead/handed_over.py:_amount": "made plain where it is in a sentence; a cell too",
    "lib/ui/lead/handed_over.py:_words": "made plain where it is in a sentence; a cell too",
    "lib/ui/lead/handed_over.py:_taken_back": "made plain where it is in a sentence; a cell too",
    "lib/ui/lead/view.py:_did": "cells",
    "lib/ui/meeting/agenda.py:_agreement": "items of the agenda, made plain where they are listed",
    "lib/ui/meeting/agenda.py:_actions": "items of the agenda, made plain where they are listed",
    "lib/ui/review/moved.py:_name": "made plain where it is in a sentence; a label of a chart too",
    "lib/ui/sla/overdue.py:_controls": "options of a selectbox",
    "lib/ui/sla/view.py:conversion": "a source of ours",
    "lib/ui/sla/view.py:made_for_the_clock": "made plain as one sentence; an alternative text too",
    "lib/ui/sla/waiting.py:promised_in_words": "made plain where it is listed",
    "lib/ui/tune/conflict_dialog.py:_ask": "made plain by `_choice`",
    "lib/ui/tune/movers.py:worth_in_words": "made plain where it is in a sentence",
    "lib/ui/tune/movers.py:missed_in_words": "made plain where it is in a sentence",
    "lib/ui/tune/tuning.py:_open_from_address": "faults of the address, made plain where they are told",
    "lib/ui/tune/tuning.py:change": "made plain as one sentence",
    "lib/ui/tune/tuning.py:undo": "made plain where it is told",
    "lib/ui/tune/tuning.py:why_none": "made plain where it is told",
}
"""Functions that make no Markdown of what others wrote, and what they make of it."""


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def foreign(value: ast.AST) -> Iterator[str]:
    """What others wrote in an expression, and no `plain` around it."""
    match value:
        case ast.Call() if called(value) in {"plain", "len", "count"}:
            return
        case ast.Call() if called(value) in SAID_OF_THEM:
            yield ast.unparse(value)
            return
        case ast.Compare() | ast.Lambda():
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from foreign(body)
            yield from foreign(orelse)
            return
        case ast.Subscript(value=of):
            # A key looks something up; it is not what is said.
            yield from foreign(of)
            return
        case ast.Attribute(attr=attr) if attr in WRITTEN_BY_OTHERS:
            yield ast.unparse(value)
            return
        case ast.Call(func=ast.Attribute(value=of), args=args):
            yield from foreign(of)
            for arg in args:
                yield from foreign(arg)
            return
    for child in ast.iter_child_nodes(value):
        yield from foreign(child)


def told(node: ast.AST, place: str) -> Iterator[str]:
    """The sentences below a node that say what others wrote without `plain`, where Markdown is made of them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield from told(child, f"{place.split(':')[0]}:{child.name}")
        elif isinstance(child, ast.Call) and called(child) == "plain":
            continue
        elif isinstance(child, ast.keyword) and child.arg in SHOWN_ELSEWHERE:
            if child.arg == "format_func" and isinstance(node, ast.Call) and called(node) in MARKDOWN_OPTIONS:
                yield from told(child, place)
        elif isinstance(child, ast.FormattedValue):
            if child.format_spec is None:
                yield from (f"{place}: {one}" for one in foreign(child.value))
        else:
            if isinstance(child, ast.Call) and called(child) in FORMATTED:
                said = [one for one in child.args[:1] if not isinstance(one, ast.JoinedStr)]
                yield from (f"{place}: {one}" for label in said for one in foreign(label))
            yield from told(child, place)


def labels(node: ast.AST) -> Iterator[str]:
    """Texts of others that a chart is given without `safe` or `short` around them."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in {"customdata", "hovertext", "name", "text", "ticktext"}:
                yield from bare(value)
    for child in ast.iter_child_nodes(node):
        yield from labels(child)


LABELS = {"contributions", "kinds", "label", "labels", "lines", "notes", "subject", "subjects", "team"}
"""Variables and fields of charts in which texts of others come."""


def bare(value: ast.AST) -> Iterator[str]:
    match value:
        case ast.Call() if called(value) in {"safe", "short", "len", "zip", "enumerate", "range"}:
            return
        case ast.comprehension():
            return
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in LABELS:
            yield ast.unparse(value)
            return
    for child in ast.iter_child_nodes(value):
        yield from bare(child)


def asked_of_streamlit(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st":
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            yield node.arg


def test_the_pages_and_charts_are_seen() -> None:
    assert len(PAGES) > 80
    assert len(CHARTS) > 10


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_is_asked_of_streamlit_that_shows_other_than_letters(path: Path) -> None:
    asked = set(asked_of_streamlit(parsed(path))) & (FORMATS_BY_ITSELF | {"unsafe_allow_html", *ITS_ONE_PLACE})

    assert {one for one in asked if ITS_ONE_PLACE.get(one) != name_of(path)} == set()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_link_in_a_table_leads_to_a_page_of_ours(path: Path) -> None:
    links = [
        ast.unparse(node)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and called(node) in {"LinkColumn", "ImageColumn", "VideoColumn", "AudioColumn"}
    ]

    # Of a link only its last part is shown, and the addresses are ours: with an id that is quoted, or a number.
    ours = ("display_text='id=(.*)$'", "display_text='version=(\\\\d+)'")
    assert [one for one in links if "LinkColumn" not in one or not any(shown in one for shown in ours)] == []


def test_what_others_wrote_is_made_plain_where_markdown_is_made_of_it() -> None:
    said = [one for path in PAGES for one in told(parsed(path), name_of(path))]

    assert [one for one in said if one.split(": ")[0] not in LETTER_BY_LETTER] == []


def test_no_function_is_excused_that_needs_no_excuse() -> None:
    said = {one.split(": ")[0] for path in PAGES for one in told(parsed(path), name_of(path))}

    assert set(LETTER_BY_LETTER) - said == set()


@pytest.mark.parametrize("path", [path for path in CHARTS if path.name != "language.py"], ids=name_of)
def test_a_chart_escapes_the_texts_of_others(path: Path) -> None:
    assert list(labels(parsed(path))) == []


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown(f'**{one.name}**')",
        "st.caption(one.text)",
        "said = f'{sla.rep_name(snapshot, owner)} waits'",
        "st.button(f'Keep {one.kept or one.lead_id}')",
        "st.markdown(', '.join(f'{one.label} {one.points:,}' for one in found))",
        "st.pills('Owner', owners, format_func=lambda one: f'{one.name}')",
    ],
)
def test_a_text_that_is_not_made_plain_would_be_seen(line: str) -> None:
    assert list(told(ast.parse(f"def show():\n    {line}\n"), "page.py"))


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown(f'**{elements.plain(one.name)}**')",
        "st.caption(elements.plain(f'{one.name} waits'))",
        "st.selectbox('Whose', owners, format_func=lambda one: f'{one.name}', key=f'of:{one.name}')",
        "st.markdown(f'{len(one.name)} letters, {words[one.name]}, {one.amount:,}')",
    ],
)
def test_a_text_that_is_made_plain_is_left_alone(line: str) -> None:
    assert list(told(ast.parse(f"def show():\n    {line}\n"), "page.py")) == []


def test_a_chart_that_does_not_escape_would_be_seen() -> None:
    assert list(labels(ast.parse("{'text': [label for label in labels], 'name': safe(label)}")))
