"""The trend page as its address states it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import msgspec
from starlette.datastructures import QueryParams

from dashboards.console.errors import BadRequestError
from dashboards.console.params import AREA, Params
from dashboards.console.times import day_after, day_start
from index.engine import Filters, Interval
from nlp.taxonomy import kind_labels
from sidak.models import AreaLevel

PERIODS = {"7": "7 hari", "30": "30 hari", "90": "90 hari", "365": "1 tahun"}
INTERVALS = {"day": "Per hari", "week": "Per minggu"}
LONGEST_DAYS = 366
_LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")


class TrendForm(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a trend page depends on; `since` and `until` are days in WIB, both counted whole."""

    kind: tuple[str, ...]
    area: str
    interval: Interval
    period: str
    since: date
    until: date

    def filters(self) -> Filters:
        """Return the engine's filters."""
        return Filters(
            kinds=self.kind,
            areas=(self.area,) if self.area else (),
            since=day_start(self.since),
            until=day_start(day_after(self.until)),
        )

    def area_level(self) -> AreaLevel:
        """Return the level to split areas by: the one below the chosen area."""
        return _LEVELS[min(self.area.count(".") + 1, 3)] if self.area else "kabkota"


def read_trend_form(given: QueryParams, *, today: date) -> TrendForm:
    """Return the trend that an address asks for (30 days up to today by default); raises BadRequestError."""
    params = Params(given, known=("kind", "area", "interval", "period", "since", "until"))
    areas = params.matching("area", AREA, "33.25")
    if len(areas) > 1:
        raise BadRequestError("Pilih satu wilayah saja.")
    period = params.choice("period", PERIODS, "30")
    until = params.day("until") or today
    since = params.day("since") or until - timedelta(days=int(period) - 1)
    if since > until:
        raise BadRequestError("Tanggal “dari” harus sebelum tanggal “sampai”.")
    if (until - since).days >= LONGEST_DAYS:
        raise BadRequestError(f"Rentang waktu paling panjang {LONGEST_DAYS} hari.")
    return TrendForm(
        kind=params.choices("kind", kind_labels()),
        area=areas[0] if areas else "",
        interval=cast("Interval", params.choice("interval", INTERVALS, "day")),
        period=period,
        since=since,
        until=until,
    )
