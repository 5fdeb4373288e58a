"""The one protocol that every search engine implements; the console and the DAGs know nothing else.

Restricted documents (berkadar pengawasan) are invisible to search, facets, series and `get` unless the caller's
`include_restricted` is true: there is no way to ask without saying so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from index.derived import TIMEZONE
from index.document import Document
from index.query_language import Expression

MAX_PAGE = 100
MAX_DEPTH = 10_000
"""Nobody pages deeper than this; ask with filters, or export."""

MAX_FACET_VALUES = 1_000
"""A facet names its largest values; more than this no person reads."""

MOST_COUNTED = 1_000
"""Of a word's reports no more are counted, where the number is only compared."""

Sort = Literal["relevance", "newest", "urgent"]
Interval = Literal["day", "week", "month"]
FacetName = Literal["kind", "category", "area", "source", "lane", "state", "review"]
FACETS: tuple[FacetName, ...] = ("kind", "category", "area", "source", "lane", "state", "review")
SeriesField = Literal["category", "kind", "area", "source", "state"]


class _Value(msgspec.Struct, frozen=True):
    pass


class Filters(_Value, frozen=True, kw_only=True):
    """Narrow a search: values of one filter are alternatives, filters are combined."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    """Area codes; each stands for itself and everything inside it."""
    sources: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    review: bool | None = None
    """True: only those that the pipeline left to a person; False: only those it decided."""
    since: datetime | None = None
    """Posted at or after."""
    until: datetime | None = None
    """Posted before."""
    incident: str | None = None

    def one_of(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the plain fields that are narrowed, each with the values it may have; areas nest and are not plain."""
        fields = (
            ("kind", self.kinds),
            ("category", self.categories),
            ("source", self.sources),
            ("lane", self.lanes),
            ("state", self.states),
        )
        return tuple((field, values) for field, values in fields if values)


class Similar(_Value, frozen=True, kw_only=True):
    """The report that others are sought for: it is no hit itself; what they share with it ranks them."""

    id: str
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class SearchQuery(_Value, frozen=True, kw_only=True):
    """One page of a search."""

    include_restricted: bool
    expression: Expression | None = None
    filters: Filters = Filters()
    similar: Similar | None = None
    sort: Sort = "urgent"
    limit: int = 20
    cursor: str | None = None
    """`Page.next_cursor` of the page before; opaque, and bound to the same query."""
    facets: tuple[FacetName, ...] = ()
    area_facet_level: Literal["provinsi", "kabkota", "kecamatan", "kelurahan"] = "kabkota"


class FacetValue(_Value, frozen=True, kw_only=True):
    """How many of the hits have this value."""

    value: str
    count: int


class Page(_Value, frozen=True, kw_only=True):
    """Hits in order, the number of all hits, facets over all hits, and as of when this is true."""

    hits: tuple[Document, ...]
    total: int
    as_of: datetime
    facets: Mapping[str, tuple[FacetValue, ...]] = {}
    next_cursor: str | None = None


class Split(_Value, frozen=True, kw_only=True):
    """The `top` largest values of a field, each as a line over time."""

    by: SeriesField
    top: int = 8


class TrendsQuery(_Value, frozen=True, kw_only=True):
    """Counts over time (by posting time, in `timezone`), split by one field or by several, each by itself.

    Posts dated later than tomorrow, and those before the newest 1,100 intervals, are not counted.
    """

    include_restricted: bool
    splits: tuple[Split, ...]
    interval: Interval = "day"
    expression: Expression | None = None
    filters: Filters = Filters()
    timezone: str = TIMEZONE
    area_level: Literal["provinsi", "kabkota", "kecamatan", "kelurahan"] = "kabkota"


class SeriesPoint(_Value, frozen=True, kw_only=True):
    """The count of one interval that starts on this local date."""

    start: str
    count: int


