"""One pass over one source: clearance, then questions, pages, posts; a cursor is kept only with what it promises."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from collectors.batch import Batch, Counts, Into
from collectors.budget import Budget
from collectors.clearance import load_clearances
from collectors.connections import closed_at_the_end
from collectors.enforce import hold_to_terms
from collectors.protocol import Client, ParseContext, Parser, Query, RawPage, Window
from collectors.purse import open_purse
from collectors.questions import plan_questions
from collectors.registry import Source, find_source, load_client_builder, load_parser
from collectors.watchlist import Watchlist, load_watchlist
from sidak.clock import Clock
from sidak.errors import QuarantineError, RetryError, SidakError, StopError, UsageError
from sidak.ids import Pseudonymizer
from sidak.models import Post
from sidak.settings import Settings

MAX_SILENT = 3
"""A platform that left so many questions in a row unanswered is down; asking on would only take hours."""

Outcome = Literal["ok", "retry", "stopped"]
RANK: Mapping[Outcome, int] = {"ok": 0, "retry": 1, "stopped": 2}
EXHAUSTING = frozenset({"rate_limit", "quota"})
"""Why further questions of the same lane would only be refused as well."""


class CollectResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass came to: new + revised + unchanged + refused + rejected + unmatched = fetched.

    `rejected` counts every item set aside; one that was set aside before is not kept twice.
    """

    source: str
    outcome: Outcome = "ok"
    message: str = ""
    until: datetime | None = None
    """The earliest useful moment for the next pass, where the platform said so."""
    fetched: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    rejected: int = 0
    unmatched: int = 0
    deleted: int = 0
    """Posts that the platform says are gone, destroyed everywhere; counted by whoever can destroy them."""
    pages: int = 0
    queries: int = 0
    warnings: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()


class OnPage(Protocol):
    """Called after each page with the counts so far."""

    def __call__(self, counts: Counts, /) -> None: ...


def collect_source(
    source: str,
    *,
    intake: Into,
    settings: Settings,
    clock: Clock,
    queries: Sequence[Query] | None = None,
    window: Window | None = None,
    pseudonymize: Pseudonymizer | None = None,
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
    on_page: OnPage | None = None,
    kept_posts: int = 0,
) -> CollectResult:
    """Ask a source everything its watchlist (or `queries`) comes down to, and store what comes.

    `kept_posts` are those whose look-ups must be paid for too, where the platform bills.
    Without a window each question goes on from its cursor; with one, that stretch is asked and no cursor moves.
    What goes wrong on the way is told by the result, and what came before it is stored.
    Raises UsageError for an unknown source, ClearanceError before any request, StopError for missing credentials.
    """
    found = find_source(source)
    if found.terms.way == "import":
        raise UsageError(f"{source}: files are handed over with `sidak import`; there is nothing to ask")
    if found.terms.way == "receive":
        raise UsageError(f"{source}: the platform calls us; start `sidak receive {source}`")
    credentials = settings.credentials(source)
    watchlist = load_watchlist(settings.watchlist_path)
    asked = plan_questions(found, settings, queries=queries, watchlist=watchlist, credentials=credentials, now=clock())
    with closed_at_the_end():
        client = open_client(
            found, settings, clock=clock, sleep=sleep, rng=rng, pseudonymize=pseudonymize, kept_posts=kept_posts
        )
        run = _Run(
            source=found,
            client=client,
            parse=load_parser(source),
            context=ParseContext(
                pseudonymize=pseudonymize or Pseudonymizer(settings.secret_key("pseudonym")),
                allowed_remainder=frozenset(found.terms.allowed_remainder),
            ),
            watchlist=watchlist,
            batch=Batch(source, intake),
            on_page=on_page,
        )
        return run.ask_all(asked, window=window or Window())


def open_client(
    source: Source,
    settings: Settings,
    *,
    clock: Clock,
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
    pseudonymize: Pseudonymizer | None = None,
    kept_posts: int = 0,
) -> Client:
    """Return a source's client, with the budget that its terms name; who calls this has checked the clearance."""
    budgets = source.terms.budgets
    path = settings.home / "budget.db"
    options: dict[str, Any] = {"budget": Budget(path, source.name, budgets, clock=clock)} if budgets else {}
    if source.terms.cost is not None:
        clearance = load_clearances(settings.clearance_path).get(source.name)
        options["purse"] = open_purse(path, source.name, source.terms, clearance, clock=clock, kept_posts=kept_posts)
    if source.terms.sealed_ids:
        options["pseudonymize"] = pseudonymize or Pseudonymizer(settings.secret_key("pseudonym"))
    return load_client_builder(source.name)(
        credentials=settings.credentials(source.name),
        clock=clock,
        sleep=sleep,
        rng=rng or random.Random(),  # noqa: S311 - jitter, no secret
        **options,
    )


