"""What pages ask about the agreement: its versions as they stand now, what they predict, and what may be done."""

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import agreed, outlook
from lib.app.access.afresh import AFRESH
from lib.app.agreed import Check
from lib.app.snapshot import Snapshot
from lib.core.access.grants import Grant
from lib.core.access.people import Person
from lib.core.access.rights import Right
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.document import Document
from lib.core.agreement.outcome import Prediction
from lib.core.agreement.versions import Version
from lib.core.definition.criteria import Definition
from lib.core.time.clock import from_microseconds
from lib.paper import agreement_pdf
from lib.ui.frame import elements, jobs, visitor
from lib.ui.now import present

SECONDS_BETWEEN_LOOKS = 2.0
"""What somebody else signs is seen within so long."""


def load() -> list[Version]:
    """Every version as it stands now, by number; never from memory, for others sign meanwhile."""
    return agreed.load(present.deployment())


def in_force(every: Sequence[Version], at: int | None = None) -> Version:
    """The version both sides work by, now or at an instant: there is always one."""
    return agreed.in_force(every, present.now() if at is None else at)


def waiting_for_start(every: Sequence[Version]) -> list[Version]:
    """The agreed versions whose start is still to come, the next one first."""
    return agreed.waiting_for_start(every, present.now())


def document(every: Sequence[Version], version: Version) -> Document:
    """The version as it is published."""
    return agreed.document(present.deployment(), every, version)


def paper(every: Sequence[Version], version: Version) -> bytes:
    """The version as a PDF."""
    return agreement_pdf(document(every, version), from_microseconds(present.now()))


def predicted(snapshot: Snapshot, proposed: Definition, against: Version) -> Prediction | None:
    """What a proposal would bring in place of that version, by all data up to now; None where there is no lead."""
    return outlook.prediction(snapshot, proposed, against)


def checks(every: Sequence[Version], version: Version) -> tuple[Check, ...]:
    """What came of an agreed version's prediction after 2, 4 and 8 weeks; none where nothing was predicted."""
    return agreed.checks(present.deployment(), every, version)


DECISIONS = {
    "proposed": "proposed",
    "signed": "signed",
    "withdrawn": "withdrew",
    "switched_on": "began handing over by",
}
"""What the decision log lists, by the audit chain's word for it."""


def decision_log() -> pd.DataFrame:
    """Every proposal, signature and withdrawal in the audit chain, the newest first, with its reason."""
    entries = [entry for what in DECISIONS for entry in agreed.entries(present.deployment(), what)]
    entries.sort(key=lambda entry: entry.number, reverse=True)
    details = [json.loads(entry.detail) for entry in entries]
    return pd.DataFrame(
        {
            "page": [f"/agreement?version={detail['version']}" for detail in details],
            "when": [pd.Timestamp(from_microseconds(entry.at)).tz_convert(str(present.zone())) for entry in entries],
            "who": [entry.who for entry in entries],
            "what": [
                f"{DECISIONS[entry.what]} version {detail['version']}"
                + (f" for {detail['side']}" if detail.get("side") else "")
                for entry, detail in zip(entries, details, strict=True)
            ],
            "reason": [detail.get("reason", "") for detail in details],
            "entry": [entry.number for entry in entries],
            "sha256": [entry.sha256 for entry in entries],
        }
    )


def begin_verifying() -> None:
    """Walk the whole chain in the background, and set every record against it."""
    deployment = present.deployment()

    def work(tell: jobs.Progress) -> tuple[int, int]:
        tell("Walking the chain, setting every record and cycle against it", 0.1)
        return agreed.verify(deployment), deployment.now()

    jobs.start(VERIFYING, "Verify", work)


VERIFYING = "verify"


def signer() -> Grant | None:
    """The visitor as somebody who can propose and sign for a side, which people.yaml says; None where they cannot."""
    by = visitor.grant()
    return by if by.side is not None and by.may(Right.PROPOSE) else None


def why_not_signer() -> str:
    """Why the visitor can neither propose nor sign, as a sentence in Markdown."""
    asking = visitor.who()
    if asking is None:
        return "Say who you are to propose, sign or withdraw."
    if asking.side is None:
        return f"{elements.plain(asking.name)} stands for neither side in people.yaml, and so signs for neither."
    why = f"is no lead of {asking.side} in people.yaml; a lead proposes, signs and withdraws."
    return f"{elements.plain(asking.name)} {why}"


def person(name: str) -> Person | None:
    """Who people.yaml knows by that name."""
    return next((one for one in present.deployment().config.people if one.name == name), None)


def propose(proposed: Agreement, *, reason: str, replaces: int | None) -> Version:
    """Put an agreement to both sides, with its reason and what it predicts; Refused where it cannot be."""
    return agreed.propose(present.deployment(), proposed, visitor.grant(), reason=reason, replaces=replaces)


def sign(version: Version) -> Version:
    """Sign the text that is shown, for the person's own side."""
    return agreed.sign(present.deployment(), version.number, version.sha256, visitor.grant())


def sign_afresh(version: Version) -> None:
    """Has the visitor prove anew who they are; on their return, and only then, the server signs the text shown here."""
    here = visitor.session()
    if here is not None and here.provider is not None:
        present.deployment().sign_ins.afresh.begin(here, version.number, version.sha256)
        st.login(f"{here.provider}{AFRESH}")


def withdraw(version: Version, reason: str) -> Version:
    """Take a proposal back."""
    return agreed.withdraw(present.deployment(), version.number, visitor.grant(), reason)
