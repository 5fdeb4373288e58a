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
LOOKED_AT = 200
ALWAYS = 10
"""So many good passes in a row with something make one without anything odd."""
_STRETCH = re.compile(r"between (\S+) and (\S+?)[;,]?(?:\s|$)")
IN_INDONESIAN = {
    QUIET: "mendadak sepi: tidak ada unggahan, padahal biasanya selalu ada",
    PAYLOAD: "bentuk data platform berubah",
    PAGE: "platform menjawab dengan halaman web (mungkin halaman masuk)",
    LOST: "ada rentang waktu yang tidak dapat diminta lagi",
}


def find_signals(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the signals of a source's runs, the newest of which comes first."""
    if not runs:
        return ()
    newest = runs[0]
    found: list[str] = []
    if is_quiet(runs):
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


def is_quiet(runs: Sequence[Run]) -> bool:
    """Whether the newest good passes brought nothing, and all before them always something."""
    good = _walks(runs)
    empty = next((index for index, run in enumerate(good) if run.counts.get("fetched", 0)), len(good))
    return empty > 0 and was_never_empty(good[empty:])


def was_never_empty(runs: Sequence[Run]) -> bool:
    """Whether the newest good passes brought something each time, and there are enough to say so."""
    good = _walks(runs)[:ALWAYS]
    return len(good) == ALWAYS and all(run.counts.get("fetched", 0) for run in good)


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
