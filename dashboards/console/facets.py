"""The facets of a search: each value with the count that choosing it would give."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from dashboards.console.labels import FACET_TITLES, LANES, REVIEWS, facet_label
from dashboards.console.reader import Reader
from dashboards.console.search_form import SearchForm
from dashboards.console.times import render_date
from index.engine import FACETS, FacetName, FacetValue, Page, SearchQuery
from index.states import STATES
from nlp.taxonomy import kind_labels

SHOWN = 12
"""Values of an open-ended facet that are shown; the rest is reached by narrowing the search."""

_ORDERS: dict[FacetName, tuple[str, ...]] = {
    "kind": tuple(kind_labels()),
    "lane": tuple(LANES),
    "state": STATES,
    "review": tuple(REVIEWS),
}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked: the form, the search it became, and the incident that it means."""

    form: SearchForm
    query: SearchQuery
    incident: str | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a facet."""

    value: str
    label: str
    count: int | None
    chosen: bool


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """One facet with its values."""

    name: FacetName
    title: str
    choices: tuple[Choice, ...]


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One active filter, with the address of the search without it."""

    label: str
    address: str


def read_facets(
    reader: Reader, question: Question, page: Page, *, area_name: Callable[[str], str]
) -> tuple[Facet, ...]:
    """Return all facets; one with chosen values is counted without them, so that its other values can be added."""
    return tuple(
        _facet(name, question.form, _counts(reader, question, page, name), area_name=area_name) for name in FACETS
    )


def active_filters(form: SearchForm, *, area_name: Callable[[str], str]) -> tuple[Chip, ...]:
    """Return what narrows the search, each with the way to undo it."""
    chips = [
        Chip(
            label=f"{FACET_TITLES[name]}: {facet_label(name, value, _names(name, [value], area_name))}",
            address=form.without(name, value).address(),
        )
        for name in FACETS
        for value in form.selected(name)
    ]
    if form.since:
        chips.append(Chip(label=f"Dari {render_date(form.since)}", address=form.without("since").address()))
    if form.until:
        chips.append(Chip(label=f"Sampai {render_date(form.until)}", address=form.without("until").address()))
    if form.incident:
        chips.append(
            Chip(label=f"Kejadian yang sama dengan {form.incident}", address=form.without("incident").address())
        )
    if form.like:
        chips.append(Chip(label=f"Serupa dengan {form.like}", address=form.without("like").address()))
    return tuple(chips)


def _counts(reader: Reader, question: Question, page: Page, name: FacetName) -> tuple[FacetValue, ...]:
    if (
        not question.form.selected(name) or name == "area"
    ):  # areas lie inside each other: choosing one shows what is in it
        return page.facets.get(name, ())
    filters = question.form.without(name).filters(incident=question.incident)
    wider = reader.search(msgspec.structs.replace(
        question.query, filters=filters, limit=1, cursor=None, facets=(name,), sort="newest"
    ))  # fmt: skip
    return wider.facets.get(name, ())


def _facet(
    name: FacetName, form: SearchForm, counts: tuple[FacetValue, ...], *, area_name: Callable[[str], str]
) -> Facet:
    found = {each.value: each.count for each in counts}
    chosen = form.selected(name)
    values = [value for value in _ORDERS[name] if value in found] if name in _ORDERS else list(found)[:SHOWN]
    values += [value for value in chosen if value not in values]
    names = _names(name, values, area_name)
    choices = tuple(
        Choice(
            value=value,
            label=facet_label(name, value, names),
            # A chosen area may be wider than the level that was counted; then its count is not known here.
            count=found.get(value, None if name == "area" else 0),
            chosen=value in chosen,
        )
        for value in values
    )
    return Facet(name=name, title=FACET_TITLES[name], choices=choices)


def _names(name: str, values: list[str], area_name: Callable[[str], str]) -> dict[str, str]:
    return {value: area_name(value) for value in values} if name == "area" else {}
