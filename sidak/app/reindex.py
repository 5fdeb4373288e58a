"""Archive and ledger to a new index, while the present one is searched and written; the same steps as publishing.

The rebuild goes segment by segment, each a step under the lock of publishing, so that who publishes or forgets gets in
between. Killed or broken off it goes on where it was. The last step follows what was published meanwhile, compares the
new index with the present one and exchanges them; only this one makes publishing wait.

Incidents keep their ids, since the grouping remembers where each report belongs (`cache/incidents.db`). Where that file
was deleted the same reports group themselves again as they are published, and an incident may get another id.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

import msgspec

from index.comparison import Comparison, Fingerprint, compare_indices, fingerprint_index
from index.engine import Engine
from index.triage import replay_decisions, settle_triage
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.app.publish import (
    PublishSummary,
    add_summaries,
    finish_publishing,
    pending_segments,
    publish_segment,
    publish_segments,
)
from sidak.errors import RetryError, StopError

_LET_IN_SECONDS = 0.01
"""Between two steps: whoever waits for the lock gets it, instead of the next step."""


class ReindexSummary(PublishSummary, frozen=True, kw_only=True):
    """What a rebuild did in this run, and what proves that it is the index before."""

    resumed: int = 0
    """Segments that an earlier run, killed or broken off, had done already."""
    documents: int = 0
    digest: str = ""
    """Of all documents now in use (`index/comparison.py`)."""
    before: Fingerprint | None = None
    """Of the index that was replaced; None where it could not be read."""
    same: bool | None = None
    missing: int = 0
    extra: int = 0
    changed: int = 0
    examples: tuple[str, ...] = ()


def reindex(house: House, *, resume: bool = True, on_progress: OnProgress = silent) -> ReindexSummary:
    """Rebuild the index beside the present one and put it in its place; killed midway, nothing has changed.

    The present index may be missing, damaged, or of another version. With `resume` an earlier run that did not end is
    gone on with.
    """
    with house.alone("reindex"), ExitStack() as last_step:
        started_at = house.clock()
        head = house.ledger.head().sequence
        with house.engine.rebuilding(resume=resume) as fresh:
            done = len(fresh.published_segments())
            decided = 0 if done else head  # decisions since the earlier run began are not in what it wrote
            summary = _fill(house, fresh, on_progress)
            last_step.enter_context(house.alone("publish"))
            summary = add_summaries(summary, publish_segments(house, fresh, label="reindex", on_progress=silent))
            replay_decisions(house.ledger, fresh, since=decided)
            fresh.refresh()
            comparison = _compare(house, fresh, on_progress)
        # Once more: a decision of the last moment may have been written into the index that is gone now.
        summary = finish_publishing(house, summary, stage="reindex", replay_from=decided, started_at=started_at)
        return _summarize(summary, comparison, resumed=done)


def _fill(house: House, fresh: Engine, on_progress: OnProgress) -> PublishSummary:
    summary = PublishSummary()
    done = 0
    while True:
        with house.alone("publish"):
            house.catalog.follow_all()
            pending = list(pending_segments(house, fresh))
            if not pending:
                return summary
            stream, entry = pending[0]
            summary = add_summaries(summary, publish_segment(house, fresh, stream, entry))
        done += entry.records
        on_progress("reindex", done, done + sum(later.records for _, later in pending[1:]))
        time.sleep(_LET_IN_SECONDS)


def _compare(house: House, fresh: Engine, on_progress: OnProgress) -> Comparison | Fingerprint:
    """Return how present and fresh index compare, or the fresh one's fingerprint alone where there is no other."""
    total = fresh.count()

    def settle(id: str) -> None:
        for engine in (house.engine, fresh):
            settle_triage(house.ledger, engine, [id])

    try:
        house.engine.refresh()
        return compare_indices(
            house.engine,
            fresh,
            settle=settle,
            on_progress=lambda done: on_progress("compare", min(done, total), total),
        )
    except RetryError:
        raise
    except StopError:  # missing, damaged or of another version: that is why people rebuild
        return fingerprint_index(fresh)


def _summarize(summary: PublishSummary, found: Comparison | Fingerprint, *, resumed: int) -> ReindexSummary:
    counts = msgspec.structs.asdict(summary)
    if isinstance(found, Fingerprint):
        return ReindexSummary(**counts, resumed=resumed, documents=found.documents, digest=found.digest)
    return ReindexSummary(
        **counts,
        resumed=resumed,
        documents=found.after.documents,
        digest=found.after.digest,
        before=found.before,
        same=found.same,
        missing=found.missing,
        extra=found.extra,
        changed=found.changed,
        examples=found.examples,
    )
