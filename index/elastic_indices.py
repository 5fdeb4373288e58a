"""Names and aliases: readers and writers know aliases only, so that what is behind them can grow and be swapped.

PREFIX-reports           read    ──▶ PREFIX-reports-v3-000001-000001, -000002 …     open reports, in parts
PREFIX-reports-write     write   ──▶ the newest of these parts
PREFIX-restricted        read    ──▶ PREFIX-restricted-v3-000001-000001 …           berkadar pengawasan
PREFIX-restricted-write  write   ──▶ the newest of these parts
PREFIX-homes             both    ──▶ PREFIX-homes-v3-000001     in which part each id lives (`elastic_homes.py`), and
                                                                which report segments these indices hold whole

The two numbers are generation and part. A rebuild fills generation 2 behind aliases that end in `-next`, then moves all
aliases in one request. Indices that no alias stands for are what an abandoned rebuild has left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, NotFoundError, RequestError

from index.elastic_templates import HOMES, MAPPING_VERSION, index_templates, report_template
from sidak.errors import StopError, UsageError

_KINDS = ("homes", "restricted", "reports")
"""In the order of creation: the open reports' alias says that a generation is complete."""
_TOLD_ONCE = "resource_already_exists_exception"


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """When a part is full and the next one is begun: whichever comes first."""

    documents: int = 20_000_000
    size: str = "30gb"


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One generation at one moment, by the names of its indices."""

    reports: str
    restricted: str
    homes: str

    def part(self, *, restricted: bool) -> str:
        """Return the part that takes new documents of a lane."""
        return self.restricted if restricted else self.reports


class _Meta(msgspec.Struct, frozen=True):
    sidak_mapping: int = 0


class _Mappings(msgspec.Struct, frozen=True, rename={"meta": "_meta"}):
    meta: _Meta = _Meta()


class _Index(msgspec.Struct, frozen=True):
    mappings: _Mappings


class _Aliased(msgspec.Struct, frozen=True):
    aliases: dict[str, Any]


class _Acknowledged(msgspec.Struct, frozen=True):
    acknowledged: bool


class _RolledOver(msgspec.Struct, frozen=True):
    rolled_over: bool
    old_index: str
    new_index: str


class Indices:
    """The indices of one deployment, all under one prefix."""

    def __init__(self, client: Elasticsearch, *, prefix: str, suffix: str = "", growth: Growth | None = None) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", prefix):
            raise UsageError(f"SIDAK_ELASTICSEARCH__PREFIX: {prefix!r} must be lower-case letters, digits, - or _")
        self._client = client
        self._prefix = prefix
        self._growth = growth or Growth()
        self.read = f"{prefix}-reports{suffix}"
        self.restricted = f"{prefix}-restricted{suffix}"
        self.write = f"{prefix}-reports-write{suffix}"
        self.restricted_write = f"{prefix}-restricted-write{suffix}"
        self.homes = f"{prefix}-homes{suffix}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every alias that stands for a part of the generation in use."""
        return (self.read, self.write, self.restricted, self.restricted_write, self.homes)

    def scope(self, *, include_restricted: bool) -> str:
        """Return what a search reads: the open reports, or both lanes."""
        return f"{self.read},{self.restricted}" if include_restricted else self.read

    def is_restricted(self, name: str) -> bool:
        """Whether an index is one of the restricted lane."""
        return name.startswith(f"{self._prefix}-restricted-v")

    def layout(self) -> Layout:
        """Return the indices in use now; raises StopError where there are none yet."""
        layout = self.layout_or_none()
        if layout is None:
            raise StopError(f"{self.read}: the index does not exist yet; `sidak publish` or `sidak reindex` makes it")
        return layout

    def layout_or_none(self) -> Layout | None:
        """Return the indices in use now, None where a generation is missing or not complete."""
        behind = self._behind(self.read, self.write, self.restricted_write, self.homes)
        if not all(behind.values()):
            return None
        newest = {alias: max(names) for alias, names in behind.items()}
        return Layout(reports=newest[self.write], restricted=newest[self.restricted_write], homes=newest[self.homes])

    def is_current(self) -> bool:
        """Whether there is a whole generation with this version's mapping: what a killed rebuild left can be used."""
        layout = self.layout_or_none()
        return layout is not None and f"-v{MAPPING_VERSION}-" in layout.homes

    def ensure(self) -> bool:
        """Create what is missing, tell whether that was all; raises StopError where there is another mapping."""
        current = max(self._behind(self.read)[self.read], default=None)
        if current is None:
            self.create(1)
            return True
        answer = self._client.indices.get_mapping(index=current)
        version = msgspec.convert(answer.body, dict[str, _Index])[current].mappings.meta.sidak_mapping
        if version != MAPPING_VERSION:
            raise StopError(
                f"{current}: has the mapping of another version of sidak ({version}, expected {MAPPING_VERSION});"
                " rebuild it with `sidak reindex`"
            )
        if self.layout_or_none() is None:
            self.create(_generation(current))
        return False

    def create(self, generation: int) -> None:
        """Create the empty indices of a generation behind the aliases; those that are there stay as they are."""
        for name, body in index_templates(self._prefix):
            msgspec.convert(self._client.indices.put_index_template(name=name, **body).body, _Acknowledged)
        report = report_template()
        self._create(self._name("homes", generation), HOMES, (self.homes,))
        self._create(self._name("restricted", generation, 1), report, (self.restricted, self.restricted_write))
        self._create(self._name("reports", generation, 1), report, (self.read, self.write))

    def next_generation(self) -> int:
        """Return a number that no index has; the first one is left to `ensure`, which may come in between."""
        return max(map(_generation, self._every()), default=1) + 1

    def grow(self) -> tuple[str, ...]:
        """Begin the next part of each lane whose newest one is full; return the parts that take no new ids now."""
        rested = []
        layout = self.layout()
        for restricted, alias, read in (
            (False, self.write, self.read), (True, self.restricted_write, self.restricted),
        ):  # fmt: skip
            full = self._roll_over(layout.part(restricted=restricted), alias=alias, read=read)
            rested += [full] if full else []
        return tuple(rested)

    def take_over(self, fresh: Indices) -> None:
        """Let these aliases stand for what is behind the fresh ones, all in one step."""
        before, after = self._behind(*self.aliases), self._behind(*fresh.aliases)
        actions: list[dict[str, Any]] = []
        for own, other in zip(self.aliases, fresh.aliases, strict=True):
            actions += [{"remove": {"index": name, "alias": own}} for name in before[own]]
            for name in after[other]:
                actions += [{"remove": {"index": name, "alias": other}}, {"add": {"index": name, "alias": own}}]
        msgspec.convert(self._client.indices.update_aliases(actions=actions).body, _Acknowledged)

    def sweep(self) -> None:
        """Remove the indices that none of these aliases stands for."""
        used = {name for names in self._behind(*self.aliases).values() for name in names}
        for name in self._every():
            if name not in used:
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def _roll_over(self, part: str, *, alias: str, read: str) -> str | None:
        body = report_template()
        stem, _, number = part.rpartition("-")
        try:
            answer = self._client.indices.rollover(
                alias=alias,
                new_index=f"{stem}-{int(number) + 1:06}",
                conditions={"max_docs": self._growth.documents, "max_primary_shard_size": self._growth.size},
                aliases={read: {}},
                settings=body["settings"],
                mappings=body["mappings"],
            )
        except RequestError as exc:
            if exc.error != _TOLD_ONCE:  # another process was faster
                raise
            return None
        rolled = msgspec.convert(answer.body, _RolledOver)
        return rolled.old_index if rolled.rolled_over else None

    def _every(self) -> list[str]:
        """Return the indices of this prefix, whatever stands for them."""
        kinds = (*_KINDS, "marks")  # the last one is of mapping version 1
        patterns = [f"{self._prefix}-{kind}-v*" for kind in kinds]
        answer = self._client.indices.get(index=patterns, expand_wildcards="all", filter_path="*.aliases")
        ours = re.compile(rf"{re.escape(self._prefix)}-(?:{'|'.join(kinds)})-v[0-9]+(?:-[0-9]{{6,}}){{1,2}}")
        return sorted(name for name in msgspec.convert(answer.body, dict[str, Any]) if ours.fullmatch(name))

    def _behind(self, *aliases: str) -> Mapping[str, list[str]]:
        """Return which indices stand behind each alias, as of one moment."""
        try:
            found = self._client.indices.get_alias(name=list(aliases)).body
            if not found:
                raise msgspec.ValidationError("no alias, and no error either")
        except NotFoundError as exc:  # some are missing; the answer names those that are not
            found = exc.body
        indices = {
            name: msgspec.convert(entry, _Aliased)
            for name, entry in msgspec.convert(found, dict[str, Any]).items()
            if name not in {"error", "status"}
        }
        return {alias: sorted(name for name, entry in indices.items() if alias in entry.aliases) for alias in aliases}

    def _create(self, name: str, template: Mapping[str, Any], aliases: tuple[str, ...]) -> None:
        try:
            answer = self._client.indices.create(index=name, **template, aliases={alias: {} for alias in aliases})
            msgspec.convert(answer.body, _Acknowledged)
        except RequestError as exc:
            if exc.error != _TOLD_ONCE:  # another process was faster
                raise

    def _name(self, kind: str, generation: int, part: int | None = None) -> str:
        name = f"{self._prefix}-{kind}-v{MAPPING_VERSION}-{generation:06}"
        return name if part is None else f"{name}-{part:06}"


def _generation(name: str) -> int:
    found = re.search(r"-v[0-9]+-([0-9]{6,})(?:-[0-9]{6,})?$", name)
    return int(found[1]) if found else 0
