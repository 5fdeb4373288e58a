"""praw behind the guards: where it asks, and what Reddit says is left of the rate limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import praw
import prawcore
import requests

from collectors.transport import guard_session
from collectors.verdicts import LONGEST_WAIT
from sidak.clock import Clock
from sidak.errors import RetryError

OAUTH_URL = "https://oauth.reddit.com"
REDDIT_URL = "https://www.reddit.com"


class Budget:
    """What Reddit last said is left of its rate limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._empty_until: datetime | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Take an answer's headers in; odd values are no news."""
        try:
            remaining = float(headers.get("x-ratelimit-remaining", "nan"))
            reset = float(headers.get("x-ratelimit-reset", "nan"))
        except ValueError:
            return
        pause = timedelta(seconds=min(max(reset, 0.0), LONGEST_WAIT.total_seconds())) if remaining < 1 else None
        self._empty_until = self._clock() + pause if pause else None

    def check(self) -> None:
        """Return where something is left; raises RetryError with the end of the window."""
        if self._empty_until is not None and self._clock() < self._empty_until:
            raise RetryError(
                f"Reddit: the rate limit is used up until {self._empty_until.isoformat(timespec='seconds')}",
                until=self._empty_until,
                reason="rate_limit",
            )


class _Requestor(prawcore.Requestor):  # type: ignore[misc]  # prawcore is not analysed
    """Keeps the rate-limit headers from praw, which would sleep on them and break over odd ones."""

    def __init__(self, *, budget: Budget, **options: Any) -> None:  # noqa: ANN401 - prawcore's own
        super().__init__(**options)
        self._budget = budget

    def request(self, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - prawcore's own
        response: requests.Response = super().request(*args, **options)
        self._budget.note(response.headers)
        for name in ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"):
            response.headers.pop(name, None)
        return response


def build_reddit(credentials: Mapping[str, str], budget: Budget) -> praw.Reddit:
    """Return a praw client without a token yet; `base_url` leads both of Reddit's addresses elsewhere."""
    session = requests.Session()
    base_url = credentials.get("base_url")
    guard_session(session, reroute={OAUTH_URL: base_url, REDDIT_URL: base_url} if base_url else {})
    return praw.Reddit(
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        user_agent=credentials["user_agent"],
        # Named here, so that no praw.ini of the folder or the machine can lead the credentials elsewhere.
        oauth_url=OAUTH_URL,
        reddit_url=REDDIT_URL,
        username=None,
        password=None,
        refresh_token=None,
        check_for_updates=False,
        check_for_async=False,
        requestor_class=_Requestor,
        requestor_kwargs={"session": session, "budget": budget},
    )
