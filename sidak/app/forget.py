"""Deletion that reaches everywhere: archive, reports, dead letters, index, exports, caches; a tombstone stops re-entry.

The decision ledger keeps that a decision was made about an id (it must account for what officials did), never the post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from sidak.app.enrich import REPORTS
from sidak.app.export_register import registered_files
from sidak.app.house import House
from sidak.archive import Stream
from sidak.catalog import DEAD_LETTERS, POSTS
from sidak.errors import UsageError
from sidak.manifest import Entry
from sidak.models import DeadLetter, Tombstone

_WORDS = re.compile(r"[\w.:-]+")
_ID_BYTES = re.compile(rb"[a-z][a-z0-9_]*:[\w.:/-]+")
_PACKED = frozenset({".xlsx", ".zip", ".gz", ".zst"})

Reason = Literal["deleted_at_source", "forgotten", "purged"]


class ForgetCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """How many copies were destroyed, by place."""

    ids: int = 0
    tombstones: int = 0
    post_revisions: int = 0
    reports: int = 0
    dead_letters: int = 0
    documents: int = 0
    exports: int = 0
    """Files below `exports/` that named one of the posts: they are deleted whole, and can be made again."""
    set_aside: int = 0
    """Files that a crash had left in the archive's quarantine."""


def add_certificates(left: ForgetCertificate, right: ForgetCertificate) -> ForgetCertificate:
    """Return the sums of two certificates."""
    names = ForgetCertificate.__struct_fields__
    return ForgetCertificate(**{name: getattr(left, name) + getattr(right, name) for name in names})


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
        for source, sequences in affected_segments(house, wanted).items():
            reports += _rewrite(house.archive.stream(f"{REPORTS}/{source}"), _reports_of(sequences), _eraser(stones))
            posts += _rewrite(house.archive.stream(f"{POSTS}/{source}"), _those(sequences), _eraser(stones))
        counts = ForgetCertificate(
            ids=len(wanted),
            tombstones=tombstones,
            post_revisions=posts,
            reports=reports,
            dead_letters=erase_letters(house, _mentions(wanted)),
            documents=house.engine.delete(wanted),
            exports=delete_exports(house, wanted),
            set_aside=delete_set_aside(house, {id.partition(":")[0] for id in wanted}),
        )
        house.grouper.forget(wanted)
        house.engine.refresh()
        house.catalog.erase(wanted)  # last: what was broken off before is taken up again
        return counts


def explain_strangers(house: House, ids: Sequence[str]) -> list[str]:
    """Return a sentence for each id that no stored post ever had, naming the one that is perhaps meant."""
    house.catalog.follow_all()
    sources = [name.removeprefix(f"{POSTS}/") for name in house.archive.names(POSTS)]
    found = []
    for id in dict.fromkeys(ids):
        if house.catalog.locations(id):
            continue
        meant = [f"{source}:{id}" for source in sources if house.catalog.locations(f"{source}:{id}")]
        hint = f"; perhaps {' or '.join(meant)} is meant" if meant else ""
        found.append(f"{id}: no stored post has this id{hint}; the tombstone stays, so that none ever will")
    return found


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


def affected_segments(house: House, ids: Sequence[str]) -> dict[str, set[int]]:
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


def erase_letters(house: House, concerned: Callable[[DeadLetter], bool], *, reason: str = "forgotten") -> int:
    """Empty the dead letters that are concerned and give them a reason; return how many those were."""

    def erase(record: bytes) -> DeadLetter | None:
        letter = msgspec.json.decode(record, type=DeadLetter)
        if letter.reason in {"forgotten", reason} or not concerned(letter):
            return None
        return msgspec.structs.replace(letter, reason=reason, detail="", payload="")

    return _rewrite(house.archive.stream(DEAD_LETTERS), _every, erase)


def _mentions(ids: Sequence[str]) -> Callable[[DeadLetter], bool]:
    """Return whether a letter is of one of these posts, or of an item of the same source that names it as its own."""
    wanted = set(ids)
    names: dict[str, set[str]] = {}
    for id in ids:
        source, _, native = id.partition(":")
        own = native[2:] if native[1:2] == ":" else native  # kinds of our own stand before some: `c:17900…`
        names.setdefault(source, set()).update((native, own))

    def concerned(letter: DeadLetter) -> bool:
        if letter.where in wanted:
            return True
        named = names.get(letter.id.partition(":")[0])
        return named is not None and not named.isdisjoint(_WORDS.findall(letter.payload))

    return concerned


def delete_exports(house: House, ids: Sequence[str]) -> int:
    """Delete the export files that name one of these posts, wherever `sidak export` has written them."""
    wanted = {id.encode() for id in ids}
    home = house.settings.home
    candidates = {*(home / "exports").rglob("*"), *registered_files(home)}
    found = [path for path in candidates if path.is_file() and _names(path, wanted)]
    for path in found:
        path.unlink()
    return len(found)


def _names(path: Path, ids: set[bytes]) -> bool:
    if path.suffix == ".parquet":
        from index.export_files import parquet_names

        return parquet_names(path, {id.decode() for id in ids})
    content = path.read_bytes()
    if path.suffix in _PACKED:  # what cannot be looked into might hold anything
        return True
    return not ids.isdisjoint(_ID_BYTES.findall(content))


def delete_set_aside(house: House, sources: set[str]) -> int:
    """Delete what crashes left of these sources in the quarantine: segments that never counted, full of posts."""
    folders = [
        house.archive.root / "quarantine" / kind / source for source in sorted(sources) for kind in (POSTS, REPORTS)
    ]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for path in found:
        path.unlink()
    return len(found)


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
