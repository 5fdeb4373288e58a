"""What Google and Meta say in the body of a refusal: their statuses alone mislead (a used-up quota is a 403 or a 400).

Google: https://developers.google.com/youtube/v3/docs/errors · Meta: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec

VerdictKind = Literal["retry", "wait", "quota", "auth", "gone", "bad", "poison"]

GOOGLE_REASONS: dict[str, VerdictKind] = {
    "quotaExceeded": "quota", "dailyLimitExceeded": "quota",
    "rateLimitExceeded": "wait", "userRateLimitExceeded": "wait",
    "keyInvalid": "auth", "keyExpired": "auth", "accessNotConfigured": "auth", "forbidden": "auth",
    "commentsDisabled": "gone", "videoNotFound": "gone", "channelNotFound": "gone", "playlistNotFound": "gone",
    "commentThreadNotFound": "gone", "commentNotFound": "gone", "processingFailure": "retry", "backendError": "retry",
    "invalidPageToken": "bad",
}  # fmt: skip
GRAPH_CODES: dict[int, VerdictKind] = {
    1: "retry", 2: "retry",
    4: "wait", 17: "wait", 32: "wait", 341: "wait", 613: "wait",
    18: "quota",  # Instagram: 30 hashtags within seven days
    3: "auth", 10: "auth", 102: "auth", 190: "auth", 368: "auth",
    24: "gone", 803: "gone",
}  # fmt: skip
GRAPH_GONE = frozenset({33, 2207024})
"""Sub-codes of 100 and 24: the object is not there for us, the hashtag does not exist."""
REGAIN_HEADER = "x-business-use-case-usage"
USAGE_HEADERS = ("x-app-usage", "x-page-usage", REGAIN_HEADER)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict that a body gives, and the platform's stable word or number for it."""

    kind: VerdictKind
    word: str


def read_error_body(start: str) -> Said | None:
    """Return what a body says, None where it is of neither platform; no word of people's is passed on."""
    try:
        body = json.loads(start)
    except (ValueError, RecursionError):
        return None
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return None
    listed = error.get("errors")
    first = listed[0] if isinstance(listed, list) and listed else None
    reason = first.get("reason") if isinstance(first, dict) else None
    if isinstance(reason, str):
        kind = GOOGLE_REASONS.get(reason)
        return Said(kind=kind, word=reason) if kind else None
    code = error.get("code")
    if isinstance(code, int) and ("fbtrace_id" in error or error.get("type") == "OAuthException"):
        return _read_graph(code, error.get("error_subcode"))
    return None


def _read_graph(code: int, subcode: object) -> Said:
    word = f"code {code}" + (f", {subcode}" if isinstance(subcode, int) else "")
    if subcode in GRAPH_GONE:
        return Said(kind="gone", word=word)
    if 80000 <= code <= 80014:  # the rate limits of the business use cases
        return Said(kind="wait", word=word)
    if 200 <= code <= 299:  # permissions
        return Said(kind="auth", word=word)
    return Said(kind=GRAPH_CODES.get(code, "bad"), word=word)


def read_usage(headers: Mapping[str, str]) -> tuple[float, timedelta]:
    """Return how much of Meta's limits is used (in hundredths), and how long until there is more where it says so."""
    used, regain = 0.0, 0.0
    for name in USAGE_HEADERS:
        try:
            value = json.loads(headers.get(name, ""))
        except (ValueError, RecursionError):
            continue
        for usage in _usages(value):
            used = max([used, *(_positive(usage.get(key)) for key in ("call_count", "total_time", "total_cputime"))])
            regain = max(regain, _positive(usage.get("estimated_time_to_regain_access")))
    return used, timedelta(minutes=min(regain, 1440.0))


def _usages(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    """The app's usage is one object; the use cases' is lists of them by business."""
    if not isinstance(value, dict):
        return []
    lists = [one for one in value.values() if isinstance(one, list)]
    return [value, *(usage for one in lists for usage in one if isinstance(usage, dict))]


def _positive(value: object) -> float:
    """A share or a number of minutes; anything odd is no news."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return min(max(float(value), 0.0), 1e9) if value == value else 0.0  # noqa: PLR0124 - NaN is not equal to itself
