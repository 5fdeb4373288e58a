"""The wall: everything a person sees of the index comes through here, with the rights of their role.

Views hold a Reader and never the engine, so that no page can forget to say who is asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from dashboards.console.errors import IndexDownError, NotFoundError
from index.derived import TIMEZONE
from index.document import Document
from index.engine import (
    Engine,
    FacetName,
    Filters,
    Interval,
    Page,
    SearchQuery,
    Similar,
    Sort,
    Split,
    TermCount,
    Trends,
    TrendsQuery,
)
from index.query_language import Expression
from sidak.errors import RetryError
from sidak.models import AreaLevel


class Reader:
    """The index as one person may see it."""

    def __init__(self, engine: Engine, *, include_restricted: bool) -> None:
        self._engine = engine
        self._include_restricted = include_restricted

    def get(self, id: str) -> Document:
        """Return one report; raises NotFoundError where there is none for this person, IndexDownError."""
        with index_errors():
            document = self._engine.get(id, include_restricted=self._include_restricted)
        if document is None:
            raise NotFoundError("Laporan ini tidak ditemukan.")
        return document

    def query(
        self,
        *,
        expression: Expression | None = None,
        filters: Filters = Filters(),  # noqa: B008 - a frozen value
        similar: Similar | None = None,
        sort: Sort = "urgent",
        limit: int = 20,
        cursor: str | None = None,
        facets: tuple[FacetName, ...] = (),
        area_facet_level: AreaLevel = "kabkota",
    ) -> SearchQuery:
        """Return a search with the rights of this person filled in."""
        return SearchQuery(
            include_restricted=self._include_restricted,
            expression=expression,
            filters=filters,
            similar=similar,
            sort=sort,
            limit=limit,
            cursor=cursor,
            facets=facets,
            area_facet_level=area_facet_level,
        )

    def search(self, query: SearchQuery) -> Page:
        """Return one page of what this person may see; raises UsageError for a wrong cursor, IndexDownError."""
        with index_errors():
            return self._engine.search(msgspec.structs.replace(query, include_restricted=self._include_restricted))

    def similar_terms(self, term: str) -> tuple[TermCount, ...]:
        """Return words spelt like this one in what this person may see; raises IndexDownError."""
        with index_errors():
            return self._engine.similar_terms(term, include_restricted=self._include_restricted)

    def trends(
        self, *, splits: tuple[Split, ...], interval: Interval, filters: Filters, area_level: AreaLevel = "kabkota"
    ) -> Trends:
        """Return counts over time of what this person may see; raises IndexDownError."""
        query = TrendsQuery(
            include_restricted=self._include_restricted,
            splits=splits,
            interval=interval,
            filters=filters,
            timezone=TIMEZONE,
            area_level=area_level,
        )
        with index_errors():
            return self._engine.trends(query)


@contextmanager
def index_errors() -> Iterator[None]:
    """Tell the index's trouble from the database's."""
    try:
        yield
    except RetryError as exc:
        raise IndexDownError(str(exc), until=exc.until) from exc
