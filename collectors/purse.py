"""Money, counted before it is spent: posts are paid for ahead, and what did not come is given back.

A day's sum is never passed, whatever the number of workers: they share one file and one transaction each. Where an
answer is lost on the way the payment stays, for the platform may have billed it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collectors.budget import Budget, Taken
from collectors.clearance import Clearance
from collectors.enforce import looks_a_day
from collectors.terms import BudgetTerms, CostTerms, Terms
from sidak.clock import Clock
from sidak.errors import RetryError

MONEY, LOOKUPS = "money", "lookups"
LOOKUP_SHARE = 0.8
"""At most so much of a day's sum is kept for looking posts up: a full archive does not end all listening."""
MICRO = 1_000_000
"""Counted in millionths of a dollar: whole numbers add up."""
LEAST_POSTS = 10
"""The smallest page that X gives."""


class Payment:
    """What was paid ahead for up to `posts` posts."""

    def __init__(self, taken: Taken | None, *, posts: int, each: int) -> None:
        self.taken = taken
        self.posts = posts
        self.each = each
        self.returned: int | None = None
        """How many posts came; None while that is not known."""


class Purse:
    """The money of one source; without a price everything is free."""

    def __init__(
        self,
        source: str = "",
        budget: Budget | None = None,
        cost: CostTerms | None = None,
        *,
        kept_for_lookups: int = 0,
    ) -> None:
        self._source = source
        self._kept_for_lookups = kept_for_lookups
        self._budget = budget
        self._cost = cost

    @contextmanager
    def pay(
        self, posts: int, *, own: bool = False, least: int = LEAST_POSTS, lookup: bool = False
    ) -> Iterator[Payment]:
        """Pay for up to so many posts, or for what the day still allows; raises RetryError where that is too little.

        What the day's look-ups need is left to them: deletions must be learnt of in time.
        """
        if self._budget is None or self._cost is None:
            yield Payment(None, posts=posts, each=0)
            return
        each = in_micro(self._cost.usd_per_own_post if own else self._cost.usd_per_post)
        keep = 0 if lookup else max(0, self._kept_for_lookups - self._budget.used(LOOKUPS))
        payment = self._take(posts, each=each, least=min(least, posts), keep=keep)
        yield payment
        if lookup and payment.returned:
            self._budget.spend(LOOKUPS, payment.returned * each)
        self._settle(payment)

    def refund(self, payment: Payment) -> None:
        """Take back what was paid for a request that was refused: nothing is billed for it."""
        payment.returned = 0
        self._settle(payment)

    def _take(self, posts: int, *, each: int, least: int, keep: int) -> Payment:
        assert self._budget is not None
        try:
            taken = self._budget.take(MONEY, most=posts * each, least=least * each, keep=keep)
        except RetryError as exc:
            raise RetryError(
                f"{self._source}: the day's money (`usd_per_day` in clearance.toml) does not pay for a further request",
                until=exc.until,
                reason="quota",
            ) from None
        affordable = taken.amount // each
        self._budget.give_back(taken, taken.amount - affordable * each)
        return Payment(taken, posts=affordable, each=each)

    def _settle(self, payment: Payment) -> None:
        if self._budget is None or payment.taken is None or payment.returned is None:
            return
        self._budget.give_back(payment.taken, (payment.posts - payment.returned) * payment.each)
        payment.taken = None


def open_purse(
    path: Path, source: str, terms: Terms, clearance: Clearance | None, *, clock: Clock, kept_posts: int = 0
) -> Purse:
    """Return the purse of a source, with the sum that the deployment declared or else the terms' own.

    `kept_posts` are those in the archive that must be looked up again within the day.
    """
    if terms.cost is None:
        return Purse()
    limit = in_micro(usd_a_day(terms.cost, clearance))
    needed = in_micro(kept_posts * looks_a_day(terms) * terms.cost.usd_per_post)
    limits = {
        MONEY: BudgetTerms(limit=limit, zone="UTC"),
        LOOKUPS: BudgetTerms(limit=sys.maxsize, zone="UTC"),  # only counted: money is the bound
    }
    budget = Budget(path, source, limits, clock=clock)
    return Purse(source, budget, terms.cost, kept_for_lookups=min(needed, int(limit * LOOKUP_SHARE)))


def usd_a_day(cost: CostTerms, clearance: Clearance | None) -> float:
    """Return how much may be spent within a UTC day."""
    given = clearance.usd_per_day if clearance is not None else None
    return cost.usd_per_day if given is None else given


def in_micro(usd: float) -> int:
    """Return an amount of money in whole millionths."""
    return round(usd * MICRO)
