"""The agreement as it stands, what it predicted and what came of that, and what may be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lib.app.access.sessions import Session
from lib.app.deployment import Deployment
from lib.app.handoffs.going_live import of_stock
from lib.app.outlook import prediction
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Snapshot
from lib.config.agreement import frozen_text, read_agreement
from lib.core.access.grants import Grant
from lib.core.agreement import outcome, versions
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.audit import Entry, Head
from lib.core.agreement.document import METRICS, Document, published
from lib.core.agreement.outcome import Outcome, Prediction
from lib.core.agreement.versions import Version, VersionState
from lib.core.definition.criteria import Definition
from lib.core.handoffs.answers import recycling
from lib.core.handoffs.start_plan import check_start
from lib.core.replay.afresh import Afresh
from lib.store.agreement import audit
from lib.store.agreement import versions as store
from lib.store.database import Look
from lib.store.funnel.goals import targets
from lib.store.handoffs.customers import load_customers
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.returns import load_returns


def load(deployment: Deployment) -> list[Version]:
    """Every version as it stands now, by number; never from memory, for others sign meanwhile."""
    return store.load_versions(deployment.database, deployment.now())


def in_force(every: Sequence[Version], at: int) -> Version:
    """The version both sides work by at an instant: there is always one."""
    found = versions.in_force(every, at)
    assert found is not None  # noqa: S101  (every database begins with one)
    return found


def waiting_for_start(every: Sequence[Version], now: int) -> list[Version]:
    """The agreed versions whose start is still to come, the next one first."""
    waiting = [(one.starts_at, one) for one in every if one.state is VersionState.AGREED and (one.starts_at or 0) > now]
    return [one for _, one in sorted(waiting, key=lambda pair: pair[0] or 0)]


def definition(version: Version) -> Definition:
    """The definition in a version's text."""
    return agreement(version).definition


def agreement(version: Version) -> Agreement:
    """What a version's text says."""
    return _agreement(version.text)


@lru_cache(maxsize=64)
def _agreement(text: str) -> Agreement:
    # Of the text alone, which is frozen: this is never out of date.
    return read_agreement(text, "version")


def document(deployment: Deployment, every: Sequence[Version], version: Version) -> Document:
    """The version as it is published."""
    config = deployment.config
    with deployment.database.look() as look:
        goals, head = {metric: targets(look, metric) for metric in METRICS}, audit.chain_head(look)
    return published(
        list(every),
        version,
        deployment.now(),
        agreement,
        policy=config.policy,
        answers=config.answers,
        goals=goals,
        head=head,
    )


# What was predicted, and what came.


@dataclass(frozen=True)
class Check:
    """The outcome after so many weeks, due at `due_at` (microseconds); None while it cannot be looked at.

    `overtaken`: another version had taken the place of this one by then, so it never can.
    """

    weeks: int
    due_at: int
    overtaken: bool
    outcome: Outcome | None


def checks(deployment: Deployment, every: Sequence[Version], version: Version) -> tuple[Check, ...]:
    """What came of an agreed version's prediction after 2, 4 and 8 weeks; none where nothing was predicted."""
    if version.starts_at is None or version.prediction is None:
        return ()
    predicted = outcome.read_prediction(version.prediction)
    against = next((one for one in every if one.number == predicted.against), None)
    replaced = against or versions.replaced_by(every, version, version.starts_at)
    ends = versions.followed_at(every, version)
    due = dict(outcome.checks_due(version.starts_at, deployment.snapshot().as_of))
    found = []
    for weeks in outcome.CHECKED_AFTER_WEEKS:
        due_at = version.starts_at + weeks * outcome.WEEK
        overtaken = ends is not None and ends < due_at
        came = None
        if weeks in due and not overtaken and replaced is not None:
            texts = (version.text, replaced.text)
            came = _came(deployment, texts, predicted, version.starts_at, weeks)
        found.append(Check(weeks, due_at, overtaken, came))
    return tuple(found)


def _came(deployment: Deployment, texts: tuple[str, str], predicted: Prediction, starts_at: int, weeks: int) -> Outcome:
    return deployment.together(
        lambda snapshot, look: _outcome(snapshot, texts, predicted, starts_at, weeks, Aside(look))
    )


@remembered(32)
def _outcome(
    snapshot: Snapshot,
    texts: tuple[str, str],
    predicted: Prediction,
    starts_at: int,
    weeks: int,
    look: Aside[Look],
) -> Outcome:
    agreed, replaced = (_agreement(text).definition for text in texts)
    end, index = starts_at + weeks * outcome.WEEK, snapshot.leads.index
    handoffs, since = load_handoffs(look.given, end), load_customers(look.given, index.history.lead_id, end)
    returns = load_returns(look.given, index.history.lead_id, end, recycling(snapshot.answers))
    afresh = Afresh(index.history, returns)
    return outcome.outcome(index, agreed, replaced, predicted, starts_at, weeks, handoffs, since, afresh)


# The audit chain.


def entries(deployment: Deployment, what: str) -> list[Entry]:
    """The audit entries of one kind of change."""
    return audit.load_entries(deployment.database, what)


def verify(deployment: Deployment) -> int:
    """Walk the whole chain and set every record against it: how many entries hold; AuditBroken where one does not."""
    return audit.verify(deployment.database)


def chain_head(deployment: Deployment) -> Head:
    """Where the chain ends now: what minutes say, for others to keep."""
    return audit.chain_head(deployment.database)


# What may be done.


def predicted(snapshot: Snapshot, agreement: Agreement, against: Version) -> Prediction | None:
    """What a proposal promises in place of that version, with who of the stock comes; None where there is no lead."""
    promised = prediction(snapshot, agreement.definition, against)
    if promised is None:
        return None
    return promised.with_stock(of_stock(snapshot, agreement, outcome.CHECKED_AFTER_WEEKS))


def propose(
    deployment: Deployment,
    proposed: Agreement,
    by: Grant,
    *,
    reason: str,
    replaces: int | None,
) -> Version:
    """Put an agreement to both sides, with its reason and what it predicts.

    Refused as the store refuses it; StartPlanRefused where its start has passed.
    """
    every, now = load(deployment), deployment.now()
    check_start(proposed.start, now)
    against = in_force(every, max(now, proposed.start.starts_at or 0))
    promised = predicted(deployment.snapshot(), proposed, against)
    return store.propose(
        deployment.database,
        frozen_text(proposed, [one.text for one in every]),
        by,
        now,
        reason=reason,
        starts_at=proposed.start.starts_at,
        prediction=None if promised is None else outcome.prediction_text(promised),
        replaces=replaces,
    )


def sign(deployment: Deployment, number: int, sha256: str, by: Grant) -> Version:
    """Sign the text of that hash, for the person's own side."""
    return store.sign(deployment.database, number, sha256, by, deployment.now())


def sign_afresh(deployment: Deployment, session: Session, provider: str, claims: Mapping[str, object]) -> Version:
    """Carry out the signature that waits in a session, for whoever has just proved anew who they are.

    Refused as `SignIns.grant_afresh` and `sign` say.
    """
    reps = [(rep.rep_id, rep.name) for rep in deployment.snapshot().reps]
    waits, by = deployment.sign_ins.grant_afresh(session, provider, claims, reps)
    return sign(deployment, waits.number, waits.sha256, by)


def withdraw(deployment: Deployment, number: int, by: Grant, reason: str) -> Version:
    """Take a proposal back."""
    return store.withdraw(deployment.database, number, by, deployment.now(), reason=reason)
