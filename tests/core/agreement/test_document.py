"""The published agreement: everything both sides agreed, and nothing that a stray mark could hide."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from lib.config.folder import read_folder
from lib.core.access.people import Side
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.audit import Head
from lib.core.agreement.document import Document, TextMark, agreement_document, markdown
from lib.core.agreement.versions import Signature, Version, VersionState, Withdrawal

ROOT = Path(__file__).parents[3]
CONFIG = read_folder(ROOT / "config")
DAY = 86_400_000_000

HEAD = Head(38, "cd" * 32)

PROPOSED = Version(
    number=2,
    text=CONFIG.definition_text,
    sha256="ab" * 32,
    state=VersionState.PROPOSED,
    proposed_at=0,
    proposed_by="Tom Okafor",
    side=Side.MARKETING,
    reason="Sales refuses *webinar* leads",
    stated_start=DAY,
    starts_at=None,
    prediction=None,
    signatures=(Signature(Side.MARKETING, "Tom Okafor", 60_000_000),),
)


def document(version: Version = PROPOSED, **how: object) -> Document:
    goals = {"mql": {date(1969, 12, 1): 500.0, date(2026, 3, 1): 600.0}, "sal": {date(2026, 3, 1): 250.0}}
    given = {"policy": CONFIG.policy, "answers": CONFIG.answers, "goals": goals, "head": HEAD, **how}
    return agreement_document(version, Agreement(CONFIG.definition), **given)  # type: ignore[arg-type]


def published(version: Version, **how: object) -> str:
    return markdown(document(version, **how))


def test_the_document_says_everything_that_was_agreed() -> None:
    text = published(PROPOSED)

    for sentence in (
        "# MQL definition, version 2\n",
        "- A lead is handed over at the first instant its score reaches 60 points.\n",
        "- Known must be its first name, last name, title and email.\n",
        "## What speaks against\n",
        "- Viewed pricing, +5 points: page view whose subject contains pricing, at most 3 times.\n",
        "- Sales decides within 4 h of working time, when channel is inbound.\n",
        "- Sales decides within 16 h of working time, any lead no earlier line names.\n",
        "- Sales gets in touch within 1 h of working time, any lead no earlier line names.\n",
        "- Can a conversation be started with this person?\n",
        "- Does a buying cycle exist?\n",
        "- No budget (it goes back to nurturing)\n",
        "- Company too small for us (it is not handed over again)\n",
        "- default, Europe/Madrid: Monday to Thursday 09:00–14:00 and 15:00–18:00, Friday 09:00–15:00; "
        "no work on the holidays of ES MD.\n",
        "- March 2026: 600 MQLs, 250 SALs\n",
        "- For sales: not signed\n",
        "- For marketing: Tom Okafor, 1 Jan 1970, 01:01\n",
    ):
        assert sentence in text
    assert f"\nSHA-256 of the text: `{'ab' * 32}`\n" in text


def test_every_criterion_and_every_reason_is_in_it() -> None:
    text = published(PROPOSED)

    assert all(f"- {criterion.label}, " in text for criterion in CONFIG.definition.criteria)
    assert all(f"- {reason.label} (" in text for reason in CONFIG.answers.reasons)


def test_a_proposal_says_whom_it_waits_for_and_from_when_it_would_be_in_force() -> None:
    assert "It waits for sales; signed by both, it is in force from 2 Jan 1970, 01:00." in published(PROPOSED)


def test_the_differences_to_the_version_before_are_listed() -> None:
    before = CONFIG.definition.with_threshold(55)

    assert "## What changes since version 1\n\n- Threshold: 55 → 60\n" in published(
        PROPOSED, before=(1, Agreement(before))
    )
    assert "## What changes" not in published(PROPOSED)


def test_what_people_write_cannot_mark_the_document_up() -> None:
    assert "Why: Sales refuses \\*webinar\\* leads\n" in published(PROPOSED)


def test_a_withdrawn_version_says_who_took_it_back_and_why() -> None:
    gone = replace(PROPOSED, state=VersionState.WITHDRAWN, withdrawal=Withdrawal("Marta Vidal", DAY, "Not now"))

    assert "withdrawn by Marta Vidal on 2 Jan 1970, 01:00: Not now" in published(gone)


def test_an_agreed_version_says_since_when_it_is_in_force() -> None:
    agreed = replace(PROPOSED, state=VersionState.AGREED, starts_at=DAY)

    assert "agreed by both sides, in force from 2 Jan 1970, 01:00." in published(agreed)


def test_goals_of_months_before_the_version_are_left_out() -> None:
    assert "December 1969" not in published(PROPOSED)


def test_a_changed_sentence_stands_struck_beside_the_one_that_takes_its_place() -> None:
    before = CONFIG.definition.with_points("pricing", 4).with_threshold(55)

    sections = {section.title: section.sentences for section in document(before=(1, Agreement(before))).definition}

    changed = [one for one in sections["What they did"] if one.mark is not TextMark.KEPT]
    assert [(one.mark, one.text.split(":")[0]) for one in changed] == [
        (TextMark.STRUCK, "Viewed pricing, +4 points"),
        (TextMark.ADDED, "Viewed pricing, +5 points"),
    ]
    assert [one.mark for one in sections["When a lead is handed over"]][:2] == [TextMark.STRUCK, TextMark.ADDED]
    assert {one.mark for one in sections["Who they are"]} == {TextMark.KEPT}


def test_what_only_moved_is_no_change() -> None:
    definition = CONFIG.definition
    before = replace(definition, criteria=tuple(reversed(definition.criteria)))

    sections = document(before=(1, Agreement(before))).definition

    assert {one.mark for section in sections for one in section.sentences} == {TextMark.KEPT}


def test_a_list_that_is_gone_is_struck_whole() -> None:
    before = replace(CONFIG.definition, lists=(*CONFIG.definition.lists, ("rivals", ("acme", "globex"))))

    (struck,) = [
        one
        for section in document(before=(1, Agreement(before))).definition
        for one in section.sentences
        if one.mark is TextMark.STRUCK
    ]

    assert struck.text == "rivals: acme, globex"
    assert "rivals" not in markdown(document(before=(1, Agreement(before)))).split("## When a lead")[1]


def test_nobodys_line_is_filled_in_for_them() -> None:
    assert [(line.side, line.who) for line in document().lines] == [
        (Side.SALES, None),
        (Side.MARKETING, "Tom Okafor"),
    ]


def test_the_document_says_where_the_audit_chain_ended_when_it_was_made() -> None:
    assert published(PROPOSED).endswith(f"\nAudit chain: entry 38, {'cd' * 32}\n")
