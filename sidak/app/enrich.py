"""Archive to reports: every posts segment is read once by every model version, and the manifest remembers it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.archive import Stream
from sidak.catalog import POSTS, TOMBSTONES, PostRecord
from sidak.errors import SidakError
from sidak.manifest import Entry
from sidak.models import DeadLetter, Dropped, Outcome, Post

REPORTS = "reports"
POISON = (
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
    SidakError,
)
"""What one bad post can raise in the reading; anything else (memory, disk, interrupt) stops the run."""


class EnrichSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of enrich did: posts = reports + review + sum(dropped)."""

    segments: int = 0
    posts: int = 0
    reports: int = 0
    review: int = 0
    dropped: dict[str, int] = {}


def enrich(house: House, *, on_progress: OnProgress = silent) -> EnrichSummary:
    """Read every posts segment that this model version has not read yet; killed midway, it goes on where it was."""
    with house.alone("enrich"):
        pending = list(_pending(house)) if house.archive.names(POSTS) else []
        total = sum(entry.records for _, _, entry in pending)
        counts: Counter[str] = Counter()
        for posts, reports, entry in pending:
            counts.update(_enrich_segment(house, posts, reports, entry))
            on_progress("enrich", counts["posts"], total)
        reserved = {"posts", "report", "review", "segments"}
        return EnrichSummary(
            segments=counts["segments"],
            posts=counts["posts"],
            reports=counts["report"],
            review=counts["review"],
            dropped={name: count for name, count in sorted(counts.items()) if name not in reserved},
        )


def work_key(entry: Entry, model: str) -> str:
    """Return the name of one piece of work: a posts segment read by one model version."""
    return f"{entry.sequence}@{model}"


def _pending(house: House) -> Iterator[tuple[Stream, Stream, Entry]]:
    for name in house.archive.names(POSTS):
        posts = house.archive.stream(name)
        reports = house.archive.stream(f"{REPORTS}/{name.removeprefix(POSTS + '/')}")
        done = reports.derived()
        for entry in posts.segments():
            if work_key(entry, house.analyzer.model) not in done:
                yield posts, reports, entry


def _enrich_segment(house: House, posts: Stream, reports: Stream, entry: Entry) -> Counter[str]:
    house.catalog.follow(TOMBSTONES)
    records = [msgspec.json.decode(record, type=PostRecord) for record in posts.read(entry)]
    outcomes = read_posts(house, records, first_ordinal=entry.first_ordinal)
    earlier = sum(key.partition("@")[0] == str(entry.sequence) for key in reports.derived())
    reports.commit(
        [msgspec.json.encode(outcome) for outcome in outcomes],
        derived_from=work_key(entry, house.analyzer.model),
        meta={"source_sequence": entry.sequence, "revision": earlier},
    )
    return Counter({"segments": 1, "posts": len(records)}) + Counter(_label(outcome) for outcome in outcomes)


def read_posts(house: House, records: Sequence[PostRecord], *, first_ordinal: int) -> list[Outcome]:
    """Return the outcome of each record, in order; a post that breaks the reading becomes a dead letter."""
    gone = house.catalog.tombstoned([record.id for record in records])
    ordinals = range(first_ordinal, first_ordinal + len(records))
    readable = [
        (record, ordinal)
        for record, ordinal in zip(records, ordinals, strict=True)
        if isinstance(record, Post) and record.state == "live" and record.id not in gone
    ]
    outcomes = {outcome.ordinal: outcome for outcome in _read_batch(house, readable)}
    return [
        outcomes.get(ordinal) or _dropped(house, record.id, ordinal, reason="deleted")
        for record, ordinal in zip(records, ordinals, strict=True)
    ]


def _read_batch(house: House, batch: Sequence[tuple[Post, int]]) -> list[Outcome]:
    """Read all at once; where one of them breaks the reading, read each alone to find which."""
    try:
        return _read(house, batch)
    except POISON:
        return [_read_alone(house, post, ordinal) for post, ordinal in batch]


def _read(house: House, batch: Sequence[tuple[Post, int]]) -> list[Outcome]:
    from nlp.policy import decide

    posts, ordinals = [post for post, _ in batch], [ordinal for _, ordinal in batch]
    return [decide(report) for report in house.analyzer.analyze(posts, ordinals=ordinals, now=house.clock())]


def _read_alone(house: House, post: Post, ordinal: int) -> Outcome:
    try:
        return _read(house, [(post, ordinal)])[0]
    except POISON as exc:
        house.intake.bury([_dead_letter(post, house.analyzer.model, exc, house)])
        return _dropped(house, post.id, ordinal, reason="dead_letter")


def _dropped(house: House, id: str, ordinal: int, *, reason: str) -> Dropped:
    return Dropped(id=id, ordinal=ordinal, model=house.analyzer.model, reason=reason, analyzed_at=house.clock())


def _dead_letter(post: Post, model: str, exc: Exception, house: House) -> DeadLetter:
    digest = hashlib.sha256(f"{post.id}|{model}|{type(exc).__name__}".encode()).hexdigest()[:24]
    return DeadLetter(
        id=f"enrich:{digest}",
        stage="enrich",
        reason=type(exc).__name__,
        detail=str(exc)[:500],
        at=house.clock(),
        where=post.id,
    )


def _label(outcome: Outcome) -> str:
    if isinstance(outcome, Dropped):
        return outcome.reason
    return "review" if outcome.relevance.is_report is None else "report"
