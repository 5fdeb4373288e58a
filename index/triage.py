"""People's decisions on the index: the ledger is the truth, the document's state is its shadow.

Publishing and deciding may happen at the same moment. Both follow one rule, and it is enough: *write, then look at the
other side again*. Who publishes a document looks at the ledger after the write; who decides looks at the document after
the ledger. Whichever comes last sees the other and settles the difference, because a document's version grows with
every post, every reading and every decision, and the engine keeps only the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from index.decisions import Ledger, Triage
from index.document import Document
from index.engine import Engine, Rejected, WriteOutcome
from sidak.errors import RetryError, StopError, UsageError
from sidak.ids import document_version, split_version
from sidak.models import Decision

_BATCH = 200
_ATTEMPTS = 50
"""Each attempt is lost only to somebody else's newer write, so this many in a row means that something is wrong."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is kept, and whether search already shows it (else the next replay does)."""

    decision: Decision
    indexed: bool


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What it took to bring documents to the ledger's state: applied + current + missing + rejected = asked."""

    applied: int = 0
    current: int = 0
    missing: tuple[str, ...] = ()
    """Decided about, but not in the index (not published yet, or deleted)."""
    rejected: tuple[Rejected, ...] = ()


def change_state(
    ledger: Ledger,
    engine: Engine,
    report_id: str,
    *,
    to_state: str,
    expected_state: str,
    actor: str,
    note: str,
    at: datetime,
    include_restricted: bool,
) -> Change:
    """Decide about a report that the person may see, then show it in the index.

    Raises UsageError where the report is not there for this person or the step does not exist, DecisionConflictError
    where somebody was faster, RetryError or StopError where nothing was decided. Once the decision is kept it is
    returned, also where the index could not follow.
    """
    if engine.get(report_id, include_restricted=include_restricted) is None:
        raise UsageError("Laporan tidak ditemukan.")
    decision = ledger.decide(report_id, to_state, expected_state=expected_state, actor=actor, note=note, at=at)
    try:
        settled = settle_triage(ledger, engine, [report_id])
        engine.refresh()
    except RetryError:
        return Change(decision=decision, indexed=False)
    return Change(decision=decision, indexed=not settled.rejected and not settled.missing)


def write_documents(ledger: Ledger, engine: Engine, documents: Sequence[Document]) -> WriteOutcome:
    """Write freshly built documents with the ledger's state; returns the engine's answer for these documents."""
    before = ledger.triage_of(document.id for document in documents)
    outcome = engine.write([with_triage(document, before[document.id]) for document in documents])
    after = ledger.triage_of(before)
    settle_triage(ledger, engine, [id for id, triage in after.items() if triage.decisions != before[id].decisions])
    return outcome


def replay_decisions(ledger: Ledger, engine: Engine, since: int = 0) -> int:
    """Bring every report decided about after a sequence number to the ledger's state; return how many that changed.

    Repeating changes nothing. Reports that are not in the index are left out: publishing them brings their state along.
    Raises StopError naming a document that the engine refuses, after all others were brought up to date.
    """
    settled = settle_triage(ledger, engine, dict.fromkeys(decision.report_id for decision in ledger.since(since)))
    if settled.rejected:
        first = settled.rejected[0]
        raise StopError(
            f"the index refuses {len(settled.rejected)} documents whose state was decided; the first is {first.id}: "
            f"{first.reason}; the decisions are safe in the ledger"
        )
    return settled.applied


def settle_triage(ledger: Ledger, engine: Engine, ids: Iterable[str]) -> Settled:
    """Give these documents the ledger's state, however many others write them at the same time.

    Raises RetryError where others are always faster.
    """
    wanted = list(dict.fromkeys(ids))
    applied = 0
    missing: set[str] = set()
    rejected: dict[str, Rejected] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        for _attempt in range(_ATTEMPTS):
            found = _read_documents(engine, [id for id in batch if id not in missing and id not in rejected])
            missing.update(id for id in batch if id not in found and id not in rejected)
            outcome = _write_behind(ledger, engine, found)
            applied += outcome.written
            rejected.update((refused.id, refused) for refused in outcome.rejected)
            if outcome.stale == 0:
                break
        else:
            raise RetryError(f"the index kept changing while {len(batch)} decisions were applied; run publish again")
    return Settled(
        applied=applied,
        current=len(wanted) - applied - len(missing) - len(rejected),
        missing=tuple(id for id in wanted if id in missing),
        rejected=tuple(rejected.values()),
    )


def _read_documents(engine: Engine, ids: Iterable[str]) -> dict[str, Document]:
    documents = (engine.get(id, include_restricted=True) for id in ids)
    return {document.id: document for document in documents if document is not None}


def _write_behind(ledger: Ledger, engine: Engine, found: Mapping[str, Document]) -> WriteOutcome:
    """Write those documents that the ledger is ahead of; it is read after them, so no decision falls in between."""
    triage = ledger.triage_of(found)
    behind = [document for id, document in found.items() if document.decisions < triage[id].decisions]
    if not behind:
        return WriteOutcome()
    return engine.write([with_triage(document, triage[document.id]) for document in behind])


def with_triage(document: Document, triage: Triage) -> Document:
    """Return the document with the ledger's state and the version that goes with it."""
    ordinal, revision, _decisions = split_version(document.version)
    return msgspec.structs.replace(
        document,
        state=triage.state,
        state_at=triage.at,
        decisions=triage.decisions,
        version=document_version(ordinal=ordinal, revision=revision, decisions=triage.decisions),
    )
