"""Two visitors of one meeting on the Tune page: each sees what the other does, and neither overwrites it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.access.grants import Proof, granted
from lib.core.definition.criteria import Definition
from lib.ui.frame import visitor as visiting
from lib.ui.now import present
from lib.ui.now.drafts import shared
from tests.conftest import ROOT, OpenPage
from tests.pages.conftest import counted, figures, move, press, shows

TUNE = "decide/tune.py"

MARTA, TOM = "Marta Vidal", "Tom Okafor"


def draft_of(at: AppTest) -> Definition:
    draft: Definition = at.session_state["tuning"].draft
    return draft


def name_of(at: AppTest) -> str:
    return str(at.session_state["tuning"].name)


def captions(at: AppTest) -> str:
    return "\n".join(one.value.replace("\\", "") for one in at.caption)


def toasts(at: AppTest) -> str:
    return "\n".join(one.value.replace("\\", "") for one in at.toast)


def visitor(name: str, **address: str) -> AppTest:
    """Another visitor, in a tab of their own, of the app that is open."""
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
    at.session_state["visitor-is"] = name
    for key, value in address.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


@pytest.fixture
def marta(open_page: OpenPage, sample_database: Path) -> AppTest:
    """Marta has begun a draft: the threshold is 50."""
    at = open_page(TUNE, sample_database)
    at.selectbox(key="visitor").select(MARTA).run()
    move(at, "threshold", 50)
    return at


@pytest.fixture
def tom(marta: AppTest) -> AppTest:
    """Tom has opened the address of Marta's draft."""
    return visitor(TOM, draft=name_of(marta))


def test_whoever_opens_the_address_of_a_draft_sees_it(marta: AppTest, tom: AppTest) -> None:
    assert MARTA in name_of(marta)
    assert draft_of(tom) == draft_of(marta) == present.snapshot().definition.with_threshold(50)
    assert figures(tom) == figures(marta)
    assert tom.slider(key="threshold").value == 50


def test_a_visitor_whose_first_run_was_overtaken_still_begins_with_the_draft_of_the_address(tom: AppTest) -> None:
    tom.run()

    chosen = tom.selectbox(key="draft-name")
    assert chosen.options[chosen.proto.default] == name_of(tom)
    assert list(tom.slider(key="threshold").proto.default) == [50]


def test_what_one_changes_the_other_sees_with_the_name_and_the_figures(marta: AppTest, tom: AppTest) -> None:
    move(marta, "points:demo", 12)

    tom.run()

    assert tom.slider(key="points:demo").value == 12
    assert shows(tom, counted(draft_of(marta)))
    assert f"{MARTA}: Asked for a demo: 30 → 12 points" in captions(tom).replace("*", "")
    assert f"Here too: {TOM}" in captions(marta.run())


def test_two_who_change_different_things_overwrite_nothing(marta: AppTest, tom: AppTest) -> None:
    # Tom has not drawn his page since.
    move(marta, "points:demo", 12)

    move(tom, "points:decides", 7)

    marta.run()
    assert draft_of(tom) == draft_of(marta)
    assert draft_of(tom).criterion("demo").points == 12
    assert draft_of(tom).criterion("decides").points == 7
    assert tom.slider(key="points:demo").value == 12
    assert shows(marta, counted(draft_of(marta)))


def disputed(marta: AppTest, tom: AppTest) -> None:
    """Both move the points of one criterion, Marta to 12 and Tom, who has not seen it, to 20."""
    move(marta, "points:demo", 12)
    tom.slider(key="points:demo").set_value(20).run()
    assert not tom.exception


def choices(at: AppTest) -> list[str]:
    return [one.label.replace("\\", "") for one in at.button if (one.key or "").startswith("choose:")]


def test_the_second_to_change_the_same_thing_sees_both_and_theirs_holds_until_a_choice(
    marta: AppTest, tom: AppTest
) -> None:
    disputed(marta, tom)

    assert choices(tom)[:2] == [f"{MARTA}: Asked for a demo: 30 → 12 points", "You: Asked for a demo: 30 → 20 points"]
    assert choices(tom)[2].startswith("As before: Asked for a demo, +30 points")
    assert draft_of(tom).criterion("demo").points == 12
    assert tom.slider(key="points:demo").value == 12
    assert draft_of(marta.run()).criterion("demo").points == 12


