"""What a source would be asked, what that covers and what it would cost, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from collectors.clearance import Clearance
from collectors.coverage import Coverage, find_coverage
from collectors.enforce import looks_a_day
from collectors.protocol import Query
from collectors.purse import usd_a_day
from collectors.registry import Source, load_planner
from collectors.watchlist import Watchlist

DAY_SECONDS = 86_400
EVERY_SECONDS = 900
"""How often a source is asked where its questions say nothing else: the schedule of the DAG."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a source from the days before."""

    reads_a_day: float | None = None
    """Posts that the platform returned; None where it was not asked yet."""
    kept: int = 0
    """Posts that must be looked up again."""


class SourcePlan(msgspec.Struct, frozen=True, kw_only=True):
    """One source's questions, their coverage and their daily cost."""

    source: str
    queries: tuple[Query, ...]
    coverage: Coverage
    requests_a_day: int
    """At least: one page a question."""
    lookups_a_day: int
    """Posts looked up again, to learn of edits and deletions in time."""
    quota: str = ""
    reads_a_day: float | None = None
    read_usd: float | None = None
    """None where nothing is known of how many posts come."""
    lookup_usd: float = 0.0
    lookup_usd_per_post: float = 0.0
    """What each kept post costs a day."""
    limit_usd: float | None = None
    """What may be spent a day, and never is passed; None where nothing is billed."""
    posts_for_limit: int | None = None
    """How many posts that sum pays for."""
    warnings: tuple[str, ...] = ()


def forecast(
    source: Source,
    watchlist: Watchlist,
    *,
    credentials: Mapping[str, str],
    clearance: Clearance | None,
    history: History,
) -> SourcePlan:
    """Return the plan of all lanes of a source, cleared or not; raises StopError for a term too long."""
    terms = source.terms
    queries: tuple[Query, ...] = ()
    if terms.way == "collect" and terms.status == "available":
        build = load_planner(source.name)
        named = _with_placeholders(source, credentials)
        queries = tuple(query for lane in terms.lanes for query in build(watchlist, lane=lane, credentials=named))
    requests = sum(DAY_SECONDS / max(query.every_seconds, EVERY_SECONDS) for query in queries)
    looks = looks_a_day(terms)
    plan = SourcePlan(
        source=source.name,
        queries=queries,
        coverage=find_coverage(source.name, queries, watchlist),
        requests_a_day=math.ceil(requests),
        lookups_a_day=math.ceil(history.kept * looks),
        quota=terms.quota,
        reads_a_day=history.reads_a_day,
    )
    plan = _add_cost(plan, source, clearance=clearance, history=history, looks=looks)
    return msgspec.structs.replace(plan, warnings=(*_limits(source, plan), *plan.warnings))


def _add_cost(
    plan: SourcePlan, source: Source, *, clearance: Clearance | None, history: History, looks: float
) -> SourcePlan:
    cost = source.terms.cost
    if cost is None:
        return plan
    limit = usd_a_day(cost, clearance)
    lookup_usd = history.kept * looks * cost.usd_per_post
    read_usd = None if history.reads_a_day is None else history.reads_a_day * cost.usd_per_post
    warnings: list[str] = []
    if read_usd is None:
        warnings.append("not asked yet: how many posts come, and what they cost, is not known; the sum is the bound")
    if (read_usd or 0.0) + lookup_usd > limit:
        warnings.append(
            f"reading and looking up would cost USD {(read_usd or 0.0) + lookup_usd:.2f} a day, and USD {limit:.2f} "
            "may be spent: what is not read waits, and edits and deletions are learnt of late"
        )
    return msgspec.structs.replace(
        plan,
        read_usd=read_usd,
        lookup_usd=lookup_usd,
        lookup_usd_per_post=looks * cost.usd_per_post,
        limit_usd=limit,
        posts_for_limit=math.floor(limit / cost.usd_per_post),
        warnings=tuple(warnings),
    )


def _limits(source: Source, plan: SourcePlan) -> list[str]:
    """Name what the platform's counted limits leave out."""
    found: list[str] = []
    tags = source.terms.budgets.get("hashtags")
    asked = [query for query in plan.queries if ":hashtag:" in query.id]
    if tags is not None and len(asked) > tags.limit:
        rest = ", ".join(f"#{query.text}" for query in asked[tags.limit :])
        found.append(f"only {tags.limit} hashtags may be asked for: not {rest}")
    slowest = max((query.every_seconds for query in plan.queries), default=0)
    if slowest > DAY_SECONDS:
        found.append(f"so many questions that each is asked only every {slowest / DAY_SECONDS:.1f} days")
    return found


def _with_placeholders(source: Source, credentials: Mapping[str, str]) -> dict[str, str]:
    """A plan needs names, not keys: what is not set yet stands as its own name."""
    needed = {name for lane in source.terms.lanes for name in source.terms.needed_credentials(lane)}
    return {name: credentials.get(name, "").strip() or f"<{name}>" for name in needed | credentials.keys()}
