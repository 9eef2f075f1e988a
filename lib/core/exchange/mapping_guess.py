"""What a file that no mapping knows may hold, guessed from its headings, for a person to confirm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from lib.core.exchange.mappings import FileMapping, TableMapping, folded
from lib.core.exchange.tables import TABLES, ImportTable

LIKELY = 80
"""The least likeness, of 100, at which a heading is taken for a column."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "lead_id": ("id", "lead id", "record id", "contact id", "person id", "customer id", "lead", "contact", "uuid"),
    "created_at": ("created", "create date", "created date", "created on", "date created", "signup date", "date added"),
    "first_name": ("first", "given name", "forename", "vorname", "nombre", "prénom"),
    "last_name": ("last", "surname", "family name", "nachname", "apellidos", "nom"),
    "title": ("job title", "position", "role", "puesto", "cargo", "jobtitle"),
    "email": ("e-mail", "email address", "mail", "correo", "work email"),
    "phone": ("phone number", "telephone", "mobile", "mobile phone", "teléfono", "telefon"),
    "company": ("company name", "organisation", "organization", "account", "account name", "empresa", "firma"),
    "employees": ("number of employees", "employee count", "company size", "headcount", "empleados"),
    "industry": ("sector", "branche"),
    "country": ("country/region", "país", "land", "country code"),
    "channel": ("original source", "marketing channel", "medium", "utm medium"),
    "source": ("lead source", "campaign", "utm campaign", "utm source", "origin", "form"),
    "landing_page": ("first page seen", "first page", "entry page", "page"),
    "owner": ("contact owner", "lead owner", "owner id", "sales rep", "assigned to", "salesperson"),
    "cost": ("lead cost", "price", "cost per lead"),
    "stated_at": ("last modified date", "last modified", "modified", "updated at", "last updated", "updated"),
    "field": ("property", "field name", "attribute", "changed field"),
    "old_value": ("old", "previous value", "was", "from"),
    "value": ("new value", "new", "became", "to"),
    "changed_at": ("changed", "change date", "changed on", "date", "timestamp", "created date"),
    "activity_id": ("activity id", "id"),
    "occurred_at": ("date", "time", "timestamp", "when", "occurred", "activity date", "event date", "created date"),
    "kind": ("type", "activity type", "event", "event type", "action", "stage", "status", "new value"),
    "subject": ("name", "asset", "page url", "url", "form name", "description", "title"),
    "amount": ("value", "deal amount", "minutes", "duration", "budget", "spend", "cost", "importe"),
    "event_id": ("event id", "id"),
    "actor": ("user", "changed by", "owner", "rep", "created by"),
    "reason": (
        "rejection reason",
        "disqualification reason",
        "unqualified reason",
        "lost reason",
        "closed lost reason",
    ),
    "detail": ("details",),
    "rep_id": ("user id", "owner id", "id", "rep"),
    "name": ("full name", "owner name", "user name"),
    "team": ("department", "group", "sales team", "role"),
    "calendar": ("working hours", "schedule"),
    "capacity_per_day": ("capacity", "leads per day"),
    "month": ("period", "date", "mes", "monat"),
    "metric": ("goal", "measure", "kpi"),
    "target": ("goal value", "plan", "objective"),
}
"""Other words for our columns, as people and systems write them."""


@dataclass(frozen=True)
class Guess:
    """A heading that may fill a column, and how alike they are, of 100."""

    heading: str
    likeness: float


def likely_columns(headings: Sequence[str], table: ImportTable) -> dict[str, Guess]:
    """For each column of the table the heading most like it, none twice; without one, the column is left out."""
    pairs = sorted(
        (
            (-likeness, at, column, heading)
            for at, heading in enumerate(headings)
            if heading.strip()
            for column in table.names
            if (likeness := _likeness(heading, column)) >= LIKELY
        ),
    )
    guesses: dict[str, Guess] = {}
    for likeness, _, column, heading in pairs:
        if column not in guesses and all(guess.heading != heading for guess in guesses.values()):
            guesses[column] = Guess(heading, -likeness)
    return {column: guesses[column] for column in table.names if column in guesses}


def likely_tables(headings: Sequence[str]) -> tuple[str, ...]:
    """The tables by how well the headings fill them, best first: first those of which no needed column is missing."""

    def fit(table: ImportTable) -> tuple[int, float]:
        guesses = likely_columns(headings, table)
        lacking = sum(column.in_file and column.name not in guesses for column in table.columns)
        # Of two that a file fills alike, the one that leaves fewer of its own columns empty.
        filled = sum(guess.likeness for guess in guesses.values()) / 100
        return (lacking, -filled * filled / len(table.columns) - filled)

    return tuple(sorted(TABLES, key=lambda name: fit(TABLES[name])))


def suggest_mapping(headings: Sequence[str], table: str | None = None) -> FileMapping:
    """A mapping of a file with these headings, to `table` or the likeliest one, for a person to confirm.

    It may lack columns that the table needs; headings that fill none go to the
    table's JSON column, where it has one.
    """
    name = table or likely_tables(headings)[0]
    found = TABLES[name]
    columns = {column: (guess.heading,) for column, guess in likely_columns(headings, found).items()}
    return FileMapping(
        headings=(tuple(texts[0] for texts in columns.values()) or tuple(heading for heading in headings if heading),),
        tables=(TableMapping(name, columns, others=found.rest is not None),),
    )


def _likeness(heading: str, column: str) -> float:
    """How alike a heading and a column are, of 100 for the column's own name; a little less for other words for it."""
    written = folded(heading)
    if written == folded(column):
        return 100.0
    words = (column, *SYNONYMS.get(column, ()))
    return max(
        (98.0 - place * 0.1 if written == folded(word) else fuzz.ratio(written, folded(word)) * 0.95)
        for place, word in enumerate(words)
    )
