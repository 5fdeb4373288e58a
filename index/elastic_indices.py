"""Names, aliases and the mapping: readers and writers know aliases only, so that what is behind them can be swapped.

PREFIX-reports        read    ─┐
PREFIX-reports-write  write   ─┴▶ PREFIX-reports-v1-000001
PREFIX-marks          both    ──▶ PREFIX-marks-v1-000001      which report segments that index holds whole
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

    def __init__(self, client: Elasticsearch, *, prefix: str) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", prefix):
            raise UsageError(f"SIDAK_ELASTICSEARCH__PREFIX: {prefix!r} must be lower-case letters, digits, - or _")
        self._client = client
        self.read = f"{prefix}-reports"
        self.write = f"{prefix}-reports-write"
        self.marks = f"{prefix}-marks"

    def ensure(self) -> None:
        """Create what is missing; raises StopError where the index has another version's mapping."""
        current = self._behind(self.read)
        if current is None:
            self._create(self._name(self.read, 1), report_template(), (self.read, self.write))
            self._create(self._name(self.marks, 1), _MARKS, (self.marks,))
            return
        answer = self._client.indices.get_mapping(index=current)
        version = msgspec.convert(answer.body, dict[str, _Index])[current].mappings.meta.sidak_mapping
        if version != MAPPING_VERSION:
            raise StopError(
                f"{current}: has the mapping of another version of sidak ({version}, expected {MAPPING_VERSION});"
                " rebuild it with `sidak reindex`"
            )
        if self._behind(self.marks) is None:
            self._create(self._name(self.marks, _number(current)), _MARKS, (self.marks,))

    def replace(self) -> None:
        """Put empty indices behind the aliases and remove the old ones, in one step."""
        old = [name for name in (self._behind(self.read), self._behind(self.marks)) if name is not None]
        if not old:
            self.ensure()
            return
        number = max(map(_number, old)) + 1
        reports, marks = self._name(self.read, number), self._name(self.marks, number)
        self._create(reports, report_template(), ())
        self._create(marks, _MARKS, ())
        added = ((reports, self.read), (reports, self.write), (marks, self.marks))
        answer = self._client.indices.update_aliases(
            actions=[
                *({"add": {"index": index, "alias": alias}} for index, alias in added),
                *({"remove_index": {"index": index}} for index in old),
            ]
        )
        msgspec.convert(answer.body, _Acknowledged)

    def _behind(self, alias: str) -> str | None:
        try:
            answer = self._client.indices.get_alias(name=alias)
        except NotFoundError:
            return None
        return max(msgspec.convert(answer.body, dict[str, Any]), default=None)

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
