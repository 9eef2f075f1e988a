"""A person erased at the Lead page while somebody else looks at Tune: the file has no trace of them, and both go on."""

import re
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import started
from tests.browser.looking import eventually, settled

pytestmark = pytest.mark.browser


def test_somebody_erased_at_the_lead_page_leaves_no_trace_while_others_look_on(
    browser: Browser, sample_database: Path, tmp_path: Path
) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        found = "select lead_id, email from lead semi join kept_cycle using (lead_id) where email is not null limit 1"
        ((lead_id, email),) = connection.execute(found).fetchall()

    with started(sample_database, tmp_path) as address:
        looking_on, page = browser.new_page(), browser.new_page()
        looking_on.goto(f"{address}/tune")
        page.goto(f"{address}/lead?id={lead_id}")
        settled(page)
        page.get_by_role("button", name="Erase this person").last.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Stays:")).to_be_visible()
        dialog.get_by_role("combobox", name="You are").click()
        page.keyboard.type("Marta Vidal")
        page.get_by_role("option", name=re.compile("Marta Vidal")).click()
        settled(page)
        dialog.get_by_role("textbox", name=re.compile("Who asked for it")).fill("asked for it, Art. 17")
        dialog.get_by_text("I know that this cannot be undone").click()
        dialog.get_by_role("button", name="Erase", exact=True).click()

        expect(page.get_by_text("The person is erased.")).to_be_visible()
        eventually(page, lambda: traces(tmp_path, lead_id, email), [])
        looking_on.reload()
        expect(looking_on.get_by_text(re.compile("1 person was erased"))).to_be_visible()
        page.goto(f"{address}/lead?id={lead_id}")
        expect(page.get_by_text(re.compile("There is no lead with the id"))).to_be_visible()


def traces(folder: Path, *words: str) -> list[str]:
    """In which files of the app, its log among them, a word stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word.encode() in path.read_bytes() for word in words)]
