"""Names, aliases and the mapping: readers and writers know aliases only, so that what is behind them can be swapped.

PREFIX-reports        read    ─┐
PREFIX-reports-write  write   ─┴▶ PREFIX-reports-v1-000001
PREFIX-marks          both    ──▶ PREFIX-marks-v1-000001      which report segments that index holds whole

A rebuild fills PREFIX-reports-v1-000002 and its marks behind aliases that end in `-next`, then moves the first three in
one request. Indices that no alias stands for are what a killed rebuild has left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, NotFoundError, RequestError

from sidak.errors import StopError, UsageError

MAPPING_VERSION = 1
"""Stands in the mapping's `_meta` and in the index names; grows with every change of templates/reports.json."""

_MARKS: Mapping[str, Any] = {
    "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
    "mappings": {"dynamic": "strict", "properties": {"segment": {"type": "keyword"}}},
}


class _Meta(msgspec.Struct, frozen=True):
    sidak_mapping: int = 0


class _Mappings(msgspec.Struct, frozen=True, rename={"meta": "_meta"}):
    meta: _Meta = _Meta()


class _Index(msgspec.Struct, frozen=True):
    mappings: _Mappings


class _Acknowledged(msgspec.Struct, frozen=True):
    acknowledged: bool


class Indices:
    """The indices of one deployment, all under one prefix."""

    def __init__(self, client: Elasticsearch, *, prefix: str, suffix: str = "") -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", prefix):
            raise UsageError(f"SIDAK_ELASTICSEARCH__PREFIX: {prefix!r} must be lower-case letters, digits, - or _")
        self._client = client
        self._names = (f"{prefix}-reports", f"{prefix}-marks")
        self.read = f"{prefix}-reports{suffix}"
        self.write = f"{prefix}-reports-write{suffix}"
        self.marks = f"{prefix}-marks{suffix}"

    def ensure(self) -> None:
        """Create what is missing; raises StopError where the index has another version's mapping."""
        current = self._behind(self.read)
        if current is None:
            self.create(1)
            return
        answer = self._client.indices.get_mapping(index=current)
        version = msgspec.convert(answer.body, dict[str, _Index])[current].mappings.meta.sidak_mapping
        if version != MAPPING_VERSION:
            raise StopError(
                f"{current}: has the mapping of another version of sidak ({version}, expected {MAPPING_VERSION});"
                " rebuild it with `sidak reindex`"
            )
        if self._behind(self.marks) is None:
            self._create(self._name(self._names[1], _number(current)), _MARKS, (self.marks,))

    def create(self, number: int) -> None:
        """Create empty indices of this number behind the aliases."""
        self._create(self._name(self._names[0], number), report_template(), (self.read, self.write))
        self._create(self._name(self._names[1], number), _MARKS, (self.marks,))

    def next_number(self) -> int:
        """Return a number that no index has; the first one is left to `ensure`, which may come in between."""
        return max(map(_number, self._every()), default=1) + 1

    def take_over(self, fresh: Indices) -> None:
        """Let these aliases stand for what is behind the fresh ones, all in one step."""
        actions: list[dict[str, Any]] = []
        for own, other in ((self.read, fresh.read), (self.write, fresh.write), (self.marks, fresh.marks)):
            actions += [{"remove": {"index": name, "alias": own}} for name in self._all_behind(own)]
            for name in self._all_behind(other):
                actions += [{"remove": {"index": name, "alias": other}}, {"add": {"index": name, "alias": own}}]
        msgspec.convert(self._client.indices.update_aliases(actions=actions).body, _Acknowledged)

    def sweep(self) -> None:
        """Remove the indices that none of these aliases stands for."""
        used = {name for alias in (self.read, self.write, self.marks) for name in self._all_behind(alias)}
        for name in self._every():
            if name not in used:
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def _every(self) -> list[str]:
        """Return the indices of this prefix, whatever stands for them."""
        patterns = [f"{name}-v*" for name in self._names]
        answer = self._client.indices.get(index=patterns, expand_wildcards="all", filter_path="*.aliases")
        ours = re.compile("|".join(rf"{re.escape(name)}-v[0-9]+-[0-9]{{6,}}" for name in self._names))
        return sorted(name for name in msgspec.convert(answer.body, dict[str, Any]) if ours.fullmatch(name))

    def _all_behind(self, alias: str) -> list[str]:
        try:
            answer = self._client.indices.get_alias(name=alias)
        except NotFoundError:
            return []
        return sorted(msgspec.convert(answer.body, dict[str, Any]))

    def _behind(self, alias: str) -> str | None:
        return max(self._all_behind(alias), default=None)

    def _create(self, name: str, template: Mapping[str, Any], aliases: tuple[str, ...]) -> None:
        try:
            answer = self._client.indices.create(index=name, **template, aliases={alias: {} for alias in aliases})
            msgspec.convert(answer.body, _Acknowledged)
        except RequestError as exc:
            if exc.error != "resource_already_exists_exception":  # another process was faster
                raise

    def _name(self, alias: str, number: int) -> str:
        return f"{alias}-v{MAPPING_VERSION}-{number:06}"


def report_template() -> dict[str, Any]:
    """Return settings and mappings of a report index."""
    text = files("index").joinpath("templates/reports.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, Any])


def _number(name: str) -> int:
    last = name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0