class _Run:
    """The pass itself: what it needs, and what has become of it so far."""

    def __init__(
        self,
        *,
        source: Source,
        client: Client,
        parse: Parser,
        context: ParseContext,
        watchlist: Watchlist,
        batch: Batch,
        on_page: OnPage | None,
    ) -> None:
        self._source = source
        self._client = client
        self._parse = parse
        self._context = context
        self._watchlist = watchlist
        self._batch = batch
        self._on_page = on_page
        self._failures: list[SidakError] = []
        self._warnings: dict[str, None] = {}
        self._unknown: set[str] = set()

    def ask_all(self, queries: Iterable[Query], *, window: Window) -> CollectResult:
        """Ask one question after the other; the failure of one does not stop those that may still be answered."""
        closed: set[str] = set()
        asked = left_out = silent = 0
        for query in queries:
            if query.lane in closed or silent == MAX_SILENT:
                left_out += 1
                continue
            asked += 1
            try:
                self._ask(query, window=window)
                silent = 0
            except (RetryError, QuarantineError, StopError) as exc:
                self._batch.flush()  # what was fetched before is good
                self._failures.append(exc)
                if self._source.terms.many_hosts:
                    continue
                silent = silent + 1 if isinstance(exc, RetryError) else 0
                if isinstance(exc, StopError) or (isinstance(exc, RetryError) and exc.reason in EXHAUSTING):
                    closed.add(query.lane)
        self._batch.flush()
        if left_out:
            self._warnings[f"{left_out} further questions were not asked"] = None
        return self._build_result(asked)

    def _ask(self, query: Query, *, window: Window) -> None:
        key = query.id
        for page in self._client.fetch(query, window=window, cursor=self._batch.cursor(key)):
            self._take(page)

    def _take(self, page: RawPage) -> None:
        parsed, faults = hold_to_terms(self._parse(page, self._context), self._source.terms)
        self._unknown.update(parsed.unknown_fields)
        self._warnings.update(dict.fromkeys((*page.warnings, *faults)))
        kept = self._admit(parsed.posts)
        cursors = {page.cursor_key: page.cursor} if page.cursor is not None else {}
        self._batch.add(
            kept, parsed.rejected, cursors, fetched=len(page.items), unmatched=len(parsed.posts) - len(kept)
        )
        if page.at_once:
            self._batch.flush()
        if self._on_page is not None:
            self._on_page(self._batch.counts)

    def _admit(self, posts: Sequence[Post]) -> list[Post]:
        """Keep what addresses the office, what speaks of the watchlist, and what was kept before, for its edits."""
        if not self._source.terms.match_locally:
            return list(posts)
        speaking = {
            post.id for post in posts if post.lane == "addressed" or self._watchlist.matches(post.title, post.text)
        }
        others = [post.id for post in posts if post.id not in speaking]
        kept_before = self._batch.known(others) if others else frozenset()
        return [post for post in posts if post.id in speaking or post.id in kept_before]

    def _build_result(self, asked: int) -> CollectResult:
        outcomes: list[tuple[Outcome, SidakError]] = [(_outcome(failure), failure) for failure in self._failures]
        worst: Outcome = max((outcome for outcome, _ in outcomes), key=lambda one: RANK[one], default="ok")
        messages = dict.fromkeys(str(failure) for outcome, failure in outcomes if outcome == worst)
        lesser = dict.fromkeys(str(failure) for outcome, failure in outcomes if outcome != worst)
        moments = [failure.until for _, failure in outcomes if isinstance(failure, RetryError) and failure.until]
        counts: dict[str, Any] = msgspec.structs.asdict(self._batch.counts)
        news = (f"fields that nobody here knows: {', '.join(sorted(self._unknown))}",) if self._unknown else ()
        return CollectResult(
            source=self._source.name,
            outcome=worst,
            message="; ".join(messages),
            until=min(moments, default=None),
            queries=asked,
            warnings=(*self._warnings, *lesser, *news),
            unknown_fields=tuple(sorted(self._unknown)),
            **counts,
        )


def _outcome(failure: SidakError) -> Outcome:
    """An unreadable answer may read well next time; a question that cannot succeed needs a person."""
    if isinstance(failure, RetryError) or (isinstance(failure, QuarantineError) and failure.reason == "poison"):
        return "retry"
    return "stopped"
