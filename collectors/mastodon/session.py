"""Mastodon.py behind the guards; what it reads is taken as it came off the wire."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

import requests
from mastodon import Mastodon
from mastodon.errors import MastodonError

from collectors.fields import digest_item, read_iso
from collectors.transport import StatusError, check_address, guard_session
from collectors.verdicts import ODD_ANSWERS, AnswerError, call
from collectors.web import USER_AGENT, amend
from sidak.clock import Clock

INSTANCE = "/api/v2/instance/"


class Session:
    """One instance, asked through Mastodon.py."""

    def __init__(
        self, credentials: Mapping[str, str], *, clock: Clock, sleep: Callable[[float], None], rng: random.Random
    ) -> None:
        base_url = check_address(credentials["base_url"].strip().rstrip("/"))
        self.host = urlsplit(base_url).netloc.lower()
        self._answers: dict[str, bytes] = {}
        session = requests.Session()
        guard_session(session, reroute={})
        session.hooks["response"].append(self._keep)
        self.library = Mastodon(api_base_url=base_url, session=session, ratelimit_method="throw", user_agent=USER_AGENT)
        self.library.access_token = credentials["access_token"]  # given above it might be taken for a file's name
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def ask(self, fetch: Callable[[], object], *, path: str, doing: str) -> list[Any]:
        """Return the list that the instance answered to `fetch` at `path`; raises what `verdicts.call` raises."""

        def once() -> list[Any]:
            self._answers.pop(path, None)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its opinions on versions and timelines; a refusal tells enough
                try:
                    fetch()
                except MastodonError as exc:
                    cause = exc.__context__
                    if isinstance(cause, requests.RequestException):
                        raise _amend(cause) from None
                except ODD_ANSWERS:
                    pass  # an item that it cannot read; the answer itself is here
            return _read_list(self._answers.pop(path, b""))

        return call(once, doing=doing, failures=(), clock=self._clock, sleep=self._sleep, rng=self._rng)

    def rules(self) -> str | None:
        """Return a digest of the instance's rules as it last told them, None where it did not."""
        try:
            body = json.loads(self._answers.get(INSTANCE, b""))
        except (ValueError, RecursionError):
            return None
        rules = body.get("rules") if isinstance(body, dict) else None
        if not isinstance(rules, list):
            return None
        texts = [rule.get("text") if isinstance(rule, dict) else None for rule in rules]
        return digest_item("rules", texts).partition(":")[2]

    def _keep(self, response: requests.Response, *_: object, **__: object) -> None:
        self._answers[urlsplit(response.url).path] = response.content


def _amend(cause: requests.RequestException) -> requests.RequestException:
    """Mastodon says when its window ends as a date, where others say a number."""
    if not isinstance(cause, StatusError):
        return cause
    ends = read_iso(cause.headers.get("x-ratelimit-reset"))
    if cause.status != 429 or ends is None:
        return cause
    return amend(cause, {"x-rate-limit-reset": str(int(ends.astimezone(UTC).timestamp()))})


def _read_list(content: bytes) -> list[Any]:
    body = json.loads(content)
    if not isinstance(body, list):
        raise AnswerError(f"the answer is {type(body).__name__}, not a list")
    return body