@pytest.mark.parametrize(("choice", "points"), [("theirs", 12), ("mine", 20), ("base", 30)])
def test_one_click_settles_it_for_both(marta: AppTest, tom: AppTest, choice: str, points: int) -> None:
    disputed(marta, tom)

    press(tom, f"choose:{choice}")

    tom.run()
    assert choices(tom) == []
    assert draft_of(tom).criterion("demo").points == points
    assert tom.slider(key="points:demo").value == points
    assert draft_of(marta.run()).criterion("demo").points == points


def test_undo_takes_back_ones_own_and_leaves_what_the_other_did(marta: AppTest, tom: AppTest) -> None:
    move(tom, "points:demo", 12)
    marta.run()

    press(marta, "undo")

    assert draft_of(marta) == present.snapshot().definition.with_points("demo", 12)
    assert draft_of(tom.run()).threshold == 60
    press(marta, "undo")
    assert "nothing of yours to undo" in toasts(marta)


def test_undo_of_what_the_other_has_changed_since_leaves_it_and_says_so(marta: AppTest, tom: AppTest) -> None:
    move(tom, "threshold", 45)
    marta.run()

    press(marta, "undo")

    assert draft_of(marta).threshold == 45
    assert f"{TOM} has changed it since, so it stays: Threshold: 50 → 45" in toasts(marta)


def test_a_new_name_is_everybodys(marta: AppTest, tom: AppTest) -> None:
    next(one for one in marta.text_input if one.label == "Name of the draft").set_value("less webinar")
    press(marta, "Save the draft")

    tom.run()

    assert tom.selectbox(key="draft-name").value == name_of(tom) == "less webinar"
    assert "The draft is called “less webinar” now" in toasts(tom)
    move(tom, "threshold", 40)
    assert draft_of(marta.run()).threshold == 40


def test_a_deleted_draft_is_told_to_whoever_has_it_open(marta: AppTest, tom: AppTest) -> None:
    press(marta, "delete")

    tom.run()

    assert f"was deleted by {MARTA}; History brings it back" in toasts(tom)
    assert draft_of(tom) == present.snapshot().definition


def test_a_draft_deleted_by_mistake_comes_back_by_undo(marta: AppTest) -> None:
    deleted, tuned = name_of(marta), draft_of(marta)
    press(marta, "delete")
    assert "is deleted. Undo brings it back" in toasts(marta)

    press(marta, "undo")

    assert (name_of(marta), draft_of(marta)) == (deleted, tuned)
    assert marta.slider(key="threshold").value == 50


def test_a_draft_a_colleague_deleted_comes_back_with_its_history_in_another_process(
    marta: AppTest, tom: AppTest, open_page: OpenPage, sample_database: Path
) -> None:
    deleted, tuned = name_of(marta), draft_of(marta)
    press(marta, "delete")
    assert f"by {MARTA}" in history(tom.run())[0]
    present.deployment().database.close()

    again = open_page(TUNE, sample_database, draft=deleted)
    assert f"was deleted by {MARTA}" in again.warning[0].value
    history(again)
    again.session_state["history-asked"] = True
    press(again, f"bring-back:{deleted}")

    assert (name_of(again), draft_of(again)) == (deleted, tuned)
    assert [line.split("  \n")[1] for line in history(again)] == ["Threshold: 60 → 50", "Began the draft"]


def test_the_address_of_a_draft_that_nobody_had_named_opens_it_after_a_new_name_and_a_restart(
    marta: AppTest, open_page: OpenPage, sample_database: Path
) -> None:
    address, tuned = dict(marta.query_params), draft_of(marta)
    next(one for one in marta.text_input if one.label == "Name of the draft").set_value("less webinar")
    press(marta, "Save the draft")
    present.deployment().database.close()

    again = open_page(TUNE, sample_database, **address)

    assert (name_of(again), draft_of(again)) == ("less webinar", tuned)


def test_a_change_just_after_somebody_deleted_the_draft_goes_on_in_a_new_one(marta: AppTest, tom: AppTest) -> None:
    deleted = name_of(tom)
    press(marta, "delete")

    move(tom, "points:demo", 12)

    assert name_of(tom) != deleted
    assert draft_of(tom) == present.snapshot().definition.with_threshold(50).with_points("demo", 12)
    assert shared().names() == [name_of(tom)]


def test_a_closed_tab_and_a_restarted_server_lose_nothing(
    marta: AppTest, open_page: OpenPage, sample_database: Path
) -> None:
    move(marta, "points:demo", 12)
    address, tuned = dict(marta.query_params), draft_of(marta)
    present.deployment().database.close()

    again = open_page(TUNE, sample_database, **address)

    assert draft_of(again) == tuned
    assert name_of(again) == address["draft"]
    assert again.slider(key="points:demo").value == 12
    # And without the address: it stands in the list.
    assert address["draft"] in visitor(TOM).selectbox(key="draft-name").options


