"""What a source's terms demand of collected posts: which fields and lanes are kept, until when, how many go out.

The gate before a request is `clearance.py`, counted quotas are `budget.py`, money is `purse.py`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from collectors.budget import Budget
from collectors.protocol import ParsedPage
from collectors.terms import BudgetTerms, Terms
from sidak.clock import Clock
from sidak.models import Post

EXPORT = "export"
DUE_SHARE = 0.75
"""A post is due when this share of its deadline has passed: the rest is for runs that fail."""


def hold_to_terms(parsed: ParsedPage, terms: Terms) -> tuple[ParsedPage, tuple[str, ...]]:
    """Return a page without what the terms do not allow to be kept, and what was wrong with its parser."""
    allowed = frozenset(terms.allowed_remainder)
    faults: dict[str, None] = {}
    posts: list[Post] = []
    for post in parsed.posts:
        if post.lane not in terms.lanes:
            faults[f"terms: a post of the lane {post.lane} was not kept: the source has no such lane"] = None
            continue
        surplus = post.remainder.keys() - allowed
        if surplus:
            faults[f"terms: fields that may not be kept were left out: {', '.join(sorted(surplus))}"] = None
            kept = {name: value for name, value in post.remainder.items() if name in allowed}
            post = msgspec.structs.replace(post, remainder=kept)  # noqa: PLW2901 - the same post without the surplus
        posts.append(post)
    return (msgspec.structs.replace(parsed, posts=tuple(posts)) if faults else parsed), tuple(faults)


def deadline_of(terms: Terms) -> timedelta | None:
    """Return how long a post may go without being looked at; None where it may for ever."""
    given = [
        *([timedelta(days=terms.refresh_days)] if terms.refresh_days is not None else []),
        *([timedelta(hours=terms.deletion_deadline_hours)] if terms.deletion_deadline_hours is not None else []),
    ]
    return min(given, default=None)


def looks_a_day(terms: Terms) -> float:
    """Return how often a day each stored post is asked for again to keep the deadline."""
    deadline = deadline_of(terms)
    return timedelta(days=1) / (deadline * DUE_SHARE) if deadline is not None else 0.0


def spend_export(path: Path, source: str, terms: Terms, posts: int, *, clock: Clock) -> None:
    """Count posts that are about to be handed out of the house; raises RetryError where the day's cap forbids it.

    To be called before the first byte is written, once for each source in the export, with the number of its posts:
    it is all or nothing, `until` of the error says when there is more, and what was counted stays counted though the
    export fails. `path` is the `budget.db` of the home. The cap holds for all exports of a UTC day together, whoever
    asks, and over all processes and threads: counting and checking are one transaction.
    """
    if posts < 0:
        raise ValueError("an export cannot have fewer than no posts")
    if terms.export_posts_per_day is None or posts == 0:
        return
    cap = BudgetTerms(limit=terms.export_posts_per_day, zone="UTC")
    Budget(path, source, {EXPORT: cap}, clock=clock).spend(EXPORT, posts)
