"""What the dialog that proposes says of Monday, and the start plan that is chosen there and signed."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import agreed
from lib.app.handoffs.going_live import in_stock
from lib.core.agreement.agreement import Agreement
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.ui.now import present
from tests.conftest import OpenPage
from tests.grants import of
from tests.pages.agreement.test_agreement import AGREEMENT, TOM, TUNE, submit, texts, versions
from tests.pages.conftest import press


@pytest.fixture
def dialog(open_page: OpenPage, database_copy: Path) -> AppTest:
    """The dialog on a draft with a lower threshold."""
    at = open_page(TUNE, database_copy)
    at.slider(key="threshold").set_value(45).run()
    at.run()
    press(at, "propose")
    return at


def plan_of(at: AppTest) -> StartPlan:
    at.selectbox(key="propose-as").set_value(TOM).run()
    at.text_area(key="propose-reason").set_value("More leads")
    submit(at, "Propose it")
    return agreed.agreement(versions()[-1]).start


def test_it_says_how_many_are_in_stock_and_hands_over_none_of_them_by_default(dialog: AppTest) -> None:
    snapshot = present.snapshot()
    there = in_stock(snapshot, present.deployment().config.definition.with_threshold(45))

    assert len(there) > 10
    assert f"{len(there):,} leads are in stock (reached the threshold before the start" in texts(dialog)
    assert f"**0 of {len(there):,} leads** in stock would be handed over in 8 weeks; at most" in texts(dialog)
    assert "none is handed over until it does something new that reaches the threshold." in texts(dialog)
    assert plan_of(dialog) == StartPlan()


def test_the_plan_that_is_chosen_is_part_of_the_text_that_is_signed(dialog: AppTest) -> None:
    dialog.segmented_control(key="propose-stock").set_value(Stock.RECENT).run()
    dialog.number_input(key="propose-stock-days").set_value(60).run()
    dialog.number_input(key="propose-per-day").set_value(4).run()

    days = next(one.value for one in dialog.dataframe if "waiting" in one.value.columns)
    assert days["stock"].max() == 4
    assert "at most 4 a working day, best score first." in texts(dialog)
    assert plan_of(dialog) == StartPlan(None, Stock.RECENT, 60, 4)
    assert versions()[-1].text.endswith("start:\n  stock: recent\n  days: 60\n  per_day: 4\n")
    assert "those that reached it in the last 60 days before the start are handed over" in texts(dialog)


def test_tune_says_how_many_are_in_stock(open_page: OpenPage, database_copy: Path) -> None:
    at = open_page(TUNE, database_copy)
    at.slider(key="threshold").set_value(45).run()
    at.run()

    there = in_stock(present.snapshot(), present.deployment().config.definition.with_threshold(45))
    assert f"Going live: {len(there):,} leads are in stock" in texts(at)
    assert "Handed over of it: nothing, unless a proposal says otherwise." in texts(at)


def test_without_a_lead_nobody_is_in_stock(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(AGREEMENT, empty_database)

    press(at, "propose-first")

    assert "Nobody is in stock" in texts(at)


def test_while_a_signed_version_waits_the_page_says_what_it_would_have_handed_over(
    open_page: OpenPage, tiny_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page(TUNE, tiny_database)
    people = {one.name: one for one in present.deployment().config.people}
    now = present.deployment().snapshot().as_of
    # Signed before the newest of the three leads, none of whom qualifies so late; as if that day, for this database
    # was filled later, and no entry lies before the one it follows.
    for module in ("versions", "audit"):
        monkeypatch.setattr(f"lib.store.agreement.{module}.after_the_last", lambda _, at: at)
    monkeypatch.setattr(present.deployment(), "_clock", lambda: now - 86_400_000_000)
    draft = present.deployment().config.definition.with_threshold(5)
    plan = StartPlan(now + 30 * 86_400_000_000)
    version = agreed.propose(
        present.deployment(), Agreement(draft, plan), of(people[TOM]), reason="Later", replaces=None
    )
    for name in (TOM, "Marta Vidal"):
        agreed.sign(present.deployment(), version.number, version.sha256, of(people[name]))
    monkeypatch.setattr(present.deployment(), "_clock", lambda: now)

    at.switch_page(AGREEMENT).run()

    assert "Since both signed it would have handed over" in texts(at)
    assert "of them not by version 1, which would hand over 0 others." in texts(at)
