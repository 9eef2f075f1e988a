"""Every page on a database whose every text is an attack: no text with formatting, and no chart, holds it as it is.

What a browser makes of these pages is held in `tests/browser/test_foreign_texts.py`. Here every field of every element
is looked at, in closed expanders, popovers and hovers too, so that a text that escapes nothing is found wherever it is.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.pages.conftest import press
from tests.poisoned import DRAFT, HOST, OURS, PAYLOAD, Poisoned, poisoned, texts_without_attack

# What an attack begins with, as it never stands in Markdown that was made plain, nor in a label of a chart.
ALIVE = re.compile(r"http://evil\.test|(?<!\\)(\\\\)*(\[[xlr]\]|<(img|b|a)\b|\$x|`k`|~~s)", re.IGNORECASE)
LINK = re.compile(r"\]\(/lead\?\S*?\)")
"""To the page of a lead, whose id may be an attack."""

ALIVE_IN_A_CHART = re.compile(r"<(?!/?(b|br|i|extra)>)|<b>b</b>")

SHOWN_AS_THEY_ARE = {
    "alt",
    "columns",
    "default",
    "file_name",
    "id",
    "json",
    "options",
    "placeholder",
    "query_string",
    "raw_value",
    "raw_values",
    "url",
    "value",
}
"""Fields of elements that Streamlit shows letter by letter, or not at all."""

FORMATTED_ALL_THE_SAME = {"Radio", "ButtonGroup"}
"""Elements whose options are Markdown."""


@pytest.fixture(scope="module")
def made(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Poisoned:
    return poisoned(sample_database, tmp_path_factory.mktemp("poisoned"))


@pytest.fixture
def open_place(made: Poisoned, app_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def opened(page: str, **address: str) -> AppTest:
        app_on(made.database)
        monkeypatch.setenv("HANDSHAKE_CONFIG", str(made.config))
        at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=120)
        if page != "decide/tune.py":
            at.switch_page(page)
        for name, value in address.items():
            at.query_params[name] = value
        at.run()
        for job in ("duplicates",):
            if f"job:{job}" in at.session_state:
                at.session_state[f"job:{job}"].result(120)
                at.run()
        assert not at.exception
        return at

    return opened


def texts(at: AppTest) -> Iterator[tuple[str, str]]:
    """Every text of every element of the page: the element and field it is of, and what it says."""

    def of(message: Message, path: str) -> Iterator[tuple[str, str]]:
        for field, value in message.ListFields():
            for one in value if field.is_repeated else [value]:
                if isinstance(one, Message):
                    yield from of(one, f"{path}.{field.name}")
                elif isinstance(one, str):
                    yield f"{path}.{field.name}", one

    def below(node: Any) -> Iterator[tuple[str, str]]:
        drawn = getattr(node, "proto", None)
        if isinstance(drawn, Message):
            yield from of(drawn, type(drawn).__name__)
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    yield from below(at._tree)


def as_it_is(path: str) -> bool:
    element, *_, field = path.split(".")
    return field in SHOWN_AS_THEY_ARE and element not in FORMATTED_ALL_THE_SAME


def charts(at: AppTest) -> Iterator[tuple[str, str]]:
    """Every text of every chart: its title, and what it says."""

    def of(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from of(one)

    for path, text in texts(at):
        if path == "PlotlyChart.spec":
            drawn = json.loads(text)
            yield from ((drawn["layout"]["title"]["text"], said) for said in of(drawn))


def expect_only_letters(at: AppTest) -> None:
    said = [(path, LINK.sub("", text)) for path, text in texts(at) if path != "PlotlyChart.spec"]

    assert [one for one in said if not as_it_is(one[0]) and ALIVE.search(one[1])] == []
    assert [one for one in charts(at) if ALIVE_IN_A_CHART.search(one[1])] == []


def test_every_text_of_every_table_is_an_attack(made: Poisoned) -> None:
    assert set(texts_without_attack(made.database)) == OURS


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("decide/tune.py", {}),
        ("decide/tune.py", {"draft": DRAFT}),
        ("decide/tune.py", {"draft": PAYLOAD}),
        ("decide/scenarios.py", {}),
        ("decide/evidence.py", {}),
        ("decide/agreement.py", {}),
        ("decide/agreement.py", {"version": "2"}),
        ("decide/agreement.py", {"version": "3"}),
        ("decide/meeting.py", {}),
        ("monitor/review.py", {}),
        ("monitor/acceptance.py", {}),
        ("monitor/sla.py", {}),
        ("work/lead.py", {"id": PAYLOAD}),
        ("manage/data.py", {"part": "Imports"}),
        ("manage/data.py", {"part": "Freshness"}),
        ("manage/data.py", {"part": "Quality"}),
        ("manage/data.py", {"part": "Duplicates"}),
        ("manage/data.py", {"part": "Take out"}),
    ],
)
def test_no_page_shows_an_attack_otherwise_than_in_letters(open_place: Any, page: str, address: dict[str, str]) -> None:
    expect_only_letters(open_place(page, **address))


def test_a_lead_of_attacks_is_only_letters(open_place: Any, made: Poisoned) -> None:
    at = open_place("work/lead.py", id=made.lead_id)

    assert len([text for _, text in texts(at) if HOST in text]) > 10
    expect_only_letters(at)


def test_answers_to_attacks_are_only_letters(open_place: Any) -> None:
    at = open_place("work/inbox.py")
    at.selectbox[0].select(at.selectbox[0].options[0]).run()
    expect_only_letters(at)

    for button in ("Accept", "Reject", "Reassign", "Touched", "Note", "Hand over"):
        press(at, button)
        expect_only_letters(at)


def test_the_dialogs_of_a_draft_of_attacks_are_only_letters(open_place: Any) -> None:
    at = open_place("decide/tune.py", draft=DRAFT)

    for button in ("history", "as-yaml", "propose"):
        press(at, button)
        expect_only_letters(at)
