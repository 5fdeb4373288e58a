"""What `sidak sources --plan` shows: questions, coverage and daily cost of every source, before anything is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sidak.app.house import House
from sidak.app.signals import LOOK_BACK
from sidak.catalog import POSTS

if TYPE_CHECKING:
    from collectors.forecast import History, SourcePlan
    from collectors.registry import Source

SHOWN = 5
"""So many missing terms are named; more are counted."""


def plan_queries(house: House) -> list[SourcePlan]:
    """Return the plans of all sources that can be asked at all; raises UsageError for a wrong file of the home."""
    from collectors.clearance import load_clearances
    from collectors.forecast import forecast
    from collectors.registry import find_sources
    from collectors.watchlist import load_watchlist

    watchlist = load_watchlist(house.settings.watchlist_path)
    clearances = load_clearances(house.settings.clearance_path)
    return [
        forecast(
            source,
            watchlist,
            credentials=house.settings.credentials(name),
            clearance=clearances.get(name),
            history=_history(house, source),
        )
        for name, source in find_sources().items()
        if source.terms.way == "collect" and source.terms.status == "available"
    ]


def describe_review(house: House) -> str:
    """Return who looked through the watchlist, or that nobody says so."""
    from collectors.watchlist import load_watchlist

    path = house.settings.watchlist_path
    watchlist = load_watchlist(path)
    if watchlist.reviewed_by.strip() and watchlist.reviewed_on is not None:
        return f"watchlist: reviewed by {watchlist.reviewed_by} on {watchlist.reviewed_on}"
    return f"watchlist: not reviewed: {path} names nobody in `reviewed_by` and `reviewed_on`"


def summarize_plan(plan: SourcePlan) -> dict[str, object]:
    """Return a plan as plain JSON values."""
    cover = plan.coverage
    return {
        "source": plan.source,
        "queries": [{"id": query.id, "lane": query.lane, "text": query.text} for query in plan.queries],
        "requests_a_day": plan.requests_a_day,
        "reads_a_day": plan.reads_a_day,
        "lookups_a_day": plan.lookups_a_day,
        "read_usd": plan.read_usd,
        "lookup_usd": plan.lookup_usd,
        "lookup_usd_per_post": plan.lookup_usd_per_post,
        "limit_usd": plan.limit_usd,
        "covered": [{"issue": issue, "place": place, "query": id} for (issue, place), id in cover.pairs.items()],
        "missing": [{"issue": issue, "place": place} for issue, place in cover.missing],
        "names": list(cover.names),
        "missing_names": list(cover.missing_names),
        "walked_whole": list(cover.whole),
        "warnings": list(plan.warnings),
    }


def explain_plan(plan: SourcePlan) -> list[str]:
    """Return what people read of a plan, line by line."""
    quota = (f"quota: {plan.quota}",) if plan.quota else ()
    return [*_coverage_lines(plan), *quota, *_cost_lines(plan), *(f"warning: {warning}" for warning in plan.warnings)]


def _coverage_lines(plan: SourcePlan) -> list[str]:
    cover = plan.coverage
    total = len(cover.pairs) + len(cover.missing)
    lines = [f"coverage: {len(cover.pairs)} of {total} issues by places, {len(cover.names)} names and hashtags"]
    if cover.whole:
        lines.append(f"walked whole and matched here: {len(cover.whole)} listings; in them everything is covered")
    missing = [" in ".join(filter(None, pair)) for pair in cover.missing] + list(cover.missing_names)
    if missing:
        rest = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        lines.append(f"not asked for: {', '.join(missing[:SHOWN])}{rest}")
    return lines


def _cost_lines(plan: SourcePlan) -> list[str]:
    if plan.limit_usd is None:
        return [f"cost: nothing is billed; {plan.lookups_a_day} look-ups a day for edits and deletions"]
    read = "not known yet" if plan.read_usd is None else f"USD {plan.read_usd:.2f} ({plan.reads_a_day:.0f} posts)"
    return [
        f"cost a day: reading {read}; looking up USD {plan.lookup_usd:.2f} ({plan.lookups_a_day} posts)",
        f"each kept post costs USD {plan.lookup_usd_per_post:.4f} a day to learn of its deletion in time",
        f"bound: USD {plan.limit_usd:.2f} a day, which pays for {plan.posts_for_limit} posts, and is never passed",
    ]


def _history(house: House, source: Source) -> History:
    from collectors.enforce import deadline_of
    from collectors.forecast import History

    now = house.clock()
    runs = house.journal.runs_since(now - LOOK_BACK, stage="collect", source=source.name)
    reads = None
    if runs:
        days = max((now - min(run.started_at for run in runs)) / timedelta(days=1), 1.0)
        reads = sum(run.counts.get("fetched", 0) for run in runs) / days
    return History(reads_a_day=reads, kept=count_kept(house, source.name) if deadline_of(source.terms) else 0)


def count_kept(house: House, source: str) -> int:
    """Return how many posts of a source are in the archive."""
    name = f"{POSTS}/{source}"
    if name not in set(house.archive.names(POSTS)):
        return 0
    house.catalog.follow(name)
    return len(house.catalog.ids_of(source))


def describe_left(house: House, source: str) -> str:
    """Return what is left of a source's counted limits and of its money; empty where nothing is counted."""
    from collectors.budget import Budget
    from collectors.clearance import load_clearances
    from collectors.purse import MICRO, MONEY, in_micro, usd_a_day
    from collectors.registry import find_source
    from collectors.terms import BudgetTerms

    terms = find_source(source).terms
    limits = dict(terms.budgets)
    if terms.cost is not None:
        sum_a_day = usd_a_day(terms.cost, load_clearances(house.settings.clearance_path).get(source))
        limits[MONEY] = BudgetTerms(limit=in_micro(sum_a_day), zone="UTC")
    path = house.settings.home / "budget.db"
    if not limits or not path.exists():
        return ""
    budget = Budget(path, source, limits, clock=house.clock)
    return ", ".join(
        f"USD {budget.left(name) / MICRO:.2f} / {one.limit / MICRO:.2f}"
        if name == MONEY
        else f"{name} {budget.left(name)} / {one.limit}"
        for name, one in limits.items()
    )
