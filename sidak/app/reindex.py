"""Archive and ledger to a new index, while the present one goes on answering; the same steps as publishing.

Incidents keep their ids, since the grouping remembers where each report belongs (`cache/incidents.db`). Where that file
was deleted the same reports group themselves again as they are published, and an incident may get another id.
"""

from __future__ import annotations

from index.triage import replay_decisions
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.app.publish import PublishSummary, finish_publishing, publish_segments


def reindex(house: House, *, on_progress: OnProgress = silent) -> PublishSummary:
    """Rebuild the index beside the present one and put it in its place; killed midway, nothing has changed.

    Publishing and forgetting wait until it is done; searching and deciding do not. The present index is not read, so it
    may be missing, damaged, or of another version.
    """
    with house.alone("publish"):
        started_at = house.clock()
        decided = house.ledger.head().sequence
        with house.engine.rebuilding() as fresh:
            summary = publish_segments(house, fresh, label="reindex", on_progress=on_progress)
            replay_decisions(house.ledger, fresh, since=decided)
        # Once more: a decision of the last moment may have been written into the index that is gone now.
        return finish_publishing(house, summary, stage="reindex", replay_from=decided, started_at=started_at)
