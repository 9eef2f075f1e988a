"""What an erasure does, in sentences: what went, what stays, and what is left for people to do."""

from collections.abc import Callable, Sequence
from datetime import date

from lib.core.leads.erasing import Copy, Erasure

STAYS = (
    "Hand-offs and decisions stay, with who answered, when, why and for how much, under an id drawn by lot that leads "
    "nowhere; of the lead stay when it was created, channel, source, owner and cost, and what promises ask for. So no "
    "figure of the funnel, of costs or of promises changes."
)

GOES = (
    "All other fields become unknown and what each activity was about blank, in every table and in what imports kept; "
    "notes go, and others' texts lose the words that name the person. Imports leave the person out from now on. It "
    "cannot be undone."
)


def gone_in_words(of: Erasure) -> str:
    """How much of what went."""
    parts = [
        (of.activities, f"{_count(of.activities, 'activity', 'activities')} blanked"),
        (of.changes, f"{_count(of.changes, 'known change', 'known changes')} of fields removed"),
        (of.rejected, f"{_count(of.rejected, 'kept row', 'kept rows')} of imports removed"),
        (of.texts, f"words that named the person taken from {_count(of.texts, 'text', 'texts')}"),
        (of.entries, f"{_count(of.entries, 'audit entry', 'audit entries')} without the person's ids and words"),
    ]
    return "; ".join(["every field that says who it was", *(said for number, said in parts if number)])


def counted_in_words(of: Erasure) -> str:
    """What is counted on, and under which id."""
    ids = "" if of.ids == 1 else f", known under {of.ids} ids"
    said = f"{_count(of.hand_offs, 'hand-off', 'hand-offs')} with {_count(of.events, 'event', 'events')}{ids}"
    if of.open_hand_offs:
        waits = "1 is open and waits" if of.open_hand_offs == 1 else f"{of.open_hand_offs} are open and wait"
        said += f"; {waits} for sales' answer as before"
    return said


def left_in_words(of: Erasure) -> list[str]:
    """What stays that names the person, and who else may be the same one."""
    sentences = [f"The file itself still holds what was taken out: {of.not_yet}"] if of.not_yet else []
    sentences += [sentence[0].upper() + sentence[1:] for sentence in of.still_named]
    if of.alike:
        named = ", ".join(of.alike[:5]) + (f" and {len(of.alike) - 5:,} more" if len(of.alike) > 5 else "")
        others = "Another lead has" if len(of.alike) == 1 else f"{len(of.alike):,} other leads have"
        sentences.append(f"{others} the same e-mail address ({named}): erase them too if they are the same person.")
    return sentences


def copies_in_words(copies: Sequence[Copy], day_of: Callable[[int], date]) -> list[str]:
    """Which files made before still hold the person, each with the day (of an instant) on which its place is taken."""
    named = [f"{one.path.name} until {day_of(one.goes_at)}" for one in copies if one.goes_at is not None]
    lasting = [one.path.name for one in copies if one.goes_at is None]
    said = []
    if named:
        said.append(f"Backups made before still hold the person, while the app runs: {', '.join(named)}.")
    if lasting:
        said.append(f"Nothing removes {', '.join(lasting)} beside the database, made before: do so by hand.")
    return [*said, "Copies made by hand, exports and files that were imported lie where people put them."]


def _count(number: int, one: str, several: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {several}"
