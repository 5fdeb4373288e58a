"""Stored posts looked at again: an edit becomes a revision, what is gone is destroyed, what is too old is purged.

No listing shows a deletion, and platforms want them honoured within a day: each stored post is asked for again before
its source's deadline, the longest unchecked first, up to a limit for each run. What a run did not reach, the next does.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, cast

import msgspec

from collectors.clearance import check_clearance, cleared_lanes, load_clearances
from collectors.collect import open_client
from collectors.connections import closed_at_the_end
from collectors.enforce import DUE_SHARE, deadline_of, hold_to_terms
from collectors.protocol import Checked, ParseContext, Rechecker
from collectors.questions import find_missing_credentials
from collectors.registry import Source, find_source, load_parser
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.app.purge import forget_all
from sidak.catalog import POSTS, TOMBSTONES, Location, PostRecord
from sidak.errors import QuarantineError, RetryError, SidakError, StopError
from sidak.journal import Run
from sidak.models import Post

LIMIT = 5000
"""Posts a run, where nothing else is said."""
AT_ONCE = 500
MANY = 20
"""From so many on, a run in which most posts are said to be gone is not believed."""

RefreshOutcome = Literal["ok", "retry", "stopped"]


class RefreshSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did for one source: due = unchanged + revised + deleted + unanswered."""

    source: str
    outcome: RefreshOutcome = "ok"
    message: str = ""
    until: datetime | None = None
    due: int = 0
    unchanged: int = 0
    revised: int = 0
    deleted: int = 0
    """Gone at the platform, or no longer to be seen there: destroyed everywhere."""
    unanswered: int = 0
    purged: int = 0
    """Kept longer than the source's terms allow, or not to be looked at again in time."""
    overdue: int = 0
    """Posts whose deadline has passed without an answer."""
    rejected: int = 0


class _Tally:
    """What has become of the posts of one run so far."""

    def __init__(self) -> None:
        self.due = self.revised = self.unchanged = self.answered = self.rejected = 0
        self.gone: list[str] = []
        self.full = False
        """Whether there is more than the run's limit let it look up."""


def refresh_with(
    house: House,
    source: str,
    *,
    limit: int = LIMIT,
    believe: bool = False,
    on_progress: OnProgress = silent,
) -> RefreshSummary:
    """Look the due posts of a source up once, and purge what is too old; what stops it is in the summary.

    With `believe`, deletions are carried out however many they are. Raises UsageError for an unknown source.
    """
    found = find_source(source)
    started_at = house.clock()
    summary = _refresh(house, found, limit=limit, believe=believe, on_progress=on_progress)
    _note(house, summary, started_at=started_at)
    return summary


def refreshable(house: House) -> list[str]:
    """Return the sources that keep posts and have a deadline for them, or an age at which they are purged."""
    from collectors.registry import find_sources

    kept = {name.removeprefix(f"{POSTS}/") for name in house.archive.names(POSTS)}
    return [
        name
        for name, source in find_sources().items()
        if name in kept and (deadline_of(source.terms) is not None or source.terms.retention_days is not None)
    ]


def _refresh(house: House, source: Source, *, limit: int, believe: bool, on_progress: OnProgress) -> RefreshSummary:
    house.catalog.follow(f"{POSTS}/{source.name}")
    house.catalog.follow(TOMBSTONES)
    tally = _Tally()
    if half_erased := house.catalog.half_erased(source.name):  # a deletion that was broken off
        forget(house, half_erased)
    failure: SidakError | None = None
    try:
        if deadline_of(source.terms) is not None:
            with closed_at_the_end():
                _look_up_due(house, source, tally, limit=limit, on_progress=on_progress)
    except (RetryError, QuarantineError, StopError) as exc:
        failure = exc
    deleted, failure = _carry_out(house, source, tally, failure, believe=believe)
    try:
        purged = _purge_over_age(house, source, unreached=tally.full and failure is None)
    except RetryError as exc:
        purged, failure = 0, failure or exc
    return RefreshSummary(
        source=source.name,
        outcome=_outcome(failure),
        message=str(failure or ""),
        until=failure.until if isinstance(failure, RetryError) else None,
        due=tally.due,
        unchanged=tally.unchanged,
        revised=tally.revised,
        deleted=deleted,
        unanswered=tally.due - tally.unchanged - tally.revised - deleted,
        purged=purged,
        overdue=_count_overdue(house, source),
        rejected=tally.rejected,
    )


