"""The pipeline's health for the console: sources, archive, loss ledger, dead letters, index."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from dashboards.console.health import Count, Health, HealthReader, LossSums, SourceHealth
from sidak.app.audit import Balance, balance_posts, dead_letters
from sidak.app.house import House
from sidak.app.signals import translate_signals
from sidak.app.sources import SourceRow, source_overview
from sidak.catalog import POSTS
from sidak.errors import RetryError

FRESH = timedelta(seconds=60)
"""The loss ledger reads every report; nobody needs it newer than this."""

STATES = {
    "ready": "",
    "not_cleared": "belum ada izin yang dinyatakan untuk semua lajur",
    "no_credentials": "kunci akses belum dipasang",
    "import": "diserahkan sebagai berkas",
    "receive": "",
    "unavailable": "syarat platform tidak mengizinkan",
}
"""What inspectors read; `sidak sources` tells operators more."""

STREAMS = {"reports": "hasil baca", "deadletters": "perlu ditangani", "tombstones": "dihapus"}


def health_reader(house: House) -> HealthReader:
    """Return what the health page asks; an answer is kept for a minute."""
    kept: list[Health] = []

    def read() -> Health:
        if not kept or house.clock() - kept[0].as_of > FRESH:
            kept[:] = [read_health(house)]
        return kept[0]

    return read


def read_health(house: House) -> Health:
    """Read the pipeline's state now."""
    balance: Balance | None = None
    index_count: int | None = None
    # Where the index is down, the rest of the page is all the more wanted.
    with suppress(RetryError):
        balance = balance_posts(house)
        index_count = house.engine.count()
    letters = Counter(f"{letter.stage}: {letter.reason}" for letter in dead_letters(house))
    return Health(
        as_of=house.clock(),
        pipeline_version=_model_version(),
        sources=tuple(_source(row) for row in source_overview(house)),
        archive=tuple(_archive_counts(house)),
        loss=_sums(balance) if balance else None,
        filtered=_counts(balance.filtered) if balance else (),
        dead_letters=_counts(dict(sorted(letters.items()))),
        index_count=index_count,
        index_name=house.engine.name,
    )


def _model_version() -> str:
    from nlp.model import version

    return version()


def _source(row: SourceRow) -> SourceHealth:
    return SourceHealth(
        source=row.source,
        lane=", ".join(row.lanes) or None,
        available=row.state in ("ready", "import", "receive"),
        why="; ".join(filter(None, (STATES.get(row.state, row.state), *translate_signals(row.signals)))),
        last_success_at=row.last_success,
        posts=row.posts,
        gap_minutes=row.gap_minutes,
        quota_left=row.left,
    )


def _archive_counts(house: House) -> list[Count]:
    names = [name for name in house.archive.names(".") if not name.startswith(POSTS)]
    return [
        Count(name=_stream_label(name), count=sum(entry.records for entry in house.archive.stream(name).segments()))
        for name in names
    ]


def _stream_label(name: str) -> str:
    kind, _, source = name.partition("/")
    label = STREAMS.get(kind, kind)
    return f"{label}: {source}" if source else label


def _sums(balance: Balance) -> LossSums:
    return LossSums(
        collected=balance.collected,
        indexed=balance.indexed,
        filtered=sum(balance.filtered.values()),
        dead_lettered=balance.dead_lettered,
        deleted=balance.deleted,
        waiting=balance.waiting,
    )


def _counts(counts: dict[str, int]) -> tuple[Count, ...]:
    return tuple(Count(name=name, count=count) for name, count in counts.items())
