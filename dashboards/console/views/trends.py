"""The trend page: counts by kind, category and area over time."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.console.charts import BarChart, draw_bars, draw_lines, fill_period
from dashboards.console.context import Console, CurrentViewer, console_of
from dashboards.console.health import Health
from dashboards.console.labels import category_label
from dashboards.console.search_form import SearchForm
from dashboards.console.times import local_day
from dashboards.console.trend_form import INTERVALS, PERIODS, TrendForm, read_trend_form
from index.engine import Series, SeriesField, Split, Trends
from nlp.taxonomy import kind_labels
from sidak.errors import SidakError

SPLITS = (Split(by="kind", top=len(kind_labels())), Split(by="category"), Split(by="area"))

router = APIRouter()


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One small chart, with the search that lists what it counts."""

    label: str
    total: int
    chart: BarChart
    series: Series
    address: str


@router.get("/tren")
def show_trends(request: Request, viewer: CurrentViewer) -> Response:
    """Show the trends that an address asks for."""
    console = console_of(request)
    form = read_trend_form(request.query_params, today=local_day(console.clock()))
    found = viewer.reader.trends(
        splits=SPLITS, interval=form.interval, filters=form.filters(), area_level=form.area_level()
    )
    kinds = _lines(found, form, "kind")
    return console.renderer.page(
        "trends.html",
        viewer=viewer,
        form=form,
        found=found,
        kinds=kinds,
        kind_chart=draw_lines(kinds, width=1160, height=240),
        narrow_chart=draw_lines(kinds, width=360, height=220),
        kind_labels=kind_labels(),
        parts=_parts(console, found, form),
        area_choices=_area_choices(console, form, [each.value for each in found.by["area"].values]),
        periods=PERIODS,
        intervals=INTERVALS,
        health=_coverage(console),
    )


def _parts(console: Console, found: Trends, form: TrendForm) -> list[tuple[str, list[Panel]]]:
    """Return the two groups of small charts: by category and by area."""
    search = SearchForm(
        kind=form.kind, area=(form.area,) if form.area else (), since=form.since, until=form.until, sort="newest"
    )
    return [
        (
            "Menurut kategori",
            _panels(_lines(found, form, "category"), category_label, lambda name: search.replace(category=(name,))),
        ),
        (
            "Menurut wilayah",
            _panels(_lines(found, form, "area"), console.area_name, lambda code: search.replace(area=(code,))),
        ),
    ]


def _lines(found: Trends, form: TrendForm, by: SeriesField) -> tuple[Series, ...]:
    return fill_period(found.by[by].series, since=form.since, until=form.until, interval=form.interval)


def _panels(
    series: tuple[Series, ...], label: Callable[[str], str], search: Callable[[str], SearchForm]
) -> list[Panel]:
    return [
        Panel(
            label=label(each.value),
            total=each.total,
            chart=draw_bars(each),
            series=each,
            address=search(each.value).address(),
        )
        for each in series
    ]


def _area_choices(console: Console, form: TrendForm, found: list[str]) -> list[tuple[str, str]]:
    """Return the areas to choose from: those with reports, the chosen one, and those around it."""
    parts = form.area.split(".") if form.area else []
    around = [".".join(parts[: depth + 1]) for depth in range(len(parts))]
    return [(code, console.area_name(code)) for code in dict.fromkeys([*around, *sorted(found)])]


def _coverage(console: Console) -> Health | None:
    """Return the pipeline's state, or None: figures without a statement of coverage say that it is missing."""
    try:
        return console.health()
    except SidakError:
        return None
