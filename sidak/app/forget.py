"""Deletion that reaches everywhere: archive, reports, dead letters, index, caches; a tombstone stops re-entry.

The decision ledger keeps that a decision was made about an id (it must account for what officials did), never the post.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from sidak.app.enrich import REPORTS
from sidak.app.house import House
from sidak.archive import Stream
from sidak.catalog import DEAD_LETTERS, POSTS
from sidak.errors import UsageError
from sidak.manifest import Entry
from sidak.models import DeadLetter, Tombstone

Reason = Literal["deleted_at_source", "forgotten", "purged"]


class ForgetCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """How many copies were destroyed, by place."""

    ids: int = 0
    tombstones: int = 0
    post_revisions: int = 0
    reports: int = 0
    dead_letters: int = 0
    documents: int = 0


def forget(house: House, ids: Sequence[str], *, reason: Reason = "forgotten") -> ForgetCertificate:
    """Destroy every copy of these posts' content; harmless to repeat, and to go on with after a crash.

    Raises UsageError for an id that is not of the form `source:native_id`.
    """
    wanted = list(dict.fromkeys(ids))
    for id in wanted:
        if not all(id.partition(":")):
            raise UsageError(f"{id!r} is no post id; ids look like x:1234567890")
    with house.alone("enrich"), house.alone("publish"):
        house.engine.setup()
        tombstones = house.intake.entomb(wanted, reason=reason, at=house.clock())  # first: nothing comes back meanwhile
        house.catalog.follow_all()
        stones = {id: Tombstone(id=id, reason=reason, at=house.clock()) for id in wanted}
        posts = reports = 0
        for source, sequences in _affected(house, wanted).items():
            reports += _rewrite(house.archive.stream(f"{REPORTS}/{source}"), _reports_of(sequences), _eraser(stones))
            posts += _rewrite(house.archive.stream(f"{POSTS}/{source}"), _those(sequences), _eraser(stones))
        counts = ForgetCertificate(
            ids=len(wanted),
            tombstones=tombstones,
            post_revisions=posts,
            reports=reports,
            dead_letters=_rewrite(house.archive.stream(DEAD_LETTERS), _every, _letter_eraser(set(wanted))),
            documents=house.engine.delete(wanted),
        )
        house.engine.sweep()  # a killed rebuild may have left copies
        house.grouper.forget(wanted)
        house.engine.refresh()
        house.catalog.erase(wanted)  # last: what was broken off before is taken up again
        return counts


Eraser = Callable[[bytes], msgspec.Struct | None]
"""Returns what must stand in place of a record, or None where it stays."""
Chooser = Callable[[Entry], bool]
"""Says whether a segment is worth looking into."""


class _Id(msgspec.Struct):
    """Just enough of a record to know whose it is."""

    type: str
    id: str = ""
    source: str = ""
    native_id: str = ""
    post: _Id | None = None

    @property
    def owner(self) -> str:
        if self.post is not None:
            return self.post.owner
        return self.id or f"{self.source}:{self.native_id}"


def _affected(house: House, ids: Sequence[str]) -> dict[str, set[int]]:
    """Return which posts segments of which source hold these posts."""
    affected: dict[str, set[int]] = {}
    for id in ids:
        for location in house.catalog.locations(id):
            affected.setdefault(location.stream.removeprefix(f"{POSTS}/"), set()).add(location.sequence)
    return affected


def _eraser(stones: dict[str, Tombstone]) -> Eraser:
    def erase(record: bytes) -> Tombstone | None:
        seen = msgspec.json.decode(record, type=_Id)
        return None if seen.type == "tombstone" else stones.get(seen.owner)

    return erase


def _letter_eraser(ids: set[str]) -> Eraser:
    def erase(record: bytes) -> DeadLetter | None:
        letter = msgspec.json.decode(record, type=DeadLetter)
        mentioned = letter.where in ids or any(id.partition(":")[2] in letter.payload for id in ids)
        if not mentioned or letter.reason == "forgotten":
            return None
        return msgspec.structs.replace(letter, reason="forgotten", detail="", payload="")

    return erase


def _every(_: Entry) -> bool:
    return True


def _those(sequences: set[int]) -> Chooser:
    return lambda entry: entry.sequence in sequences


def _reports_of(sequences: set[int]) -> Chooser:
    return lambda entry: entry.meta.get("source_sequence") in sequences


def _rewrite(stream: Stream, chosen: Chooser, eraser: Eraser) -> int:
    """Put what the eraser returns in the place of records of the chosen segments; return how many those were."""
    if not stream.segments():
        return 0
    erased = 0
    with stream.exclusive():
        for entry in filter(chosen, stream.segments()):
            records = stream.read(entry)
            replaced = [eraser(record) for record in records]
            hits = sum(new is not None for new in replaced)
            if hits:
                pairs = zip(records, replaced, strict=True)
                stream.rewrite(entry.sequence, [old if new is None else msgspec.json.encode(new) for old, new in pairs])
                erased += hits
    return erased
