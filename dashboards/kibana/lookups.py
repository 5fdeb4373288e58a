"""What the values of a field are called, from the stage that owns them: analysts read the console's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dashboards.console.labels import LANES, REVIEWS, SOURCES
from dashboards.kibana.specs import Lookup
from index.states import LABELS
from nlp.areas import all_areas, level_of
from nlp.taxonomy import categories, kind_labels
from sidak.models import AreaLevel


def lookup_labels(name: Lookup) -> dict[str, str]:
    """Return value and label, in a steady order."""
    return dict(sorted(_LOOKUPS[name]().items()))


def _categories() -> dict[str, str]:
    return {id: category.label for id, category in categories().items()}


def _areas(level: AreaLevel) -> dict[str, str]:
    return {code: name for code, name in all_areas() if level_of(code) == level}


_LOOKUPS: Mapping[Lookup, Callable[[], Mapping[str, str]]] = {
    "categories": _categories,
    "kinds": kind_labels,
    "states": lambda: {str(state): label for state, label in LABELS.items()},
    "sources": lambda: SOURCES,
    "lanes": lambda: LANES,
    "review": lambda: REVIEWS,
    "provinsi": lambda: _areas("provinsi"),
    "kabkota": lambda: _areas("kabkota"),
}
