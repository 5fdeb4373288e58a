"""What tests of rebuilds and restores do with a deployment and look at."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from index.engine import FACETS, SearchQuery
from index.triage import change_state
from sidak.app.house import House


def visible(house: House) -> tuple[object, ...]:
    """Return all that a user can see of an index."""
    page = house.engine.search(SearchQuery(include_restricted=True, limit=100, facets=FACETS))
    documents = hashlib.sha256(msgspec.json.encode(sorted(page.hits, key=lambda hit: hit.id))).hexdigest()
    return documents, page.total, page.facets, set(house.engine.ids())


def decide(house: House, report_id: str, *, at: datetime) -> None:
    """Take a report up for verification."""
    change_state(
        house.ledger, house.engine, report_id, to_state="verifikasi", expected_state="diterima", actor="ratna",
        note="", at=at, include_restricted=True,
    )  # fmt: skip
