"""The Agreement page: proposed by one, signed by both, brought back, withdrawn; and nobody signs for the other side."""

from contextlib import suppress
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import agreed, outlook
from lib.app.agreed import definition as definition_of
from lib.app.agreed import predicted
from lib.app.handoffs.going_live import going_live
from lib.app.snapshot import take
from lib.config.definition import write_definition
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.outcome import WEEK, prediction_text, read_prediction
from lib.core.agreement.versions import Version, VersionState
from lib.core.errors import Refused
from lib.core.handoffs.start_plan import StartPlan
from lib.store.agreement.audit import verify
from lib.store.agreement.versions import propose
from lib.store.agreement.versions import sign as store_sign
from lib.ui.agreement import outcome, standing
from lib.ui.frame import elements, lead_tables
from lib.ui.now import present
from lib.ui.now.drafts import shared
from tests.conftest import ROOT, OpenPage
from tests.grants import ANYTHING, of
from tests.pages.conftest import press

AGREEMENT, TUNE = "decide/agreement.py", "decide/tune.py"
TOM, INES, MARTA = "Tom Okafor", "Inés Navarro", "Marta Vidal"


def as_visitor(at: AppTest, who: str) -> AppTest:
    at.selectbox(key="visitor").set_value(who).run()
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    """What is said on the page, as it is read."""
    return raw(at).replace("\\", "")


def raw(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.error, *at.info])


def versions() -> list[Version]:
    return standing.load()


def labels(at: AppTest) -> list[str]:
    return [one.label for one in at.button]


def proposed(at: AppTest, *, threshold: int = 50, by: str = TOM, reason: str = "More leads for the spring") -> AppTest:
    """On Tune: move the threshold, say who proposes it and why; then the page that is shown."""
    at.slider(key="threshold").set_value(threshold).run()
    at.run()
    press(at, "propose")
    if [one for one in at.selectbox if one.key == "propose-as"]:
        at.selectbox(key="propose-as").set_value(by).run()
    at.text_area(key="propose-reason").set_value(reason)
    submit(at, "Propose it")
    return at


def submit(at: AppTest, label: str) -> None:
    """Press a form's own button."""
    found = [one for one in at.button if one.label.startswith(label)]
    assert found, f"no button {label}: {labels(at)}"
    found[-1].click().run()
    assert not at.exception


def sign(at: AppTest, who: str) -> AppTest:
    as_visitor(at, who)
    submit(at, "Sign version")
    return at


def another_session(who: str | None = None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60).run()
    at.switch_page(AGREEMENT).run()
    return as_visitor(at, who) if who else at


@pytest.fixture
def tune(open_page: OpenPage, database_copy: Path) -> AppTest:
    return open_page(TUNE, database_copy)


