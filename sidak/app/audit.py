"""The loss ledger: proves that collected = indexed + filtered + dead-lettered + deleted, post by post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from sidak.app.enrich import REPORTS
from sidak.app.house import House
from sidak.app.publish import ReportRecord, segment_label
from sidak.catalog import DEAD_LETTERS
from sidak.errors import IntegrityError
from sidak.models import DeadLetter, Dropped, Report

SHOWN = 20


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Where every collected post is now: collected = the sum of all the others."""

    collected: int = 0
    indexed: int = 0
    filtered: dict[str, int] = {}
    dead_lettered: int = 0
    deleted: int = 0
    waiting: int = 0
    """Not enriched or not published yet; the next run takes them up."""
    lost: tuple[str, ...] = ()
    """Posts that should be in the index or in a dead letter, and are not."""
    strange: tuple[str, ...] = ()
    """Documents in the index that no report in the archive accounts for."""
    parse_dead_letters: int = 0
    """Items that never became a post; counted apart, since they have no id."""

    @property
    def balanced(self) -> bool:
        """Whether every post is accounted for."""
        parts = self.indexed + sum(self.filtered.values()) + self.dead_lettered + self.deleted + self.waiting
        return not self.lost and not self.strange and self.collected == parts


def audit_archive(house: House) -> int:
    """Read every segment of every stream against its checksum; return how many there are."""
    segments = 0
    for name in house.archive.names("."):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            stream.read(entry)
            segments += 1
    return segments


def balance_posts(house: House) -> Balance:
    """Follow every post from the archive to where it is now."""
    house.catalog.follow_all()
    latest = _latest_outcomes(house)
    indexed = set(house.engine.ids())
    rejected = set(_rejected_by_index(house))
    counts: Counter[str] = Counter()
    filtered: Counter[str] = Counter()
    lost: list[str] = []
    expected: set[str] = set()
    for id, ordinal, gone in house.catalog.newest():
        counts["collected"] += 1
        outcome = latest.get(id)
        if gone:
            counts["deleted"] += 1
        elif outcome is None or outcome.ordinal != ordinal or not outcome.published:
            counts["waiting"] += 1
            expected.add(id)  # an earlier revision may well be in the index
        elif outcome.reason == "dead_letter":
            counts["dead_lettered"] += 1
        elif outcome.reason == "deleted":
            counts["deleted"] += 1
        elif id in indexed:
            counts["indexed"] += 1
            expected.add(id)
        elif outcome.reason:
            filtered[outcome.reason] += 1
        elif id in rejected:
            counts["dead_lettered"] += 1
        else:
            lost.append(id)
    return Balance(
        collected=counts["collected"],
        indexed=counts["indexed"],
        filtered=dict(sorted(filtered.items())),
        dead_lettered=counts["dead_lettered"],
        deleted=counts["deleted"],
        waiting=counts["waiting"],
        lost=tuple(lost[:SHOWN]),
        strange=tuple(sorted(indexed - expected)[:SHOWN]),
        parse_dead_letters=sum(letter.stage == "parse" for letter in dead_letters(house)),
    )


def check_balance(balance: Balance) -> None:
    """Raise IntegrityError naming the first post that is not accounted for."""
    if balance.lost:
        raise IntegrityError(f"loss ledger: {balance.lost[0]} was collected and is nowhere; `sidak reindex` rebuilds")
    if balance.strange:
        raise IntegrityError(f"loss ledger: {balance.strange[0]} is indexed, but no report in the archive explains it")
    if not balance.balanced:
        raise IntegrityError(f"loss ledger: the sums do not meet: {balance}")


class _Seen(msgspec.Struct, frozen=True):
    ordinal: int
    reason: str
    published: bool


def _latest_outcomes(house: House) -> dict[str, _Seen]:
    published = house.engine.published_segments()
    latest: dict[str, _Seen] = {}
    for name in house.archive.names(REPORTS):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            is_published = segment_label(stream, entry) in published
            for record in stream.read(entry):
                outcome = msgspec.json.decode(record, type=ReportRecord)
                if not isinstance(outcome, Report | Dropped):
                    continue
                known = latest.get(outcome.id)
                if known is None or outcome.ordinal >= known.ordinal:
                    reason = outcome.reason if isinstance(outcome, Dropped) else ""
                    latest[outcome.id] = _Seen(outcome.ordinal, reason, is_published)
    return latest


def dead_letters(house: House) -> Iterator[DeadLetter]:
    """Yield every dead letter."""
    stream = house.archive.stream(DEAD_LETTERS)
    for entry in stream.segments():
        for record in stream.read(entry):
            yield msgspec.json.decode(record, type=DeadLetter)


def _rejected_by_index(house: House) -> Iterator[str]:
    for letter in dead_letters(house):
        if letter.stage == "publish":
            yield letter.where
