"""Commands that make the agreement: propose, sign, withdraw; and that hand out what was agreed: agreement, minutes."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, day, instant, stock, whole_number
from lib.core.access.grants import Grant
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.document import Document, markdown
from lib.core.agreement.versions import Version, open_proposal, person_called
from lib.core.errors import Fault, NotFound, Refused
from lib.core.handoffs.start_plan import StartPlan
from lib.core.time import clock

if TYPE_CHECKING:
    from lib.config.folder import Config
    from lib.store.database import Database

MARKDOWN, YAML, PDF = "md", "yaml", "pdf"


def add_commands(commands: Commands) -> None:
    handing_out = commands.add("agreement", agreement)
    handing_out.add_argument(
        "--version", type=whole_number(1), metavar="N", help="default the open proposal, else the one in force"
    )
    handing_out.add_argument("--format", choices=(MARKDOWN, YAML, PDF), default=MARKDOWN)
    handing_out.add_argument("--out", metavar="FILE", help="default the terminal")

    proposing = commands.add("propose", propose_)
    proposing.add_argument("file", metavar="FILE", help="the definition, or a whole agreement")
    proposing.add_argument("--reason", required=True, metavar="TEXT", help="why both sides should sign it")
    proposing.add_argument("--starts", type=instant, metavar="T", help="default as soon as both have signed")
    proposing.add_argument(
        "--stock",
        type=stock,
        metavar="none|recent:30d|standing",
        help="whom it hands over of those that reached the threshold before the start; default nobody",
    )
    proposing.add_argument(
        "--per-day", type=whole_number(0), metavar="N", help="at most so many of them a working day, best score first"
    )
    proposing.add_argument(
        "--replaces", type=whole_number(1), metavar="N", help="the open proposal that is withdrawn for it"
    )

    signing = commands.add("sign", sign_)
    signing.add_argument("--sha256", required=True, metavar="HASH", help="of the text you have read")

    withdrawing = commands.add("withdraw", withdraw_)
    withdrawing.add_argument("--reason", required=True, metavar="TEXT", help="why it is taken back")

    noting = commands.add("minutes", minutes_)
    noting.add_argument("--on", type=day, metavar="D", help="the day of the meeting; default the last one")
    noting.add_argument("--out", metavar="FILE", help="default the terminal")

    for command in (signing, withdrawing):
        command.add_argument("number", type=whole_number(1), metavar="N", help="the version")
    for command in (proposing, signing, withdrawing):
        command.add_argument(
            "--as", dest="who", required=True, metavar="NAME", help="who you are, as people.yaml names you"
        )


def agreement(chosen: argparse.Namespace) -> None:
    """Hand out a version as both teams publish it, or as YAML that reads back to the hash that was signed."""
    if chosen.format == PDF and chosen.out is None:
        raise Refused(Fault("--format pdf", "a terminal cannot show it", "Name a file with --out."))
    config = context.config(chosen)
    with context.database(chosen, config) as database:
        version, document = _published(chosen, config, database)
    if chosen.format == PDF:
        from lib.paper import agreement_pdf

        with output.binary_output(chosen, chosen.out) as paper:
            paper.write(agreement_pdf(document, datetime.now(UTC)))
        return
    with output.output(chosen, chosen.out) as file:
        file.write(version.text if chosen.format == YAML else markdown(document))


def _published(chosen: argparse.Namespace, config: "Config", database: "Database") -> tuple[Version, Document]:
    from lib.app import agreed

    deployment = context.deployment(chosen, config, database)
    every = agreed.load(deployment)
    if chosen.version is None:
        newest = open_proposal(every) or agreed.in_force(every, deployment.now())
        return newest, agreed.document(deployment, every, newest)
    version = {one.number: one for one in every}.get(chosen.version)
    if version is None:
        what, last = "there is no such version", f"The last is {every[-1].number}."
        raise NotFound(Fault(f"version {chosen.version}", what, last))
    return version, agreed.document(deployment, every, version)


def propose_(chosen: argparse.Namespace) -> None:
    """Put a definition, and how it begins, to both sides as the next version: its text is frozen, with its reason."""
    from lib.app import agreed

    config = context.config(chosen)
    agreement = context.agreement(chosen, chosen.file)
    by = _signer(chosen, config)
    proposed = Agreement(agreement.definition, _start(chosen, config, agreement.start))
    with context.database(chosen, config) as database:
        version = agreed.propose(
            context.deployment(chosen, config, database),
            proposed,
            by,
            reason=chosen.reason,
            replaces=chosen.replaces,
        )
    _say(chosen, version, f"proposed by {by.name} for {by.side}")


def _signer(chosen: argparse.Namespace, config: "Config") -> Grant:
    """Who the command is given by, as people.yaml names them."""
    return context.grant(chosen, chosen.who, person_called(config.people, chosen.who))


def _start(chosen: argparse.Namespace, config: "Config", written: StartPlan) -> StartPlan:
    """The plan of the file, with what the options say in its place."""
    starts_at = written.starts_at
    if chosen.starts is not None:
        starts_at = int(chosen.starts(ZoneInfo(config.policy.time_zone)))
    of, days = (written.stock, written.days) if chosen.stock is None else chosen.stock
    # Another choice of the stock is another pace too.
    per_day = written.per_day if chosen.stock is None else None
    return StartPlan(starts_at, of, days, per_day if chosen.per_day is None else chosen.per_day)


def sign_(chosen: argparse.Namespace) -> None:
    """Sign a proposal for your own side, having read the text of that hash; with both signatures it is agreed."""
    from lib.app import agreed

    config = context.config(chosen)
    by = _signer(chosen, config)
    with context.database(chosen, config) as database:
        version = agreed.sign(context.deployment(chosen, config, database), chosen.number, chosen.sha256, by)
    _say(chosen, version, f"signed by {by.name} for {by.side}")


def withdraw_(chosen: argparse.Namespace) -> None:
    """Take back a proposal that is still open; its signatures are void."""
    from lib.app import agreed

    config = context.config(chosen)
    by = _signer(chosen, config)
    with context.database(chosen, config) as database:
        version = agreed.withdraw(context.deployment(chosen, config, database), chosen.number, by, chosen.reason)
    _say(chosen, version, f"taken back by {by.name}")


def _say(chosen: argparse.Namespace, version: Version, done: str) -> None:
    waits = f"; waits for {' and '.join(version.missing)}" if version.missing else ""
    starts = "" if version.starts_at is None else f"; in force from {clock.instant_text(version.starts_at)}"
    output.say(chosen, f"version {version.number} {done}: {version.state}{waits}{starts}  {version.sha256}")


def minutes_(chosen: argparse.Namespace) -> None:
    """Hand out what a meeting decided and who does what by when, as Markdown; the agenda is on the Meeting page."""
    from lib.core.agreement.meetings import minutes
    from lib.store.agreement.audit import chain_head
    from lib.store.agreement.meetings import load_notes

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        notes, head = load_notes(database), chain_head(database)
    days = sorted({note.met_on for note in notes})
    if not days or chosen.on not in (None, *days):
        where = f"meeting of {chosen.on}" if chosen.on else "meetings"
        held = ", ".join(f"{one}" for one in days[-5:])
        remedy = f"The last: {held}." if held else "Note a decision or an action on the Meeting page."
        raise NotFound(Fault(where, "nothing was noted", remedy))
    with output.output(chosen, chosen.out) as file:
        file.write(minutes(chosen.on or days[-1], (), notes, head))
