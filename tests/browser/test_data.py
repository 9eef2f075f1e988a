"""The Data page as somebody uses it who brings files: dropped, recognised, rehearsed, imported, taken back."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, started
from tests.browser.looking import eventually, noted, settled

pytestmark = pytest.mark.browser

HEADINGS = "lead_id,created_at,first_name,email\n"
PEOPLE = (
    HEADINGS
    + "p1,2026-11-02T10:00:00Z,Ada,ada@engine.example\n"
    + "p2,2026-11-03T10:00:00Z,Bo,bo@chess.example\n"
    + "p3,31/31/2026,Cy,cy@atelier.example\n"
)
PEOPLE_LATER = (
    HEADINGS
    + "p1,2026-11-02T10:00:00Z,Ada,ada@engine.example\n"
    + "p2,2026-11-03T10:00:00Z,Bo,bo@diddley.example\n"
    + "p4,2026-11-04T10:00:00Z,Di,di@desk.example\n"
)
FOREIGN = "Contact No;Created;Surname\n7;2026-11-02;Byron\n8;2026-11-03;Hopper\n"


@pytest.fixture(scope="module")
def server(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on a database and a configuration of its own: imports stay, and mappings are saved."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(ROOT / "config", folder / "config")
    with started(sample_database, folder, folder / "config") as address:
        yield address


def first_sentence(page: Page) -> Locator:
    return page.get_by_role("heading", level=4).first


def how_many(page: Page) -> int:
    """The leads there are, as the page's first sentence says."""
    expect(first_sentence(page)).to_contain_text("leads")
    said = noted(page, lambda: first_sentence(page).inner_text())
    return int(said.split(" leads")[0].replace(",", ""))


def expect_leads(page: Page, count: int) -> None:
    expect(first_sentence(page)).to_have_text(re.compile(f"^{count:,} leads"))


def drop(page: Page, name: str, content: str) -> None:
    """One more file into the drop zone."""
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )


def bring_in(page: Page, name: str, content: str) -> None:
    """A file of our own headings, dropped, rehearsed and imported."""
    drop(page, name, content)
    expect(page.get_by_text("Recognised by the headings")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("rows? (was|were) new"))).to_be_visible()
    settled(page)


# What of the page reaches beyond its right edge; tables and the row of tabs scroll by themselves.
WIDER_THAN_THE_SCREEN = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1
        && !one.closest('[data-testid=stDataFrame]') && !one.closest('[role=tablist]'))
    .map(one => one.outerHTML.slice(0, 200))"""


def expect_nothing_wider_than_the_screen(page: Page) -> None:
    eventually(page, lambda: page.evaluate(WIDER_THAN_THE_SCREEN), [])


def test_files_are_rehearsed_imported_and_taken_back(page: Page, server: str) -> None:
    page.goto(f"{server}/data")
    drop(page, "people.csv", PEOPLE)
    expect(page.get_by_text("Recognised by the headings lead_id, created_at, first_name, email.")).to_be_visible()
    expect(page.get_by_role("heading", name="2 rows would be new, 0 changed, 0 unchanged; 1 would be")).to_be_visible()
    leads = how_many(page)

    page.get_by_role("button", name="Import", exact=True).click()

    expect(
        page.get_by_role("heading", name="2 rows were new, 0 changed, 0 unchanged; 1 was kept aside")
    ).to_be_visible()
    expect_leads(page, leads + 2)
    expect(page.get_by_role("button", name="people.csv: rows to mend")).to_be_visible()

    bring_in(page, "people later.csv", PEOPLE_LATER)
    expect(page.get_by_role("heading", name="1 row was new, 1 changed, 1 unchanged; none was rejected")).to_be_visible()
    expect_leads(page, leads + 3)

    page.get_by_role("button", name=re.compile("^Take import")).click()
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_text(re.compile("was taken back: 1 row removed, 1 row as before."))).to_be_visible()
    settled(page)
    expect_leads(page, leads + 2)
    expect(page.get_by_role("button", name=re.compile("^Take import"))).to_have_count(0)


def test_a_file_nobody_knows_is_rehearsed_as_soon_as_its_mapping_is_saved(page: Page, server: str) -> None:
    page.goto(f"{server}/data")
    drop(page, "Old CRM.csv", FOREIGN)
    expect(page.get_by_text("Nobody knows these headings yet.")).to_be_visible()
    expect(page.get_by_role("combobox", name=re.compile("last name"))).to_have_value("Surname")

    page.get_by_role("button", name="Save the mapping").click()

    expect(page.get_by_role("heading", name="2 rows would be new")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_enabled()


def test_nothing_of_the_page_is_wider_than_a_phone(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/data")
    bring_in(page, "others.csv", PEOPLE.replace("\np", "\nother"))
    expect_nothing_wider_than_the_screen(page)

    for part in ("Imports", "Freshness", "Quality", "Duplicates", "Take out"):
        page.get_by_role("tab", name=part).click()
        settled(page)
        expect(page.get_by_role("tab", name=part)).to_have_attribute("aria-selected", "true")

        expect_nothing_wider_than_the_screen(page)
