"""Assigns each report to an incident, one at a time, and remembers it.

The answer depends on the reports seen before and on nothing else: the same reports in the same order give the same
incidents, and a report that comes again gets its first answer.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from nlp.incidents.rules import Rules, load_rules
from nlp.incidents.similarity import conflicting, copy_score, similarity
from nlp.incidents.store import Anchor, IncidentLinkage, IncidentPlace, IncidentStore
from nlp.incidents.traits import Traits, traits_of_report
from sidak.models import Report

MAX_NAMES = 64
"""Names that an incident remembers; more would be no one place."""


class Grouper:
    """Incidents in one SQLite file, or in a temporary one where no path is given."""

    def __init__(self, path: Path | None = None, *, rules: Rules | None = None) -> None:
        self._rules = rules or load_rules()
        self._store = IncidentStore(path, rules=self._rules)

    def assign(self, report: Report) -> IncidentLinkage:
        """Return the incident that a report belongs to; raises StopError where the file cannot be written."""
        with self._store.transaction():
            return self._store.linkage(report.id) or self._assign(traits_of_report(report))

    def assign_traits(self, traits: Traits) -> IncidentLinkage:
        """Return the incident of a report given by what grouping compares."""
        with self._store.transaction():
            return self._store.linkage(traits.report_id) or self._assign(traits)

    def forget(self, report_ids: Iterable[str]) -> None:
        """Remove all trace of reports; the incidents of others keep their ids."""
        with self._store.transaction():
            self._store.remove(list(report_ids))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _assign(self, traits: Traits) -> IncidentLinkage:
        neighbours = self._store.neighbours(traits)
        linkage = self._decide(traits, neighbours)
        self._store.add_member(traits.report_id, linkage)
        self._store.set_place(linkage.incident_id, _joined(self._store.place(linkage.incident_id), traits))
        if not self._is_covered(traits, neighbours, linkage):
            self._store.add_anchor(traits, linkage)
        return linkage

    def _decide(self, traits: Traits, neighbours: Sequence[Anchor]) -> IncidentLinkage:
        best: str | None = None
        highest = 0.0
        for anchor in neighbours:  # oldest first, so that of equals the first incident wins
            score = self._score(traits, anchor)
            if score is None or score < self._rules.suggest or score <= highest:
                continue
            if not conflicting(traits, self._store.place(anchor.incident_id)):
                best, highest = anchor.incident_id, score
        if best is None:
            return IncidentLinkage(incident_id=incident_id_of(traits.report_id), link="new", similarity=0.0)
        return IncidentLinkage(
            incident_id=best,
            link="confirmed" if highest >= self._rules.confirm else "suggested",
            similarity=math.floor(highest * 1000) / 1000,  # never rounded up to a threshold that was not met
        )

    def _score(self, traits: Traits, anchor: Anchor) -> float | None:
        """Compare with one member; what is itself only suggested draws nothing but its own copies, as suggestions."""
        score = similarity(traits, anchor.traits, rules=self._rules)
        if anchor.link != "suggested" or score is None:
            return score
        copied = copy_score(traits, anchor.traits, rules=self._rules)
        return None if copied is None else min(copied, math.nextafter(self._rules.confirm, 0))

    def _is_covered(self, traits: Traits, neighbours: Sequence[Anchor], linkage: IncidentLinkage) -> bool:
        """Whether a recent member with the same text, place and category already draws all that this one would."""
        quarter = self._rules.window_seconds(traits.category) / 4
        return any(
            anchor.incident_id == linkage.incident_id
            and (anchor.traits.text, anchor.traits.area, anchor.traits.category)
            == (traits.text, traits.area, traits.category)
            and abs((anchor.traits.at or 0.0) - (traits.at or 0.0)) <= quarter
            for anchor in neighbours
        )


def incident_id_of(report_id: str) -> str:
    """Return the id of the incident that a report founds; it tells nothing about the report."""
    return "k_" + hashlib.sha256(f"incident|{report_id}".encode("utf-8", "replace")).hexdigest()[:16]


def _joined(place: IncidentPlace, traits: Traits) -> IncidentPlace:
    """Add a member's place: the smaller of two areas, one of which lies in the other, and all names."""
    areas = [area for area in (place.area, traits.area) if area]
    return IncidentPlace(
        area=max(areas, key=len, default=None),
        roads=frozenset(sorted(place.roads | traits.roads)[:MAX_NAMES]),
        landmarks=frozenset(sorted(place.landmarks | traits.landmarks)[:MAX_NAMES]),
    )
