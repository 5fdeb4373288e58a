"""What only a full Elasticsearch has, used where it is there: lifecycle management and scheduled snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, Elasticsearch

_ABSENT = frozenset({400, 403, 404, 405})
"""No such module, or no right to it: then sidak does without."""

RESTED = {"phases": {"warm": {"min_age": "7d", "actions": {"forcemerge": {"max_num_segments": 1}}}}}
"""A part that takes no new ids is hardly written to any more: merged, it needs less room and answers faster."""
SCHEDULE = "0 30 18 * * ?"
"""01:30 in Jakarta; the archive and the ledger need backups of their own, the index could be rebuilt."""


class Features:
    """Asks one server for what it can do beyond the core."""

    def __init__(self, client: Elasticsearch, *, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def rest(self, part: str) -> None:
        """Give a part that is full into the care of lifecycle management."""
        policy = f"{self._prefix}-rested"
        with _where_present():
            self._client.ilm.put_lifecycle(name=policy, policy=RESTED)
            self._client.indices.put_settings(
                index=part, settings={"index.lifecycle.name": policy, "index.lifecycle.indexing_complete": True}
            )

    def schedule_snapshots(self) -> None:
        """Schedule a nightly snapshot where the server has a repository that is named like the prefix."""
        with _where_present():
            self._client.snapshot.get_repository(name=self._prefix)
            self._client.slm.put_lifecycle(
                policy_id=f"{self._prefix}-nightly",
                name=f"<{self._prefix}-{{now/d}}>",
                repository=self._prefix,
                schedule=SCHEDULE,
                config={"indices": [f"{self._prefix}-*"], "include_global_state": False},
                retention={"expire_after": "30d", "min_count": 5, "max_count": 50},
            )


@contextmanager
def _where_present() -> Iterator[None]:
    try:
        yield
    except ApiError as exc:
        if exc.meta.status not in _ABSENT:
            raise
