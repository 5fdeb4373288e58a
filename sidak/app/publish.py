"""Reports to index: documents carry external versions, so that publishing twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from index.build_document import build_document
from index.document import Document
from index.engine import Engine, Rejected
from index.triage import replay_decisions, write_documents
from sidak.app.enrich import REPORTS
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.archive import Stream
from sidak.journal import Run
from sidak.manifest import Entry
from sidak.models import DeadLetter, Dropped, Outcome, Report, Tombstone

ReportRecord = Outcome | Tombstone
REPLAYED = "ledger_sequence"


class PublishSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of publish did."""

    segments: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    decisions: int = 0


def publish(house: House, *, on_progress: OnProgress = silent) -> PublishSummary:
    """Bring the index up to the archive and the ledger; killed midway, it goes on where it was."""
    with house.alone("publish"):
        started_at = house.clock()
        house.engine.setup()
        replay_from = min(house.ledger.head().sequence, _replayed(house))
        summary = publish_segments(house, house.engine, label="publish", on_progress=on_progress)
        return finish_publishing(house, summary, stage="publish", replay_from=replay_from, started_at=started_at)


def publish_segments(house: House, engine: Engine, *, label: str, on_progress: OnProgress) -> PublishSummary:
    """Write into an engine all report segments that it does not hold yet; the caller is alone at publishing."""
    house.catalog.follow_all()
    pending = list(pending_segments(house, engine))
    total = sum(entry.records for _, entry in pending)
    summary = PublishSummary()
    done = 0
    for stream, entry in pending:
        summary = add_summaries(summary, publish_segment(house, engine, stream, entry))
        done += entry.records
        on_progress(label, done, total)
    return summary


def finish_publishing(
    house: House, summary: PublishSummary, *, stage: str, replay_from: int, started_at: datetime
) -> PublishSummary:
    """Let the index follow the decisions after `replay_from`, and write the run into the journal."""
    replayed_to = house.ledger.head().sequence
    replayed = replay_decisions(house.ledger, house.engine, since=replay_from)
    house.engine.refresh()
    summary = msgspec.structs.replace(summary, decisions=replayed)
    house.journal.write(
        Run(
            stage=stage,
            source=house.engine.name,
            started_at=started_at,
            ended_at=house.clock(),
            outcome="ok",
            counts=msgspec.structs.asdict(summary) | {REPLAYED: replayed_to},
        )
    )
    return summary


def _replayed(house: House) -> int:
    """Return up to which decision this index is known to follow the ledger; 0 repeats them all, which is harmless."""
    last = house.journal.runs(stage="publish", source=house.engine.name, limit=1)
    return last[0].counts.get(REPLAYED, 0) if last else 0


def pending_segments(house: House, engine: Engine) -> Iterator[tuple[Stream, Entry]]:
    """Yield the report segments that an engine does not hold yet, in order."""
    published = engine.published_segments()
    for name in house.archive.names(REPORTS):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            if segment_label(stream, entry) not in published:
                yield stream, entry


def segment_label(stream: Stream, entry: Entry) -> str:
    """Return the name under which an index remembers that it holds a report segment."""
    return f"{stream.name}/{entry.sequence}"


def publish_segment(house: House, engine: Engine, stream: Stream, entry: Entry) -> PublishSummary:
    """Write one report segment into an engine and mark it as held; the caller is alone at publishing."""
    outcomes = [msgspec.json.decode(record, type=ReportRecord) for record in stream.read(entry)]
    gone = house.catalog.tombstoned([outcome.id for outcome in outcomes])
    reports = [outcome for outcome in outcomes if isinstance(outcome, Report) and outcome.id not in gone]
    documents = build_documents(house, reports, revision=int(entry.meta.get("revision", 0)))
    written = write_documents(house.ledger, engine, documents)
    house.intake.bury([_dead_letter(rejected, house) for rejected in written.rejected])
    withdrawn = list(_withdrawn(house, outcomes, gone))
    removed = engine.delete(withdrawn) if withdrawn else 0
    engine.mark_published(segment_label(stream, entry))
    return PublishSummary(
        segments=1, written=written.written, unchanged=written.stale, removed=removed, rejected=len(written.rejected)
    )


def build_documents(house: House, reports: Sequence[Report], *, revision: int) -> list[Document]:
    """Return the index documents of reports, each with the incident that it belongs to."""
    documents = []
    for report in reports:
        linkage = house.grouper.assign(report)
        documents.append(
            build_document(report, revision=revision, incident_id=linkage.incident_id, incident_link=linkage.link)
        )
    return documents


def _withdrawn(house: House, outcomes: Sequence[ReportRecord], gone: set[str]) -> Iterator[str]:
    """Yield posts that must leave the index: deleted ones, and ones whose newest revision no longer is a report.

    One that somebody has already worked on stays: its ledger tells why it was taken up.
    """
    yield from gone
    dropped = {outcome.id: outcome for outcome in outcomes if isinstance(outcome, Dropped) and outcome.id not in gone}
    newest = _newest_ordinals(house, list(dropped))
    triaged = house.ledger.triage_of(list(dropped))
    for id, outcome in dropped.items():
        if newest.get(id) == outcome.ordinal and (outcome.reason == "deleted" or not triaged[id].decisions):
            yield id


def _newest_ordinals(house: House, ids: Sequence[str]) -> Mapping[str, int]:
    house.catalog.follow_all()
    return house.catalog.newest_ordinals(ids)


def _dead_letter(rejected: Rejected, house: House) -> DeadLetter:
    digest = hashlib.sha256(f"{rejected.id}|{rejected.reason}".encode()).hexdigest()[:24]
    return DeadLetter(
        id=f"publish:{digest}",
        stage="publish",
        reason="rejected_by_index",
        detail=rejected.reason[:500],
        at=house.clock(),
        where=rejected.id,
    )


def add_summaries(left: PublishSummary, right: PublishSummary) -> PublishSummary:
    """Return the sums of two runs."""
    names = PublishSummary.__struct_fields__
    return PublishSummary(**{name: getattr(left, name) + getattr(right, name) for name in names})
