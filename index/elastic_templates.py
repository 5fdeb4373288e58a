"""Mappings and index templates: what every index of sidak looks like, and that none is made by accident.

Composable templates stand behind every name of ours, so that an index that anybody else makes under such a name (a
lifecycle policy, a restored snapshot) is strict too, and a write to a name that is gone makes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import msgspec

MAPPING_VERSION = 3
"""Stands in the mapping's `_meta` and in the index names; grows with every change of templates/reports.json."""

PRIORITY = 300
"""Above Elasticsearch's own templates (100 to 200)."""


def report_template() -> dict[str, Any]:
    """Return settings and mappings of an index of reports, open or restricted."""
    text = files("index").joinpath("templates/reports.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, Any])


# Twenty segments a tier instead of ten: up to a million reports each is then rewritten about once by merging.
HOMES: Mapping[str, Any] = {
    "settings": report_template()["settings"],
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "version": {"type": "long", "index": False, "doc_values": False},
            "home": {"type": "keyword", "index": False, "doc_values": False},
            "leaving": {"type": "keyword", "doc_values": False},
            "segment": {"type": "keyword"},
        },
    },
}


def index_templates(prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the composable templates of a deployment, by name."""
    for name, kinds, body in (
        (f"{prefix}-reports", ("reports", "restricted"), report_template()),
        (f"{prefix}-homes", ("homes",), HOMES),
    ):
        yield (
            name,
            {
                "index_patterns": [f"{prefix}-{kind}-v{MAPPING_VERSION}-*" for kind in kinds],
                "priority": PRIORITY,
                "version": MAPPING_VERSION,
                "allow_auto_create": False,
                "template": {"settings": body["settings"], "mappings": body["mappings"]},
                "meta": {"managed_by": "sidak"},
            },
        )
