"""The versions of the agreement in the database: proposed, signed by both sides, or withdrawn, and never edited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from lib.core.access.grants import Grant, Proof
from lib.core.access.people import Identity, Side
from lib.core.access.rights import Right
from lib.core.agreement.versions import (
    Signature,
    Version,
    VersionState,
    Withdrawal,
    check_proposal,
    check_signature,
    check_withdrawal,
)
from lib.core.errors import Fault, NotFound
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import after_the_last, note
from lib.store.database import Database, Readable
from lib.store.statements import statement


def load_versions(database: Readable, as_of: int) -> list[Version]:
    """Every version there is, by number, as it stands at an instant (microseconds)."""
    with database.read() as cursor:
        return _versions(cursor, as_of, None)


def load_version(database: Database, number: int, as_of: int) -> Version:
    """One version as it stands at an instant; NotFound where there is none of that number."""
    with database.read() as cursor:
        return _version(cursor, as_of, number)


def propose(
    database: Database,
    text: str,
    by: Grant,
    now: int,
    *,
    reason: str,
    starts_at: int | None = None,
    prediction: str | None = None,
    replaces: int | None = None,
) -> Version:
    """Puts a text to both sides as the next version; from here on the text is frozen.

    The text is the agreement as `lib.config.agreement.write_agreement` writes
    it, so that the YAML handed out reads back to the same hash. It is in force
    from `starts_at`, or as soon as both have signed, whichever is later.
    `replaces` is an open proposal that this one edits: it is withdrawn in the
    same step, and its signatures are void. Proposing is not signing. Raises
    ProposalRefused as `check_proposal` says; one proposal is open at a time.
    """
    with database.write(by, Right.PROPOSE, data=False) as cursor:
        check_proposal(_open_proposal(cursor), reason, replaces)
        now = after_the_last(cursor, now)
        given = {
            "text": text,
            "proposed_at": _timestamp(now),
            "proposed_by": by.name,
            "side": by.side,
            "reason": reason.strip(),
            "starts_at": None if starts_at is None else _timestamp(starts_at),
            "prediction": prediction,
        }
        ((number, sha256, of_prediction),) = cursor.execute(statement("agreement/add_proposal"), given).fetchall()
        if replaces is not None:
            _withdraw(cursor, replaces, by, f"Replaced by version {number}.", now)
        facts = {
            "version": number,
            "sha256": sha256,
            "side": by.side,
            "reason": reason.strip(),
            "starts_at": starts_at,
            "prediction": of_prediction,
        }
        note(cursor, now, by, "proposed", facts)
        return _version(cursor, now, number)


def sign(database: Database, number: int, sha256: str, by: Grant, now: int) -> Version:
    """Signs a proposal for the person's side, and for no other; the version as it stands then.

    `sha256` is that of the text the person has read. With the second side's
    signature the version is agreed. Raises SignatureRefused as `check_signature`
    says, NotFound where there is no such version.
    """
    # What is agreed decides what leads are handed over: computed under the one before, it is stale.
    with database.write(by, Right.SIGN, history=False) as cursor:
        check_signature(_version(cursor, None, number), by, sha256)
        now = after_the_last(cursor, now)
        given = {
            "number": number,
            "sha256": sha256,
            "side": by.side,
            "who": by.name,
            "signed_at": _timestamp(now),
        }
        cursor.execute(statement("agreement/add_signature"), given)
        proof = {"number": number, "side": by.side, "issuer": None, "subject": None, **by.proved}
        cursor.execute(statement("agreement/add_proof_of_signature"), proof)
        note(cursor, now, by, "signed", {"version": number, "sha256": sha256, "side": by.side})
        return _version(cursor, now, number)


def withdraw(database: Database, number: int, by: Grant, now: int, *, reason: str) -> Version:
    """Takes back a proposal that is still open; its signatures are void.

    Raises ProposalRefused as `check_withdrawal` says, NotFound where there is no such version.
    """
    with database.write(by, Right.PROPOSE, data=False) as cursor:
        check_withdrawal(_version(cursor, None, number), reason)
        now = after_the_last(cursor, now)
        _withdraw(cursor, number, by, reason.strip(), now)
        return _version(cursor, now, number)


def _withdraw(cursor: duckdb.DuckDBPyConnection, number: int, by: Grant, reason: str, now: int) -> None:
    given = {"number": number, "withdrawn_at": _timestamp(now), "who": by.name, "reason": reason}
    cursor.execute(statement("agreement/add_withdrawal"), given)
    note(cursor, now, by, "withdrawn", {"version": number, "reason": reason})


def _open_proposal(cursor: duckdb.DuckDBPyConnection) -> Version | None:
    return next((one for one in _versions(cursor, None, None) if one.state is VersionState.PROPOSED), None)


def _version(cursor: duckdb.DuckDBPyConnection, as_of: int | None, number: int) -> Version:
    found = _versions(cursor, as_of, number)
    if not found:
        raise NotFound(Fault(f"version {number}", "there is no such version", "Choose one of the list."))
    return found[0]


def _versions(cursor: duckdb.DuckDBPyConnection, as_of: int | None, number: int | None) -> list[Version]:
    # What may be done hangs on everything that was done, also by a clock that was ahead: without an instant, all of it.
    instant = None if as_of is None else _timestamp(as_of)
    found = cursor.execute(statement("agreement/signatures"), {"as_of": instant}).fetchall()
    given = [(of, _signature(*row)) for of, *row in found]
    rows = cursor.execute(statement("agreement/versions"), {"as_of": instant, "number": number})
    names = [column[0] for column in rows.description]
    return [
        _from_row(dict(zip(names, row, strict=True)), tuple(signature for of, signature in given if of == row[0]))
        for row in rows.fetchall()
    ]


def _signature(side: str, who: str, at: int, proof: str | None, issuer: str | None, subject: str | None) -> Signature:
    identity = None if issuer is None or subject is None else Identity(issuer, subject)
    return Signature(Side(side), who, at, None if proof is None else Proof(proof), identity)


def _from_row(row: Mapping[str, Any], signatures: tuple[Signature, ...]) -> Version:
    withdrawal = None
    if row["withdrawn_at"] is not None:
        withdrawal = Withdrawal(row["withdrawn_by"], row["withdrawn_at"], row["withdrawn_because"])
    return Version(
        number=row["number"],
        text=row["text"],
        sha256=row["sha256"],
        state=VersionState(row["state"]),
        proposed_at=row["proposed_at"],
        proposed_by=row["proposed_by"],
        side=Side(row["side"]) if row["side"] else None,
        reason=row["reason"],
        stated_start=row["stated_start"],
        starts_at=row["starts_at"],
        prediction=row["prediction"],
        signatures=signatures,
        withdrawal=withdrawal,
    )


def _timestamp(microseconds: int) -> datetime:
    return from_microseconds(microseconds).replace(tzinfo=None)
