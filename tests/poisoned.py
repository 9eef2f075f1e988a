"""A database whose every text is an attack: whatever a page forgets to make plain comes alive."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lib.__main__ import main

ROOT = Path(__file__).parents[1]

HOST = "evil.test"

PAYLOAD = (
    "![x](http://evil.test/p.png) <img src=http://evil.test/i onerror=alert(1)> [l](http://evil.test) "
    "http://evil.test/bare www.evil.test a@evil.test $x^2$ :red[r] :smile: :material/home: :material_home: :streamlit: "
    '<b>b</b> <a href="http://evil.test">a</a> &lt;i&gt; `k` ~~s~~ c -> d =HYPERLINK("http://evil.test")'
)

DRAFT = f"Draft {PAYLOAD}"

FILE_NAME = "![x](p.png) [l](l) <img src=i> www.evil.test a@evil.test $x^2$ :red[r] :smile: :streamlit: <b>b &lt;i.csv"

# What the app writes there itself, or refuses to read where it is anything else.
OURS = {
    "activity.activity_id",
    "activity.merged_from",
    "audit_entry.before",
    "audit_entry.sha256",
    "corrected_event.event_id",
    "corrected_event.fact",
    "corrected_event.kind",
    "corrected_event.merged_from",
    "corrected_event.why",
    "erased_name.digest",
    "erasure.entries",
    "erasure.erased",
    "erasure_key.key",
    "goal.metric",
    "handoff_event.event_id",
    "handoff_event.fact",
    "handoff_event.kind",
    "handoff_event.merged_from",
    "import_run.tables",
    "kept_cycle.decision",
    "kept_cycle.opened_by",
    "kept_cycle.outcome",
    "lead_change.dated_by",
    "lead_said.first_by",
    "meeting_note.kind",
    "note_mark.state",
    "proof_of_signature.proof",
    "proof_of_signature.side",
    "proposal.prediction",
    "proposal.sha256",
    "proposal.side",
    "reading.how",
    "reading.spoken",
    "reading.what",
    "reading_field.how",
    "recorded_change.field",
    "refused_change.reason",
    "rejected_row.kind",
    "rejected_row.table_name",
    "rep.calendar",
    "signature.sha256",
    "signature.side",
}


@dataclass(frozen=True)
class Poisoned:
    """The database, and the configuration whose people, reasons and questions are attacks too."""

    database: Path
    config: Path

    @property
    def lead_id(self) -> str:
        """A lead that was won, and everything of it an attack."""
        with duckdb.connect(str(self.database), read_only=True) as opened:
            asked = f"select max(lead_id) from kept_cycle where won_at is not null and contains(lead_id, '{HOST}')"
            return str(opened.execute(asked).fetchall()[0][0])


def poisoned(sample: Path, folder: Path) -> Poisoned:
    """A copy of the invented leads in which every text of every table that somebody else writes is an attack."""
    made = Poisoned(folder / "poisoned.duckdb", folder / "config")
    shutil.copytree(ROOT / "config", made.config)
    made.database.write_bytes(sample.read_bytes())
    _poison_words(made.config)
    _import(made, folder)
    _agree(made, folder)
    with duckdb.connect(str(made.database)) as database:
        _poison_tables(database)
    return made


def texts_without_attack(database: Path) -> list[str]:
    """The columns of text, `table.column`, in which no row holds the attack."""
    with duckdb.connect(str(database), read_only=True) as opened:
        return [
            f"{table}.{column}"
            for table, column in _text_columns(opened)
            if not opened.execute(
                f'select count(*) from "{table}" where contains(lower("{column}"::varchar), \'{HOST}\')'
            ).fetchall()[0][0]
        ]


def _text_columns(database: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return database.execute(
        """
        select table_name, column_name
        from information_schema.columns
        where data_type in ('VARCHAR', 'JSON') and table_name in (
            select table_name from information_schema.tables where table_type = 'BASE TABLE'
        )
        and not starts_with(table_name, 'replaced_') and table_name <> 'merged_lead'
        order by all
        """
    ).fetchall()


def run(made: Poisoned, *command: str) -> None:
    given = [*command, "--db", str(made.database), "--config", str(made.config)]
    assert main(given) == 0, command


def _poison_words(config: Path) -> None:
    """Names, reasons and questions end in the attack."""
    attack = json.dumps(PAYLOAD)[1:-1]
    people, reasons = config / "people.yaml", config / "reasons.yaml"
    people.write_text(re.sub(r"name: ([^,}]+)", rf'name: "\1 {_replacing(attack)}"', people.read_text()))
    reasons.write_text(
        re.sub(r"label: ([^,}]+)", rf'label: "\1 {_replacing(attack)}"', reasons.read_text()).replace(
            '?"}', f'? {attack}"}}'
        )
    )


def _replacing(text: str) -> str:
    return text.replace("\\", "\\\\")


def _definition(threshold: int) -> str:
    """The definition with every criterion called by the attack."""
    written = (ROOT / "config" / "definition.yaml").read_text()
    attack = _replacing(json.dumps(PAYLOAD)[1:-1])
    named = re.sub(r"label: ([^,}\n]+)", rf'label: "\1 {attack}"', written)
    return re.sub(r"name: .*", f'name: "MQL {attack}"', named, count=1).replace(
        "threshold: 60", f"threshold: {threshold}"
    )


def _import(made: Poisoned, folder: Path) -> None:
    """A file called by the attack, with rows, a heading and kept-aside rows that are attacks."""
    file = folder / FILE_NAME
    quoted = PAYLOAD.replace('"', '""')
    file.write_text(
        f'lead_id,created_at,first_name,employees,"own {quoted}"\n'
        f'"new {quoted}",2026-11-02T10:00:00Z,"{quoted}","many {quoted}","{quoted}"\n'
        f'"bad {quoted}","never {quoted}","{quoted}",1,"{quoted}"\n'
    )
    run(made, "import", str(file), "--as", "lead")
    file.write_text(f'activity_id,lead_id,occurred_at,kind\nx1,"no {quoted}",2026-11-02T10:00:00Z,"{quoted}"\n')
    run(made, "import", str(file), "--as", "activity")
    file.write_text(
        "event_id,lead_id,occurred_at,kind,actor,reason\n"
        f'y1,"no {quoted}",2026-11-02T10:00:00Z,rejected,"{quoted}","{quoted}"\n'
    )
    run(made, "import", str(file), "--as", "handoff_event")


def _agree(made: Poisoned, folder: Path) -> None:
    """A version both sides signed, one that was withdrawn, and one that waits; each for a reason that is an attack."""
    definition = folder / "definition.yaml"
    marketing, sales = f"Lucía Ferrer {PAYLOAD}", f"Marta Vidal {PAYLOAD}"

    def propose(number: int, threshold: int) -> str:
        definition.write_text(_definition(threshold))
        run(made, "propose", str(definition), "--as", marketing, "--reason", f"Reason {PAYLOAD}")
        with duckdb.connect(str(made.database), read_only=True) as opened:
            return str(opened.execute("select sha256 from proposal where number = $n", {"n": number}).fetchall()[0][0])

    agreed = propose(2, 55)
    for who in (marketing, sales):
        run(made, "sign", "2", "--as", who, "--sha256", agreed)
    propose(3, 50)
    run(made, "withdraw", "3", "--as", marketing, "--reason", f"Withdrawn {PAYLOAD}")
    propose(4, 52)


def _poison_tables(database: duckdb.DuckDBPyConnection) -> None:
    for trigger, table in database.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
        database.execute(f'drop trigger "{trigger}" on "{table}"')
    database.execute("set variable attack = $attack", {"attack": PAYLOAD})
    database.execute("set variable draft = $draft", {"draft": DRAFT})
    database.execute("set variable definition = $text", {"text": _definition(52)})
    database.execute((Path(__file__).parent / "poisoned.sql").read_text(encoding="utf-8"))