def test_a_link_with_a_threshold_of_its_own_does_not_change_the_draft_it_names(marta: AppTest) -> None:
    other = visitor(TOM, draft=name_of(marta), threshold="40")

    assert draft_of(other).threshold == 40
    assert name_of(other) != name_of(marta)
    assert draft_of(marta.run()).threshold == 50


def test_what_cannot_be_written_is_said_in_one_box_and_kept(marta: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(present.deployment().database, "write", no_space)
        move(marta, "threshold", 44)
        shared().settle()
        marta.run()

    assert len(marta.error) == 1
    assert "no space left on device" in marta.error[0].value
    assert draft_of(marta).threshold == 44
    shared().settle()
    assert not marta.run().error


# History


def history(at: AppTest) -> list[str]:
    """The steps in the dialog of the history, the newest first."""
    press(at, "history")
    return [one.value.replace("\\", "") for one in at.markdown if "  \n" in one.value]


def back_to(at: AppTest, step: int) -> None:
    """Go back to a step, in the dialog that is open."""
    # Drawn again in the next run, as the browser keeps it open.
    at.session_state["history-asked"] = True
    press(at, f"history:{step}")


def test_the_history_says_who_did_what_the_newest_first(marta: AppTest, tom: AppTest) -> None:
    move(tom, "points:demo", 12)

    first, second, third = history(marta.run())

    assert first.startswith(f"**{TOM}**")
    assert first.endswith("Asked for a demo: 30 → 12 points")
    assert second.startswith(f"**{MARTA}**")
    assert second.endswith("Threshold: 60 → 50")
    assert third.endswith("Began the draft")


def test_anybody_goes_back_to_any_point_and_back_again(marta: AppTest, tom: AppTest) -> None:
    move(marta, "points:demo", 12)
    tom.run()
    history(tom)

    back_to(tom, 0)

    assert draft_of(tom.run()) == present.snapshot().definition == draft_of(marta.run())
    assert history(marta)[0].startswith(f"**{TOM}**")
    back_to(marta, 2)
    assert draft_of(marta) == present.snapshot().definition.with_threshold(50).with_points("demo", 12)
    press(marta, "undo")
    assert draft_of(marta) == present.snapshot().definition


def test_a_draft_keeps_its_history_under_a_new_name_and_over_a_restart(
    marta: AppTest, open_page: OpenPage, sample_database: Path
) -> None:
    next(one for one in marta.text_input if one.label == "Name of the draft").set_value("less webinar")
    press(marta, "Save the draft")
    move(marta, "points:demo", 12)
    present.deployment().database.close()

    again = open_page(TUNE, sample_database, draft="less webinar")

    assert [line.split("  \n")[1] for line in history(again)] == [
        "Asked for a demo: 30 → 12 points",
        "Threshold: 60 → 50",
        "Began the draft",
    ]


# A lead under the draft


def test_a_movers_page_explains_it_under_the_draft_of_the_link(marta: AppTest) -> None:
    lead = marta.dataframe[0].value["page"].iloc[0].rsplit("id=", 1)[1]
    other = visitor(TOM)
    other.switch_page("work/lead.py")
    other.query_params["draft"], other.query_params["id"] = name_of(marta), lead
    del other.session_state["tuning"]

    other.run()

    assert not other.exception
    assert other.segmented_control(key="scored-under").options[0] == f"the draft “{name_of(marta)}”"
    assert any("of 50 points now" in one.value for one in other.markdown)


def test_a_link_to_a_lead_under_a_draft_that_is_gone_says_so(marta: AppTest) -> None:
    other = visitor(TOM)
    other.switch_page("work/lead.py")
    other.query_params["draft"], other.query_params["id"] = "never saved", "L0000001"
    del other.session_state["tuning"]

    other.run()

    assert not other.exception
    assert "There is no draft called “never saved”" in other.warning[0].value.replace("\\", "")


def test_who_may_not_edit_drafts_is_told_so_and_changes_nothing(
    marta: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "grant", lambda: granted("Noor", Proof.SIGNED_IN, frozenset()))
    before = draft_of(marta)

    marta.slider(key="threshold").set_value(44).run()

    assert not marta.exception
    assert "Your change was not made. who may what: Noor may not edit drafts." in toasts(marta)
    assert draft_of(marta) == before