def _look_up_due(house: House, source: Source, tally: _Tally, *, limit: int, on_progress: OnProgress) -> None:
    deadline = deadline_of(source.terms)
    assert deadline is not None
    cutoff = house.clock() - deadline * DUE_SHARE
    due = house.catalog.due(
        source.name, up_to=_last_segment(house, source, cutoff), checked_before=cutoff.timestamp(), limit=limit
    )
    tally.full = len(due) == limit
    if not due:
        return
    client = _open(house, source)
    if client is None:
        return
    tally.due = len(due)
    for start in range(0, len(due), AT_ONCE):
        batch = due[start : start + AT_ONCE]
        stored = _read_stored(house, batch)
        answered = set()
        for checked in client.recheck([post.native_id for post in stored.values()]):
            answered |= _take(house, source, checked, stored, tally)
        house.catalog.note_tried(list(stored.keys() - answered), at=house.clock().timestamp())
        on_progress(f"refresh {source.name}", start + len(batch), len(due))


def _open(house: House, source: Source) -> Rechecker | None:
    """Return a client that may and can look posts up; None where the platform has no way to."""
    settings = house.settings
    clearances = load_clearances(settings.clearance_path)
    lanes = cleared_lanes(source, clearances=clearances, now=house.clock())
    if not lanes:
        lane = source.terms.lanes[0]
        check_clearance(source, lane, clearances=clearances, now=house.clock(), path=settings.clearance_path)
    missing = [find_missing_credentials(source, lane, settings.credentials(source.name)) for lane in lanes]
    if all(missing):
        raise StopError(f"{source.name}: no request was made: credentials are missing; set {', '.join(missing[0])}")
    client = open_client(source, settings, clock=house.clock)
    return cast("Rechecker", client) if hasattr(client, "recheck") else None


def _read_stored(house: House, batch: Sequence[tuple[str, Location]]) -> dict[str, Post]:
    """Return the stored posts by id, each segment read once."""
    by_segment: dict[tuple[str, int], list[int]] = {}
    for _, location in batch:
        by_segment.setdefault((location.stream, location.sequence), []).append(location.position)
    stored: dict[str, Post] = {}
    for (name, sequence), positions in by_segment.items():
        stream = house.archive.stream(name)
        records = stream.read(stream.segment(sequence))
        for position in positions:
            post = msgspec.json.decode(records[position], type=PostRecord)
            if isinstance(post, Post):
                stored[post.id] = post
    return stored


def _take(house: House, source: Source, checked: Checked, stored: dict[str, Post], tally: _Tally) -> set[str]:
    """Keep what one answer says, and return of which posts; of those not asked for it is not believed."""
    context = ParseContext(
        pseudonymize=house.pseudonymizer, allowed_remainder=frozenset(source.terms.allowed_remainder)
    )
    parsed, _ = hold_to_terms(load_parser(source.name)(checked.page, context), source.terms)
    asked = {f"{source.name}:{native}" for native in checked.asked}
    posts = [_like_stored(post, stored[post.id]) for post in parsed.posts if post.id in asked and post.id in stored]
    kept = house.intake.store(source.name, [post for post in posts if post.state == "live"], rejected=parsed.rejected)
    live = [post.id for post in posts if post.state == "live"]
    absent = [id for native in checked.gone if (id := f"{source.name}:{native}") in stored and id not in live]
    gone = dict.fromkeys([*absent, *(post.id for post in posts if post.state != "live")])
    tally.gone += gone
    tally.revised += kept.revised
    tally.unchanged += len(live) - kept.revised
    tally.rejected += len(parsed.rejected)
    house.catalog.note_checked(live, at=house.clock().timestamp())
    return {*live, *gone}


