"""The end of a source, or of what grew too old: every copy is destroyed, and a certificate counts them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sidak.app.forget import (
    ForgetCertificate,
    Reason,
    add_certificates,
    delete_set_aside,
    erase_letters,
    forget,
)
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.catalog import POSTS
from sidak.journal import Run

AT_ONCE = 2000
"""Posts a step: an interrupted purge has done what it has done, and goes on with the rest."""


class PurgeCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was destroyed of a source, and that nothing is left."""

    source: str
    at: str
    counts: ForgetCertificate
    left: int
    """Posts of the source whose content is still in the archive: 0, or the purge was interrupted."""


def purge_source(house: House, source: str, *, on_progress: OnProgress = silent) -> PurgeCertificate:
    """Destroy everything of a source; harmless to repeat. Raises UsageError for a source that does not exist."""
    from collectors.registry import find_source

    find_source(source)
    started_at = house.clock()
    house.catalog.follow_all()
    counts = forget_all(house, house.catalog.ids_of(source), reason="purged", on_progress=on_progress)
    letters = erase_letters(house, lambda letter: _source_of(letter.id) == source or _source_of(letter.where) == source)
    counts = add_certificates(
        counts, ForgetCertificate(dead_letters=letters, set_aside=delete_set_aside(house, {source}))
    )
    house.catalog.follow(f"{POSTS}/{source}")
    certificate = PurgeCertificate(
        source=source, at=house.clock().isoformat(), counts=counts, left=len(house.catalog.ids_of(source))
    )
    house.journal.write(
        Run(
            stage="purge",
            source=source,
            started_at=started_at,
            ended_at=house.clock(),
            outcome="ok",
            counts=msgspec.structs.asdict(counts),
        )
    )
    return certificate


def _source_of(name: str) -> str:
    return name.partition(":")[0]


def forget_all(
    house: House, ids: Sequence[str], *, reason: Reason, on_progress: OnProgress = silent
) -> ForgetCertificate:
    """Forget many posts, some at a time."""
    counts = ForgetCertificate()
    for start in range(0, len(ids), AT_ONCE):
        counts = add_certificates(counts, forget(house, ids[start : start + AT_ONCE], reason=reason))
        on_progress("purge", min(start + AT_ONCE, len(ids)), len(ids))
    return counts
