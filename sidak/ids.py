"""Deterministic identities: pseudonyms, content fingerprints and document versions.

The same input always gives the same id, so that doing anything twice changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from sidak.models import Post

REVISION_BITS = 10
DECISION_BITS = 14
ORDINAL_BITS = 38
"""Ordinal, report revision and decision count fill 62 bits: an Elasticsearch version is a positive int64."""


class Pseudonymizer:
    """Turns a platform's account id into a keyed pseudonym that cannot be joined across sources or deployments."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the pseudonym key needs at least 16 bytes")
        self._key = key

    def __call__(self, source: str, account_id: str | None) -> str | None:
        """Return the pseudonym of an account, or None where the source names no account (HMAC-SHA256, 96 bits)."""
        if not account_id:
            return None
        digest = hmac.digest(self._key, f"{source}\0{account_id}".encode("utf-8", "surrogatepass"), "sha256")
        return "a_" + digest.hex()[:24]


def fingerprint(post: Post) -> str:
    """Return a hash of what a reader would notice, and of the platform's own edit marks; engagement does not count.

    With the edit marks an edit that is taken back is a new revision, while a file imported again is not.
    """
    seen = (
        post.text,
        post.title,
        post.state,
        None if post.created_at == post.collected_at else post.created_at,  # an unknown date is no change
        post.url,
        post.place_hint,
        post.lane,
        post.edited_at,
        post.revision,
    )
    return hashlib.sha256(msgspec.json.encode(seen)).hexdigest()[:32]


def document_version(*, ordinal: int, revision: int, decisions: int) -> int:
    """Return the external version of an index document: the newest post wins, then the newest reading, then triage.

    Raises ValueError where a part does not fit its bits.
    """
    for value, bits, name in (
        (ordinal, ORDINAL_BITS, "ordinal"),
        (revision, REVISION_BITS, "revision"),
        (decisions, DECISION_BITS, "decisions"),
    ):
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name}={value} does not fit {bits} bits")
    return (ordinal << (REVISION_BITS + DECISION_BITS)) | (revision << DECISION_BITS) | decisions


def split_version(version: int) -> tuple[int, int, int]:
    """Return ordinal, revision and decisions of a document version: the inverse of `document_version`."""
    decisions = version & ((1 << DECISION_BITS) - 1)
    revision = version >> DECISION_BITS & ((1 << REVISION_BITS) - 1)
    return version >> (REVISION_BITS + DECISION_BITS), revision, decisions
