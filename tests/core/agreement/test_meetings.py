"""Minutes and what is still to be done."""

from datetime import date

from lib.core.agreement.audit import Head
from lib.core.agreement.meetings import AgendaItem, Note, NoteKind, NoteState, minutes, open_actions

DAY = date(2026, 11, 25)
HEAD = Head(38, "cd" * 32)


def note(
    number: int, kind: NoteKind, text: str, state: NoteState = NoteState.OPEN, due: date | None = None, met: date = DAY
) -> Note:
    owner = "Ana" if kind is NoteKind.ACTION else None
    return Note(number, met, 0, "Marta", kind, text, owner, due, state)


NOTES = (
    note(1, NoteKind.DECISION, "Webinar *5* points"),
    note(2, NoteKind.ACTION, "Ask for titles", due=date(2026, 12, 1)),
    note(3, NoteKind.ACTION, "Write to Tom", NoteState.DONE, date(2026, 11, 20)),
    note(4, NoteKind.DECISION, "A mistake", NoteState.STRUCK),
    note(5, NoteKind.ACTION, "From before", due=date(2026, 11, 24), met=date(2026, 11, 1)),
)


def test_minutes_are_of_one_day_without_what_was_struck_and_with_every_mark_taken_as_written() -> None:
    assert minutes(DAY, [AgendaItem("Version 2 waits for sales.", "/agreement")], NOTES, HEAD) == (
        "# Meeting of 25 November 2026\n"
        "\n## Agenda\n\n- Version 2 waits for sales.\n"
        "\n## Decisions\n\n- Webinar \\*5\\* points (Marta)\n"
        "\n## Actions\n\n"
        "- [ ] Ask for titles: **Ana**, by 1 December 2026\n"
        "- [x] Write to Tom: **Ana**, by 20 November 2026\n"
        f"\nAudit chain: entry 38, {HEAD.sha256}\n"
    )


def test_a_meeting_without_notes_says_none() -> None:
    assert "## Decisions\n\nNone.\n\n## Actions\n\nNone.\n\n" in minutes(DAY, [], (), HEAD)


def test_open_actions_are_those_of_every_meeting_the_one_due_first_first() -> None:
    assert [one.number for one in open_actions(NOTES)] == [5, 2]


def test_an_action_is_overdue_the_day_after_it_was_due() -> None:
    action = note(1, NoteKind.ACTION, "Ask", due=DAY)

    assert not action.is_overdue(DAY)
    assert action.is_overdue(date(2026, 11, 26))
    assert not note(2, NoteKind.ACTION, "Ask", NoteState.DONE, DAY).is_overdue(date(2026, 11, 26))