def _like_stored(post: Post, stored: Post) -> Post:
    """Return the post with what a lookup does not tell and nobody edits: how it came, and where it belongs."""
    return msgspec.structs.replace(
        post,
        lane=stored.lane,
        queries=stored.queries,
        refs=stored.refs,
        url=post.url or stored.url,
        author_key=post.author_key or stored.author_key if post.state == "live" else None,
        visibility=stored.visibility,
    )


def _carry_out(
    house: House, source: Source, tally: _Tally, failure: SidakError | None, *, believe: bool
) -> tuple[int, SidakError | None]:
    """Destroy what is gone, unless that is more than can be believed."""
    gone = list(dict.fromkeys(tally.gone))
    if not gone:
        return 0, failure
    answered = len(gone) + tally.unchanged + tally.revised
    if len(gone) >= MANY and len(gone) * 2 > answered and not believe:
        return 0, StopError(
            f"{source.name}: {len(gone)} of {answered} posts are said to be gone, and none was destroyed: look whether "
            f"the platform or our permission is at fault; `sidak refresh {source.name} --believe` carries it out"
        )
    try:
        forget(house, gone, reason="deleted_at_source")
    except RetryError as exc:  # the index is down: they were not noted as checked, the next run asks again
        return 0, failure or exc
    return len(gone), failure


def _purge_over_age(house: House, source: Source, *, unreached: bool) -> int:
    """Destroy what the terms allow to be kept no longer; what this run only did not come to has a day more."""
    terms = source.terms
    ids: dict[str, None] = {}
    if terms.retention_days is not None:
        cutoff = house.clock() - timedelta(days=terms.retention_days)
        ids.update(dict.fromkeys(house.catalog.first_kept(source.name, up_to=_last_segment(house, source, cutoff))))
    if terms.purge_unrefreshed_days is not None:
        cutoff = house.clock() - timedelta(days=terms.purge_unrefreshed_days + unreached)
        if house.catalog.born_at() <= cutoff.timestamp():  # else the notes of what was checked are lost
            ids.update(dict.fromkeys(_unchecked_since(house, source, cutoff)))
    forget_all(house, list(ids), reason="purged")
    return len(ids)


def _count_overdue(house: House, source: Source) -> int:
    deadline = deadline_of(source.terms)
    return len(_unchecked_since(house, source, house.clock() - deadline)) if deadline is not None else 0


def _unchecked_since(house: House, source: Source, cutoff: datetime) -> list[str]:
    last = _last_segment(house, source, cutoff)
    due = house.catalog.due(source.name, up_to=last, checked_before=cutoff.timestamp(), limit=-1)
    return [id for id, _ in due]


def _last_segment(house: House, source: Source, cutoff: datetime) -> int:
    """Return the number of the last segment of posts committed until then, 0 where there is none."""
    segments = house.archive.stream(f"{POSTS}/{source.name}").segments()
    index = bisect.bisect_right([entry.committed_at for entry in segments], cutoff)
    return segments[index - 1].sequence if index else 0


def _outcome(failure: SidakError | None) -> RefreshOutcome:
    if failure is None:
        return "ok"
    poison = isinstance(failure, QuarantineError) and failure.reason == "poison"
    return "retry" if isinstance(failure, RetryError) or poison else "stopped"


def _note(house: House, summary: RefreshSummary, *, started_at: datetime) -> None:
    names = ("due", "unchanged", "revised", "deleted", "unanswered", "purged", "overdue", "rejected")
    house.journal.write(
        Run(
            stage="refresh",
            source=summary.source,
            started_at=started_at,
            ended_at=house.clock(),
            outcome=summary.outcome,
            message=summary.message,
            counts={name: getattr(summary, name) for name in names},
        )
    )
