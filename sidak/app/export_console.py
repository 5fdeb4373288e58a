"""Downloads from the console: exports like any other, checked before anything is counted, packed with the manifest."""

from __future__ import annotations

import secrets
import zipfile
from pathlib import Path

from dashboards.console.errors import ExportRefusedError
from dashboards.console.export import MOST_ROWS, Exporter, Wanted
from index.engine import FacetName, SearchQuery
from index.export_spool import PRIVATE, discard_export
from sidak.app.export import export
from sidak.app.export_caps import Caps
from sidak.app.export_manifest import manifest_path
from sidak.app.export_question import Question
from sidak.app.house import House
from sidak.clock import Clock
from sidak.errors import RetryError
from sidak.settings import Settings

_BY_SOURCE: tuple[FacetName, ...] = ("source",)


def console_exporter(settings: Settings, *, clock: Clock) -> Exporter:
    """Return what the console calls; each download opens the home for itself, since many may run at once."""

    def write(wanted: Wanted) -> Path:
        house = House(settings, clock=clock)
        try:
            return _write(house, wanted)
        finally:
            house.close()

    return write


def _write(house: House, wanted: Wanted) -> Path:
    question = Question(
        query=wanted.query,
        filters=wanted.filters,
        role=wanted.role,
        include_restricted=wanted.include_restricted,
    )
    _check_amount(house, question.search_query())
    name = f"laporan-{house.clock():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.csv"
    out = house.settings.home / "exports" / "console" / name
    try:
        export(house, question, out=out, format="csv", by=wanted.username)
    except RetryError as exc:  # somebody else was faster at the cap
        discard_export(out)
        raise _capped(exc) from exc
    packed = out.with_suffix(".zip")
    packed.touch(mode=PRIVATE)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for each in (out, manifest_path(out)):
            file.write(each, each.name)
    out.unlink()
    return packed


def _check_amount(house: House, query: SearchQuery) -> None:
    """Refuse what is too much, before any of it is counted against a cap."""
    house.engine.setup()
    page = house.engine.search(
        SearchQuery(
            include_restricted=query.include_restricted,
            expression=query.expression,
            filters=query.filters,
            limit=1,
            facets=_BY_SOURCE,
        )
    )
    if page.total > MOST_ROWS:
        raise ExportRefusedError(
            f"Hasil pencarian ini {page.total} laporan; dari konsol paling banyak {MOST_ROWS}. Persempit pencarian,"
            " atau minta pengelola menjalankan sidak export."
        )
    refusal = Caps(house.settings.home / "budget.db", clock=house.clock).foresee(
        {facet.value: facet.count for facet in page.facets["source"]}
    )
    if refusal is not None:
        raise _capped(refusal)


def _capped(refusal: RetryError) -> ExportRefusedError:
    until = f" Batasnya terisi lagi pada {refusal.until:%Y-%m-%d %H:%M} UTC." if refusal.until else ""
    return ExportRefusedError(
        f"Batas ekspor platform untuk hari ini tidak cukup ({refusal}).{until} Tidak ada yang keluar."
    )