def test_a_new_database_says_what_to_do_next(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(AGREEMENT, empty_database)

    assert not at.exception
    assert "Both sides work by version 1, which nobody has signed yet." in texts(at)
    assert "press *Propose* there" in texts(at)
    assert "Propose it as it is" in labels(at)


def test_the_first_definition_can_be_put_to_both_sides_as_it_is(open_page: OpenPage, empty_database: Path) -> None:
    at = as_visitor(open_page(AGREEMENT, empty_database), TOM)

    press(at, "propose-first")
    submit(at, "Propose it")

    assert [one.sha256 for one in versions()] == [versions()[0].sha256] * 2
    assert versions()[1].state is VersionState.PROPOSED


def test_a_proposal_freezes_the_draft_in_hand_with_its_reason_and_its_prediction(tune: AppTest) -> None:
    at = proposed(tune)

    _, version = versions()
    assert (version.state, version.proposed_by, version.reason) == (
        VersionState.PROPOSED,
        TOM,
        "More leads for the spring",
    )
    assert definition_of(version) == present.deployment().config.definition.with_threshold(50)
    assert at.query_params["version"] == "2"
    assert "Version 2, proposed by Tom Okafor for marketing, waits for sales and marketing" in texts(at)
    assert "Threshold: 60 → 50" in texts(at)


def test_what_was_predicted_can_be_predicted_again_as_of_then(tune: AppTest) -> None:
    proposed(tune)

    first, version = versions()
    kept = read_prediction(version.prediction or "")

    assert kept == predicted(present.snapshot(), Agreement(definition_of(version), StartPlan()), first)
    there = going_live(present.snapshot(), definition_of(version))
    assert there.awakened is not None
    assert [one.of_stock for one in kept.horizons] == pytest.approx([sum(there.awakened[:n]) for n in (2, 4, 8)])
    assert there.awakened[0] > 0
    assert kept.as_of == present.snapshot().as_of
    assert kept.mqls_per_week > kept.agreed_per_week > 0


def test_a_proposal_without_a_reason_is_refused_and_nothing_is_proposed(tune: AppTest) -> None:
    at = proposed(tune, reason="  ")

    assert len(versions()) == 1
    assert "it says no reason" in "".join(one.value for one in at.error)


def test_what_is_agreed_already_is_not_proposed(open_page: OpenPage, database_copy: Path) -> None:
    at = sign(sign(proposed(open_page(TUNE, database_copy)), TOM), MARTA)
    at.switch_page(TUNE).run()
    at.slider(key="threshold").set_value(50).run()
    at.run()

    press(at, "propose")

    assert "there is nothing to sign anew" in texts(at)


def test_both_sides_sign_and_it_is_in_force(tune: AppTest) -> None:
    at = proposed(tune)

    sign(at, TOM)
    assert versions()[1].state is VersionState.PROPOSED
    assert "waits for sales. Version 1 is in force." in texts(at)
    sign(at, MARTA)

    assert versions()[1].state is VersionState.AGREED
    assert [(one.side, one.who) for one in versions()[1].signatures] == [("marketing", TOM), ("sales", MARTA)]
    assert "Version 2 is in force since" in texts(at)
    assert standing.in_force(versions()).number == 2
    for who in (TOM, MARTA, INES):
        offered = " ".join(labels(as_visitor(at, who)))
        assert "Sign" not in offered
        assert "Withdraw" not in offered
    shared().settle()
    # The draft was begun and changed; it was proposed, and signed twice.
    assert verify(present.deployment().database) == 5


def test_nobody_is_offered_the_other_sides_line(tune: AppTest) -> None:
    at = as_visitor(proposed(tune), INES)

    assert [one for one in labels(at) if one.startswith("Sign version")] == ["Sign version 2"]
    assert "Somebody of sales signs here; you stand for marketing." in texts(at)

    sign(at, INES)

    assert [(one.side, one.who) for one in versions()[1].signatures] == [("marketing", INES)]
    assert not [one for one in labels(at) if one.startswith("Sign version")]


def test_a_rep_whom_people_yaml_does_not_know_signs_for_nobody(tune: AppTest) -> None:
    at = proposed(tune)

    as_visitor(at, present.snapshot().reps[0].rep_id)

    assert "is no lead of sales in people.yaml; a lead proposes, signs and withdraws." in texts(at)
    assert not [one for one in labels(at) if one.startswith("Sign version")]


def test_an_earlier_version_is_proposed_anew_with_the_text_and_the_hash_it_had(tune: AppTest) -> None:
    at = sign(sign(proposed(tune), TOM), MARTA)
    at.query_params["version"] = "1"
    at.run()

    press(at, "propose-again")
    assert at.text_area(key="propose-reason").value == "Back to version 1."
    submit(at, "Propose it")

    first, second, third = versions()
    assert third.state is VersionState.PROPOSED
    assert (third.text, third.sha256) == (first.text, first.sha256)
    assert second.state is VersionState.AGREED
    assert read_prediction(third.prediction or "").against == 2


def test_a_proposal_is_withdrawn_with_a_reason(tune: AppTest) -> None:
    at = sign(proposed(tune), TOM)

    at.text_input(key="withdraw-reason").set_value(" ")
    submit(at, "Withdraw version")
    assert "its withdrawal says no reason" in "".join(one.value for one in at.error)
    at.text_input(key="withdraw-reason").set_value("Sales wants to wait")
    submit(at, "Withdraw version")

    assert versions()[1].state is VersionState.WITHDRAWN
    assert "withdrawn by Tom Okafor" in texts(at)
    assert not [one for one in labels(at) if one.startswith("Sign version")]


def test_replacing_an_open_proposal_says_first_that_its_signatures_are_void(tune: AppTest) -> None:
    at = sign(proposed(tune), TOM)
    at.switch_page(TUNE).run()
    at.slider(key="threshold").set_value(45).run()
    at.run()

    press(at, "propose")
    assert "Proposing this one withdraws it. The signature it has is then void." in texts(at)
    at.text_area(key="propose-reason").set_value("Still more")
    submit(at, "Propose it in place of version 2")

    assert [one.state for one in versions()[1:]] == [VersionState.WITHDRAWN, VersionState.PROPOSED]
    assert versions()[2].signatures == ()


def test_what_another_signs_meanwhile_cannot_be_signed_twice(tune: AppTest) -> None:
    at = as_visitor(proposed(tune), INES)
    sign(another_session(), TOM)

    submit(at, "Sign version")

    assert "Tom Okafor has signed for marketing" in texts(at)
    assert [one.who for one in versions()[1].signatures] == [TOM]


def test_an_unknown_version_in_the_address_is_told(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(AGREEMENT, empty_database, version="7")

    assert "There is no version “7”" in texts(at)
    assert "MQL definition, version 1" in texts(at)


def test_a_version_is_reopened_by_its_address(tune: AppTest) -> None:
    proposed(tune)

    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60).run()
    at.switch_page(AGREEMENT)
    at.query_params["version"] = "1"
    at.run()

    assert any(one.value.startswith("### MQL definition, version 1") for one in at.markdown)


def test_what_people_write_is_shown_as_they_wrote_it(tune: AppTest) -> None:
    at = proposed(tune, reason="**Half** [the](x) points")

    assert "**Why:** \\*\\*Half\\*\\* \\[the\\](x) points" in raw(at)


def test_on_data_that_ended_long_ago_the_page_says_by_which_version_the_others_judge(
    open_page: OpenPage, tiny_database: Path
) -> None:
    at = sign(sign(proposed(open_page(TUNE, tiny_database)), TOM), MARTA)

    assert "Version 2 is in force since" in texts(at)
    assert "before version 2 began" in texts(at)
    assert "and so still by version 1." in texts(at)
    assert present.snapshot().definition.threshold == 60


def test_a_version_that_waits_for_its_start_is_not_lost(tune: AppTest) -> None:
    by = present.deployment().config.people
    start = present.now() + 30 * 86_400_000_000
    draft = present.deployment().config.definition.with_threshold(50)
    version = agreed.propose(
        present.deployment(), Agreement(draft, StartPlan(start)), of(by[1]), reason="From next month", replaces=None
    )
    for person in (by[1], by[3]):
        agreed.sign(present.deployment(), version.number, version.sha256, of(person))

    at = tune.switch_page(AGREEMENT).run()

    assert "Version 2 is signed by both sides and begins on" in texts(at)
    assert "Until then version 1 is in force." in texts(at)


def test_a_version_waits_for_its_start_until_the_very_instant_of_it(
    tune: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = present.deployment().config.people
    start = present.now() + 30 * 86_400_000_000
    draft = present.deployment().config.definition.with_threshold(50)
    version = agreed.propose(
        present.deployment(), Agreement(draft, StartPlan(start)), of(by[1]), reason="From next month", replaces=None
    )
    for person in (by[1], by[3]):
        agreed.sign(present.deployment(), version.number, version.sha256, of(person))
    every = versions()

    waiting = {}
    for at in (start - 1, start):
        monkeypatch.setattr(present, "now", lambda at=at: at)
        waiting[at] = [one.number for one in standing.waiting_for_start(every)]

    assert waiting == {start - 1: [2], start: []}


# What came of it, and the log.


def agreed_long_ago(weeks: int) -> None:
    """Version 2, with a threshold of 50, agreed so many weeks before the data ends, and predicted as of then."""
    start = present.snapshot().as_of - weeks * WEEK
    first = standing.load()[0]
    deployment = present.deployment()
    then = take(deployment.database, deployment.config, deployment.now(), as_of=start)
    draft = deployment.config.definition.with_threshold(50)
    predicted = outlook.prediction(then, draft, first)
    assert predicted
    tom, marta = (standing.person(name) for name in (TOM, MARTA))
    assert tom
    assert marta
    version = propose(
        present.deployment().database,
        write_definition(draft),
        of(tom),
        start - 2,
        reason="More leads",
        prediction=prediction_text(predicted),
    )
    for at, person in ((start - 1, tom), (start, marta)):
        store_sign(present.deployment().database, version.number, version.sha256, of(person), at)


def test_what_came_is_set_beside_the_prediction_and_its_difference_split(tune: AppTest) -> None:
    agreed_long_ago(weeks=5)

    at = tune.switch_page(AGREEMENT).run()

    assert not at.exception
    two, four, eight = standing.checks(versions(), versions()[1])
    assert (two.weeks, four.weeks, eight.weeks) == (2, 4, 8)
    assert four.outcome is not None
    assert four.outcome.difference == pytest.approx(four.outcome.by_traffic + four.outcome.by_definition)
    assert f"After 2 weeks: {outcome.outcome_in_words(two.outcome)}" in texts(at).replace("*", "")  # type: ignore[arg-type]
    assert eight.outcome is None
    assert "After 8 weeks: due on" in texts(at).replace("*", "")


def test_an_outcome_that_another_version_overtook_is_none(tune: AppTest) -> None:
    agreed_long_ago(weeks=9)
    by = standing.person(TOM)
    marta = standing.person(MARTA)
    assert by
    assert marta
    at = present.snapshot().as_of - 6 * WEEK
    third = propose(present.deployment().database, versions()[0].text, of(by), at - 1, reason="Back")
    for person in (by, marta):
        store_sign(present.deployment().database, third.number, third.sha256, of(person), at)

    two, four, eight = standing.checks(versions(), versions()[1])

    assert two.outcome is not None
    assert (four.outcome, four.overtaken, eight.outcome, eight.overtaken) == (None, True, None, True)


def test_a_version_followed_as_the_weeks_end_was_in_force_for_all_of_them(tune: AppTest) -> None:
    agreed_long_ago(weeks=9)
    start = versions()[1].starts_at or 0
    tom, marta = (standing.person(name) for name in (TOM, MARTA))
    assert tom
    assert marta
    third = propose(present.deployment().database, versions()[0].text, of(tom), start, reason="Back")
    for at, person in ((start + 1, tom), (start + 4 * WEEK, marta)):
        store_sign(present.deployment().database, third.number, third.sha256, of(person), at)

    two, four, eight = standing.checks(versions(), versions()[1])

    assert (two.overtaken, four.overtaken, eight.overtaken) == (False, False, True)
    assert four.outcome is not None


def test_a_proposal_says_what_it_predicts_and_when_it_will_be_looked_at(tune: AppTest) -> None:
    at = proposed(tune)

    predicted = read_prediction(versions()[1].prediction or "")
    shown = {one.label: one.value for one in at.metric}
    assert shown["Predicted MQLs a week"] == elements.rate(predicted.mqls_per_week)
    assert "what came is set beside this 2, 4 and 8 weeks after its start" in texts(at)


def test_the_log_lists_every_step_the_newest_first_with_its_reason(tune: AppTest) -> None:
    at = sign(proposed(tune), TOM)
    at.text_input(key="withdraw-reason").set_value("Sales wants to wait")
    submit(at, "Withdraw version")

    log = standing.decision_log()

    assert list(zip(log["who"], log["what"], log["reason"], strict=True)) == [
        (TOM, "withdrew version 2", "Sales wants to wait"),
        (TOM, "signed version 2 for marketing", ""),
        (TOM, "proposed version 2 for marketing", "More leads for the spring"),
    ]
    assert lead_tables.csv(log).read().decode().splitlines()[0] == "when,who,what,reason,entry,sha256"


def verified(at: AppTest) -> AppTest:
    press(at, "verify")
    job = at.session_state["job:verify"]
    with suppress(Refused):
        job.result(30)
    return at.run()


def test_everything_that_holds_is_said_to(tune: AppTest) -> None:
    at = verified(sign(proposed(tune), TOM))

    entries = verify(present.deployment().database)
    assert entries >= 2
    said = "".join(one.value for one in at.success)
    assert f"Everything holds: {entries} audit entries, all records and all cycles" in said


def test_the_first_break_is_named(tune: AppTest) -> None:
    at = sign(proposed(tune), TOM)
    with present.deployment().database.write(*ANYTHING) as cursor:
        for name, table in cursor.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
            cursor.execute(f"drop trigger {name} on {table}")
        cursor.execute("update audit_entry set who = 'Eve' where what = 'proposed'")

    verified(at)

    said = "".join(one.value for one in at.error).replace("\\", "")
    assert ": (proposed, Eve, " in said
    assert "was altered" in said
