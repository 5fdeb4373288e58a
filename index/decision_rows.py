"""Reading and writing the ledger's rows inside a transaction that the caller holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from index.decision_chain import Head, format_time
from index.decision_tables import DECISIONS, HEADS
from index.states import FIRST
from sidak.errors import IntegrityError
from sidak.models import Decision, TriageState

_IDS_PER_QUERY = 500


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a report stands after all its decisions."""

    state: TriageState = FIRST
    at: datetime | None = None
    decisions: int = 0


UNDECIDED = Triage()


def append_decision(connection: Connection, decision: Decision) -> None:
    """Add a record and move the kept head to it."""
    values = msgspec.structs.asdict(decision) | {"at": format_time(decision.at)}
    connection.execute(insert(DECISIONS).values(**values))
    head = {"sequence": decision.sequence, "hash": decision.hash}
    if decision.sequence == 1:
        connection.execute(insert(HEADS).values(id=1, **head))
    else:
        connection.execute(update(HEADS).where(HEADS.c.id == 1).values(**head))


def select_head(connection: Connection) -> Head:
    """Return the kept head, unproven."""
    row = connection.execute(select(HEADS.c.sequence, HEADS.c.hash)).one_or_none()
    return Head() if row is None else Head(sequence=row.sequence, hash=row.hash)


def read_head(connection: Connection) -> Head:
    """Return the kept head, having seen that it is the last record: appending to a cut chain would hide the cut."""
    head = select_head(connection)
    last = connection.execute(
        select(DECISIONS.c.sequence, DECISIONS.c.hash).order_by(DECISIONS.c.sequence.desc()).limit(1)
    ).one_or_none()
    if (head.sequence, head.hash) != ((last.sequence, last.hash) if last else (0, Head().hash)):
        raise IntegrityError(
            f"decision ledger: {head.sequence} records were written, but it ends at record "
            f"{last.sequence if last else 0}; nothing is added until the audit has been looked at"
        )
    return head


def read_triage(connection: Connection, ids: Sequence[str]) -> dict[str, Triage]:
    """Return where those of these reports stand that somebody decided about."""
    found: dict[str, Triage] = {}
    for start in range(0, len(ids), _IDS_PER_QUERY):
        newest = (
            select(func.max(DECISIONS.c.sequence).label("sequence"), func.count().label("decisions"))
            .where(DECISIONS.c.report_id.in_(ids[start : start + _IDS_PER_QUERY]))
            .group_by(DECISIONS.c.report_id)
            .subquery()
        )
        query = select(DECISIONS, newest.c.decisions).join(newest, DECISIONS.c.sequence == newest.c.sequence)
        for row in connection.execute(query):
            decision = to_decision(row)
            found[decision.report_id] = Triage(state=decision.to_state, at=decision.at, decisions=row.decisions)
    return found


def to_decision(row: Row[tuple[object, ...]]) -> Decision:
    """Return a row as a decision; raises IntegrityError where it holds what was never written."""
    values = {name: getattr(row, name) for name in Decision.__struct_fields__}
    altered = f"decision ledger: record {values['sequence']} was altered"
    try:
        decision = msgspec.convert(values, Decision)
    except msgspec.ValidationError as exc:
        raise IntegrityError(f"{altered}: {exc}") from exc
    decision = msgspec.structs.replace(decision, at=decision.at.astimezone(UTC))
    if format_time(decision.at) != values["at"]:
        raise IntegrityError(f"{altered}: its time is not written as it was")
    return decision
