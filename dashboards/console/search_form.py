"""The search as the address states it: read, turned into the engine's filters, and written back into links."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams

from dashboards.console.errors import BadRequestError
from dashboards.console.labels import LANES, REVIEWS, SORTS, WORDS
from dashboards.console.params import AREA, NAME, Params
from dashboards.console.times import day_after, day_start
from index.engine import FacetName, Filters, Sort
from index.states import LABELS
from nlp.taxonomy import categories, kind_labels
from sidak.models import AreaLevel

PAGE_SIZE = 20
_KEPT_PAGES = 8
"""Cursors of earlier pages that an address carries, for the way back."""
_FIRST = "-"
"""Stands for the first page, which has no cursor."""
_LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")


class SearchForm(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a search page depends on; the names are those of the address."""

    q: str = ""
    kind: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    lane: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    incident: str = ""
    """A report whose incident is wanted. Never the incident's own id: that can be computed from the id of its
    first report, and would tell of one that is restricted."""
    like: str = ""
    """A report that similar ones are wanted for; they come in the order of likeness."""
    words: str = ""
    """Whether all words must be there, some of them, or (empty) whatever finds something."""
    sort: Sort = "urgent"
    cursor: str = ""
    back: tuple[str, ...] = ()
    page: int = 1

    def filters(self, *, incident: str | None) -> Filters:
        """Return the engine's filters, with the id of the wanted incident; the last day counts whole."""
        return Filters(
            kinds=self.kind,
            categories=self.category,
            areas=self.area,
            sources=self.source,
            lanes=self.lane,
            states=self.state,
            review=self.review[0] == "true" if len(self.review) == 1 else None,
            since=day_start(self.since) if self.since else None,
            until=day_start(day_after(self.until)) if self.until else None,
            incident=incident,
        )

    def selected(self, facet: FacetName) -> tuple[str, ...]:
        """Return the chosen values of a facet."""
        return cast("tuple[str, ...]", getattr(self, facet))

    def without(self, facet: str, value: str | None = None) -> SearchForm:
        """Return the search without one value of a filter (or without the filter), from its first page."""
        left: Any = msgspec.structs.asdict(SearchForm())[facet]
        if value is not None:
            left = tuple(each for each in getattr(self, facet) if each != value)
        return self.replace(**{facet: left})

    def replace(self, **changes: object) -> SearchForm:
        """Return the search with changes, from its first page."""
        return msgspec.structs.replace(self, **({"cursor": "", "back": (), "page": 1} | changes))

    def next_page(self, cursor: str) -> SearchForm:
        """Return the search at the page after this one."""
        back = (*self.back, self.cursor or _FIRST)[-_KEPT_PAGES:]
        return self.replace(cursor=cursor, back=back, page=self.page + 1)

    def previous_page(self) -> SearchForm | None:
        """Return the search at the page before this one, or None where the address no longer knows it."""
        if not self.back:
            return None
        cursor = "" if self.back[-1] == _FIRST else self.back[-1]
        return self.replace(cursor=cursor, back=self.back[:-1], page=max(1, self.page - 1))

    def pairs(self) -> list[tuple[str, str]]:
        """Return the names and values of this search's address."""
        pairs: list[tuple[str, str]] = []
        for name, value in msgspec.structs.asdict(self).items():
            if value != _DEFAULTS[name]:
                pairs += [(name, str(each)) for each in (value if isinstance(value, tuple) else (value,))]
        return pairs

    def address(self) -> str:
        """Return the address of this search."""
        pairs = self.pairs()
        return "/?" + urlencode(pairs, errors="replace") if pairs else "/"

    def area_facet_level(self) -> AreaLevel:
        """Return the level to break areas down to: one below the widest chosen area."""
        depths = [area.count(".") + 1 for area in self.area]
        return _LEVELS[min([*depths, 3])] if depths else "kabkota"


_DEFAULTS = msgspec.structs.asdict(SearchForm())


def read_search_form(given: QueryParams) -> SearchForm:
    """Return the search that an address states; raises BadRequestError naming the parameter that is wrong."""
    params = Params(given, known=_DEFAULTS)
    form = SearchForm(
        q=params.one("q") or "",
        kind=params.choices("kind", kind_labels()),
        category=params.choices("category", categories()),
        area=params.matching("area", AREA, "33.25"),
        source=params.matching("source", NAME, "reddit"),
        lane=params.choices("lane", LANES),
        state=params.choices("state", LABELS),
        review=params.choices("review", REVIEWS),
        since=params.day("since"),
        until=params.day("until"),
        incident=params.one("incident", max_length=300) or "",
        like=params.one("like", max_length=600) or "",
        words=params.choice("words", WORDS, ""),
        sort=cast("Sort", params.choice("sort", SORTS, "urgent")),
        cursor=params.one("cursor", max_length=4_000) or "",
        back=params.many("back", max_length=4_000, max_values=_KEPT_PAGES),
        page=params.number("page", default=1, largest=100_000),
    )
    if form.since and form.until and form.since > form.until:
        raise BadRequestError("Tanggal “dari” harus sebelum tanggal “sampai”.")
    if form.like:
        form = msgspec.structs.replace(form, sort="relevance")
    return form if form.cursor else form.replace()
