"""What the index refused, once more: dead letters of publishing are tried again from the archive's own reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from index.document import Document
from index.engine import Rejected
from index.triage import write_documents
from sidak.app.audit import dead_letters
from sidak.app.enrich import REPORTS
from sidak.app.forget import affected_segments, erase_letters
from sidak.app.house import House
from sidak.app.publish import ReportRecord, build_documents
from sidak.models import DeadLetter, Report

REPLAYED = "replayed"
_SETTLED = frozenset({REPLAYED, "forgotten"})


class ReplaySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the posts that the index had refused: posts = written + unchanged + gone + refused."""

    posts: int = 0
    written: int = 0
    unchanged: int = 0
    """The index holds them, or something newer, by now."""
    gone: int = 0
    """Deleted since, or no longer taken for a report."""
    refused: tuple[Rejected, ...] = ()
    """Refused again, with the index's own words; their letters stay."""


def replay(house: House) -> ReplaySummary:
    """Try every post again that the index refused; the letters of those that it takes now are settled."""
    with house.alone("publish"):
        house.engine.setup()
        house.catalog.follow_all()
        wanted = sorted({letter.where for letter in waiting_letters(house)})
        documents = list(_newest_documents(house, wanted))
        outcome = write_documents(house.ledger, house.engine, documents)
        house.engine.refresh()
        again = {refused.id for refused in outcome.rejected}
        done = set(wanted) - again
        erase_letters(house, lambda letter: _is_waiting(letter) and letter.where in done, reason=REPLAYED)
        return ReplaySummary(
            posts=len(wanted),
            written=outcome.written,
            unchanged=outcome.stale,
            gone=len(wanted) - len(documents),
            refused=outcome.rejected,
        )


def waiting_letters(house: House) -> Iterator[DeadLetter]:
    """Yield the dead letters of publishing that nobody settled yet."""
    return (letter for letter in dead_letters(house) if _is_waiting(letter))


def _is_waiting(letter: DeadLetter) -> bool:
    return letter.stage == "publish" and letter.reason not in _SETTLED


def _newest_documents(house: House, ids: list[str]) -> Iterator[Document]:
    """Yield the document of each id whose newest outcome is a report."""
    gone = house.catalog.tombstoned(ids)
    for report, revision in _newest_outcomes(house, ids).values():
        if isinstance(report, Report) and report.id not in gone:
            yield from build_documents(house, [report], revision=revision)


def _newest_outcomes(house: House, ids: list[str]) -> Mapping[str, tuple[ReportRecord, int]]:
    wanted = set(ids)
    newest: dict[str, tuple[ReportRecord, int]] = {}
    for source, sequences in affected_segments(house, ids).items():
        stream = house.archive.stream(f"{REPORTS}/{source}")
        for entry in stream.segments():
            if entry.meta.get("source_sequence") not in sequences:
                continue
            for record in stream.read(entry):
                outcome = msgspec.json.decode(record, type=ReportRecord)
                if outcome.id in wanted and _rank(outcome) >= _rank(newest.get(outcome.id, (outcome, 0))[0]):
                    newest[outcome.id] = (outcome, int(entry.meta.get("revision", 0)))
    return newest


def _rank(outcome: ReportRecord) -> int:
    """Return how new an outcome is; a tombstone counts by what the catalogue says."""
    return getattr(outcome, "ordinal", -1)
