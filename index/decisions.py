"""The decision ledger: what people did to reports, append-only and hash-chained, in SQLite or PostgreSQL.

Besides the archive this is the only thing that must never be lost. What it can show: any record altered, removed or
moved, and a tail cut off by somebody who left the kept head alone. What it cannot show by itself: a tail cut off by
somebody who may drop the triggers and rewrites the kept head as well; for that, keep `head()` somewhere else from time
to time and hand it to `verify`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, select

from index.decision_chain import Head, check_name, check_state, clean_note, link_decision, verify_chain
from index.decision_errors import translate_errors
from index.decision_rows import UNDECIDED, Triage, append_decision, read_head, read_triage, select_head, to_decision
from index.decision_tables import DECISIONS, create_tables, lock_for_append, open_database, parse_address
from index.states import allowed_transitions, state_label
from sidak.errors import IntegrityError, RetryError, UsageError
from sidak.ids import DECISION_BITS
from sidak.models import Decision, TriageState

__all__ = ["MAX_DECISIONS", "UNDECIDED", "DecisionConflictError", "Ledger", "Triage"]

MAX_DECISIONS = (1 << DECISION_BITS) - 1
"""A report's decisions are part of its document's version, which has this much room for them."""

_PAGE = 1_000


class DecisionConflictError(RetryError):
    """Somebody else decided first; `current` is where the report stands now. Look again, then decide again."""

    def __init__(self, message: str, *, current: Triage) -> None:
        super().__init__(message, reason="conflict")
        self.current = current


class Ledger:
    """The ledger at a database address; safe to share between threads, connects when first used.

    Every method raises RetryError where the database is down or locked, StopError where it cannot be used, and
    IntegrityError where what it holds is not what was written.
    """

    def __init__(self, address: str) -> None:
        """Take a SQLAlchemy address (`sqlite:////path` or `postgresql://…`); raises UsageError for any other."""
        self._url = parse_address(address)
        self._engine = open_database(self._url)
        self._ready = False

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def decide(
        self, report_id: str, to_state: str, *, expected_state: str, actor: str, note: str, at: datetime
    ) -> Decision:
        """Append one decision and return it once it is durable.

        `expected_state` is what the person saw. Raises UsageError (Indonesian) where the step does not exist and
        DecisionConflictError where somebody else was faster.
        """
        target, seen = check_state(to_state), check_state(expected_state)
        check_name(report_id, what="Nomor laporan")
        check_name(actor, what="Nama petugas")
        note = clean_note(note)
        if at.utcoffset() is None:
            raise ValueError("a decision's time needs a time zone")
        if target not in allowed_transitions(seen):
            choices = ", ".join(state_label(state) for state in allowed_transitions(seen))
            raise UsageError(
                f"Status “{state_label(seen)}” tidak dapat langsung menjadi “{state_label(target)}”. "
                f"Pilihan: {choices}."
            )
        with self._connection(writes=True) as connection:
            head = read_head(connection)
            _check_undisputed(seen, read_triage(connection, [report_id]).get(report_id, UNDECIDED))
            decision = link_decision(
                head, report_id=report_id, actor=actor, from_state=seen, to_state=target, note=note, at=at
            )
            append_decision(connection, decision)
        return decision

    def history(self, report_id: str) -> tuple[Decision, ...]:
        """Return a report's decisions, oldest first."""
        query = select(DECISIONS).where(DECISIONS.c.report_id == report_id).order_by(DECISIONS.c.sequence)
        with self._connection() as connection:
            return tuple(to_decision(row) for row in connection.execute(query))

    def triage_of(self, ids: Iterable[str]) -> Mapping[str, Triage]:
        """Return where each of these reports stands; one that nobody decided about is `UNDECIDED`."""
        wanted = list(dict.fromkeys(ids))
        with self._connection() as connection:
            found = read_triage(connection, wanted)
        return {id: found.get(id, UNDECIDED) for id in wanted}

    def since(self, sequence: int) -> Iterator[Decision]:
        """Yield all decisions after a sequence number, in order; pages are read apart, so nothing is held open."""
        while True:
            query = select(DECISIONS).where(DECISIONS.c.sequence > sequence).order_by(DECISIONS.c.sequence).limit(_PAGE)
            with self._connection() as connection:
                page = [to_decision(row) for row in connection.execute(query)]
            yield from page
            if len(page) < _PAGE:
                return
            sequence = page[-1].sequence

    def head(self) -> Head:
        """Return the last link of the chain (sequence 0 for an empty ledger)."""
        with self._connection() as connection:
            return read_head(connection)

    def verify(self, *, kept: Head | None = None) -> Head:
        """Prove the whole chain and return its head; `kept` is a head remembered from before.

        Raises IntegrityError naming the first record that is altered, missing or out of place.
        """
        with self._connection(snapshot=True) as connection:
            every = select(DECISIONS).order_by(DECISIONS.c.sequence)
            with connection.execution_options(yield_per=_PAGE).execute(every) as rows:
                head = verify_chain((to_decision(row) for row in rows), kept=kept)
            remembered = select_head(connection)
        if head != remembered:
            raise IntegrityError(
                f"decision ledger: it ends at record {head.sequence}, but {remembered.sequence} were written: "
                f"record {min(head.sequence, remembered.sequence) + 1} was cut off or added by hand"
            )
        return head

    @contextmanager
    def _connection(self, *, writes: bool = False, snapshot: bool = False) -> Iterator[Connection]:
        """One transaction, committed at the end; the database's own errors come out as ours."""
        with translate_errors(self._url):
            if not self._ready:
                self._create()
            options: dict[str, object] = {"sidak_writes": writes}
            if snapshot and self._engine.dialect.name == "postgresql":
                options["isolation_level"] = "REPEATABLE READ"  # SQLite reads from one snapshot anyway
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                if writes:
                    lock_for_append(connection)
                yield connection

    def _create(self) -> None:
        with self._engine.connect().execution_options(sidak_writes=True) as connection, connection.begin():
            lock_for_append(connection)
            create_tables(connection)
        self._ready = True


def _check_undisputed(seen: TriageState, current: Triage) -> None:
    if current.state != seen:
        raise DecisionConflictError(
            f"Laporan ini sudah diubah petugas lain: sekarang “{state_label(current.state)}”, bukan lagi "
            f"“{state_label(seen)}”. Muat ulang, lalu putuskan kembali.",
            current=current,
        )
    if current.decisions >= MAX_DECISIONS:
        raise UsageError(f"Laporan ini sudah memiliki {current.decisions} keputusan; tidak dapat ditambah lagi.")
