"""What the runs of a source say that its counts do not: each oddity has its own signal.

quiet: nothing came, and something always did · payload: fields that nobody here knows · page: a web page came instead
of data, as from a changed sign-in · lost: stretches of time that can no longer be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from collectors.transport import WEB_PAGE
from sidak.journal import Run

QUIET, PAYLOAD, PAGE, LOST = "quiet: ", "payload: ", "page: ", "lost: "
QUIET_WHY = "nothing came, and something always did; look whether the platform still finds our questions"
FIELD, GAP = "field: ", "gap: "
LOOK_BACK = timedelta(days=7)
ALWAYS = 10
"""So many good passes in a row with something make one without anything odd."""
DAY, DAYS = timedelta(days=1), 6
"""And so many days, each with something, make a day without anything odd, where single passes are often empty."""
_STRETCH = re.compile(r"between (\S+) and (\S+?)[;,]?(?:\s|$)")
IN_INDONESIAN = {
    QUIET: "mendadak sepi: tidak ada unggahan, padahal biasanya selalu ada",
    PAYLOAD: "bentuk data platform berubah",
    PAGE: "platform menjawab dengan halaman web (mungkin halaman masuk)",
    LOST: "ada rentang waktu yang tidak dapat diminta lagi",
}


def find_signals(runs: Sequence[Run], *, now: datetime) -> tuple[str, ...]:
    """Return the signals of a source's runs of the last seven days, the newest of which comes first."""
    if not runs:
        return ()
    newest = runs[0]
    found: list[str] = []
    if is_quiet(runs, now=now):
        found.append(f"{QUIET}{QUIET_WHY}")
    telling = next((run for run in runs if run.counts.get("fetched", 0)), newest)
    fields = [note.removeprefix(FIELD) for note in telling.notes if note.startswith(FIELD)]
    if fields:
        found.append(f"{PAYLOAD}fields that nobody here knows: {', '.join(fields)}")
    if WEB_PAGE in newest.message or any(WEB_PAGE in note for note in newest.notes):
        found.append(f"{PAGE}{WEB_PAGE}")
    lost = dict.fromkeys(note.removeprefix(GAP) for run in runs for note in run.notes if note.startswith(GAP))
    return (*found, *(f"{LOST}{gap}" for gap in lost))


def translate_signals(signals: Sequence[str]) -> tuple[str, ...]:
    """Return what inspectors read of signals, each kind once."""
    return tuple(text for kind, text in IN_INDONESIAN.items() if any(signal.startswith(kind) for signal in signals))


def is_quiet(runs: Sequence[Run], *, now: datetime) -> bool:
    """Whether the newest good passes, or those of a day, brought nothing where there was always something."""
    good = _walks(runs)
    empty = next((index for index, run in enumerate(good) if run.counts.get("fetched", 0)), len(good))
    before = good[empty : empty + ALWAYS]
    return empty > 0 and (
        (len(before) == ALWAYS and all(run.counts.get("fetched", 0) for run in before)) or _is_quiet_day(good, now=now)
    )


def _is_quiet_day(good: Sequence[Run], *, now: datetime) -> bool:
    days = {(now - run.ended_at) // DAY for run in good}
    speaking = {(now - run.ended_at) // DAY for run in good if run.counts.get("fetched", 0)}
    return 0 in days and 0 not in speaking and speaking.issuperset(range(1, DAYS + 1))


def lost_minutes(runs: Sequence[Run], *, since: datetime, now: datetime) -> int:
    """Return the minutes since a moment that were told as lost; stretches that overlap count once."""
    told = {match.groups() for run in runs for note in run.notes if (match := _read_gap(note))}
    stretches = sorted(
        (max(first, since), min(last, now)) for one in told if (first := _moment(one[0])) and (last := _moment(one[1]))
    )
    total, reached = timedelta(), since
    for first, last in stretches:
        total += max(last - max(first, reached), timedelta())
        reached = max(reached, last)
    return int(total.total_seconds() // 60)


def _walks(runs: Sequence[Run]) -> list[Run]:
    """The passes that went on from where the last one ended, and went well."""
    return [run for run in runs if run.outcome == "ok" and run.since is None and run.until is None]


def _read_gap(note: str) -> re.Match[str] | None:
    return _STRETCH.search(note) if note.startswith(GAP) else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