class Series(_Value, frozen=True, kw_only=True):
    """One line of a chart: all intervals between the first and the last, zeros included."""

    value: str
    total: int
    points: tuple[SeriesPoint, ...]


class Trend(_Value, frozen=True, kw_only=True):
    """One field: how many posts have each value, the largest first, and its largest values over time."""

    values: tuple[FacetValue, ...] = ()
    series: tuple[Series, ...] = ()


class Trends(_Value, frozen=True, kw_only=True):
    """How many posts there are in all, what they are by each field, and as of when this is true."""

    total: int
    as_of: datetime
    by: Mapping[SeriesField, Trend]


class TermCount(_Value, frozen=True, kw_only=True):
    """A word of the index (a stem), and in how many visible reports it stands, MOST_COUNTED at most."""

    term: str
    count: int


class Rejected(_Value, frozen=True, kw_only=True):
    """A document that the engine refused, with its own words."""

    id: str
    reason: str


class WriteOutcome(_Value, frozen=True, kw_only=True):
    """What became of each document of one write: written + stale + rejected = given."""

    written: int = 0
    stale: int = 0
    """The engine already holds this version or a newer one."""
    rejected: tuple[Rejected, ...] = ()


class Engine(Protocol):
    """A search engine. Errors: RetryError (busy, down), StopError (wrong password, damaged); never a library's own."""

    name: str

    def setup(self) -> None:
        """Create what is missing; harmless to repeat."""

    def write(self, documents: Sequence[Document]) -> WriteOutcome:
        """Store documents by id, each only if its version is newer than the stored one."""

    def delete(self, ids: Sequence[str]) -> int:
        """Remove documents for good, from what a rebuild is filling too; return how many were there.

        An engine may take the removed version, and the one after it, for stale. A later post or reading of the same id
        is far beyond both.
        """

    def get(self, id: str, *, include_restricted: bool) -> Document | None:
        """Return one document, or None."""

    def search(self, query: SearchQuery) -> Page:
        """Return one page; a page asked for again with its cursor never repeats nor skips a document that stayed."""

    def trends(self, query: TrendsQuery) -> Trends:
        """Return all that a page of trends shows; what is written meanwhile may be in one of its figures only."""

    def scan(self, query: SearchQuery, *, after: str, limit: int) -> tuple[Document, ...]:
        """Return up to `limit` hits in the order of their ids, beginning after an id ("" for the first): for exports.

        Unlike pages it has no depth, and it can go on after any time. The query's sort, limit, cursor and facets do
        not count. Fewer than `limit` hits mean that these were the last.
        """

    def similar_terms(self, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
        """Return a few words spelt like this one, itself included, that reports which the caller may see hold."""

    def ids(self) -> Iterable[str]:
        """Yield the id of every document, restricted ones too (for the audit)."""

    def count(self) -> int:
        """Return the number of documents, restricted ones too."""

    def published_segments(self) -> frozenset[str]:
        """Return the report segments that this index already holds whole."""

    def mark_published(self, segment: str) -> None:
        """Remember a report segment as held; called only after its documents were written."""

    def refresh(self) -> None:
        """Make everything written visible to search."""

    def rebuilding(self, *, resume: bool = False) -> AbstractContextManager[Engine]:
        """Give a fresh, empty engine that is written beside this one; one caller at a time, in all processes.

        This one answers and is written as before meanwhile, and what is deleted in it leaves the fresh one too. At a
        clean end the fresh one takes its place at once, marks included, for every process and without a restart, and
        the old one is removed; after an exception the fresh one is. A killed rebuild changes nothing, and leaves what
        `sweep` removes. With `resume` the fresh one is what a killed or failed rebuild has left, marks included, and an
        exception leaves it for the next.
        """

    def sweep(self) -> None:
        """Remove what killed rebuilds left behind; call it only where no rebuild can be going on."""

    def clear(self) -> None:
        """Remove every document and mark: the index can be rebuilt from archive and ledger."""

    def close(self) -> None:
        """Give back connections."""
