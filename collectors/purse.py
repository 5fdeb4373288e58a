"""Money, counted before it is spent: posts are paid for ahead, and what did not come is given back.

A day's sum is never passed, whatever the number of workers: they share one file and one transaction each. Where an
answer is lost on the way the payment stays, for the platform may have billed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collectors.budget import Budget, Taken
from collectors.clearance import Clearance
from collectors.terms import BudgetTerms, CostTerms, Terms
from sidak.clock import Clock
from sidak.errors import RetryError

MONEY = "money"
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

    def __init__(self, source: str = "", budget: Budget | None = None, cost: CostTerms | None = None) -> None:
        self._source = source
        self._budget = budget
        self._cost = cost

    @contextmanager
    def pay(self, posts: int, *, own: bool = False, least: int = LEAST_POSTS) -> Iterator[Payment]:
        """Pay for up to so many posts, or for what the day still allows; raises RetryError where that is too little."""
        if self._budget is None or self._cost is None:
            yield Payment(None, posts=posts, each=0)
            return
        each = in_micro(self._cost.usd_per_own_post if own else self._cost.usd_per_post)
        payment = self._take(posts, each=each, least=min(least, posts))
        yield payment
        self._settle(payment)

    def refund(self, payment: Payment) -> None:
        """Take back what was paid for a request that was refused: nothing is billed for it."""
        payment.returned = 0
        self._settle(payment)

    def _take(self, posts: int, *, each: int, least: int) -> Payment:
        assert self._budget is not None
        try:
            taken = self._budget.take(MONEY, most=posts * each, least=least * each)
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


def open_purse(path: Path, source: str, terms: Terms, clearance: Clearance | None, *, clock: Clock) -> Purse:
    """Return the purse of a source, with the sum that the deployment declared or else the terms' own."""
    if terms.cost is None:
        return Purse()
    money = BudgetTerms(limit=in_micro(usd_a_day(terms.cost, clearance)), zone="UTC")
    return Purse(source, Budget(path, source, {MONEY: money}, clock=clock), terms.cost)


def usd_a_day(cost: CostTerms, clearance: Clearance | None) -> float:
    """Return how much may be spent within a UTC day."""
    given = clearance.usd_per_day if clearance is not None else None
    return cost.usd_per_day if given is None else given


def in_micro(usd: float) -> int:
    """Return an amount of money in whole millionths."""
    return round(usd * MICRO)
