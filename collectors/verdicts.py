"""One table that says what a failure means and what happens next, and one bounded retry.

The verdicts, and what becomes of them:

    retry   transient                     again at once, then RetryError
    wait    rate limit                    again if it is moments, else RetryError with `until`
    quota   paid-for volume is used up    RetryError
    auth    credentials or permission     StopError
    gone    what was asked for is absent  QuarantineError
    bad     the question is wrong         QuarantineError
    poison  the answer cannot be read     again at once, then QuarantineError

A verdict's reason never quotes an answer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
import requests

from collectors.error_bodies import VerdictKind, read_error_body, read_usage
from collectors.skew import describe_skew, read_date
from collectors.transport import StatusError, WireError
from sidak.clock import Clock
from sidak.errors import QuarantineError, RetryError, SidakError, StopError

Answer = TypeVar("Answer")

BY_STATUS: dict[int, VerdictKind] = {
    401: "auth", 402: "quota", 403: "auth", 404: "gone", 408: "retry", 410: "gone", 425: "retry", 429: "wait",
    451: "gone",
}  # fmt: skip
CAP_WORDS = ("UsageCapExceeded", "usage-cap", "CreditsDepleted", "SpendCap")
"""How X says in a 429 or 403 that the volume is used up, not the rate."""
ODD_ANSWERS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What client libraries raise over an answer of an unexpected shape."""
RATE_WAIT = timedelta(seconds=60)
"""How long to wait where a 429 does not say."""
LONGEST_WAIT = timedelta(days=1)
"""No header can put a source off for longer."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a failure means; `until` is the earliest useful moment where the platform said so."""

    kind: VerdictKind
    why: str
    until: datetime | None = None


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long one request may be tried; all of it is over within `total_seconds` of sleep."""

    attempts: int = 4
    base_seconds: float = 0.5
    cap_seconds: float = 8.0
    total_seconds: float = 20.0


class AnswerError(ValueError):
    """A whole answer that is not what the platform promises."""


def judge(exc: BaseException, *, now: datetime) -> Verdict:
    """Return the verdict on a failure of a client library."""
    exc = getattr(exc, "original_exception", None) or exc
    if isinstance(exc, StatusError):
        return judge_status(exc, now=now)
    kind, why = _judge_rest(exc)
    return Verdict(kind=kind, why=why)


def _judge_rest(exc: BaseException) -> tuple[VerdictKind, str]:
    status = getattr(getattr(exc, "response", None), "status_code", None)
    name = type(exc).__name__
    rules: tuple[tuple[bool, VerdictKind, str], ...] = (
        (isinstance(exc, WireError) and (exc.too_large or exc.page), "poison", str(exc)),
        (isinstance(exc, WireError), "retry", str(exc)),
        (isinstance(status, int) and 300 <= status < 400, "gone", f"redirected (status {status})"),
        (name == "OAuthException", "auth", "the token request was refused"),
        (isinstance(exc, AnswerError), "poison", str(exc)),
        (isinstance(exc, OSError) and not isinstance(exc, requests.RequestException), "retry", name),
    )
    for fits, kind, why in rules:
        if fits:
            return kind, why
    return "poison", f"the answer could not be read ({name})"


def judge_status(exc: StatusError, *, now: datetime) -> Verdict:
    """Return the verdict on an answer with a status of 400 or more."""
    why = str(exc)
    if exc.status in {403, 429} and any(word in exc.start for word in CAP_WORDS):
        return Verdict(kind="quota", why=f"{why}: the volume of the plan is used up")
    kind = BY_STATUS.get(exc.status, "retry" if exc.status >= 500 else "bad")
    said = read_error_body(exc.start)
    if said is not None:
        kind, why = said.kind, f"{why} ({said.word})"
    skew = describe_skew(exc.headers, now=now) if kind in {"bad", "auth"} else None
    if skew is not None:
        why = f"{why}; {skew}"
    until = read_until(exc, now=now)
    if kind == "wait":
        return Verdict(kind=kind, why=why, until=until or now + RATE_WAIT)
    return Verdict(kind=kind, why=why, until=until if kind == "retry" else None)


def read_until(exc: StatusError, *, now: datetime) -> datetime | None:
    """Return when the platform wants to be asked again: `retry-after`, or the end of its rate-limit window."""
    given = exc.headers.get("retry-after", "")
    seconds = _number(given)
    if seconds is None and given:
        moment = read_date(given)
        seconds = (moment - now).total_seconds() if moment is not None else None
    for name in ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset"):  # an epoch; Reddit: seconds from now
        if seconds is None and (value := _number(exc.headers.get(name, ""))) is not None:
            seconds = value - now.timestamp() if value > 1e9 else value
    if seconds is None and (regain := read_usage(exc.headers)[1]):
        seconds = regain.total_seconds()
    if seconds is None:
        return None
    return now + timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


def build_error(verdict: Verdict, *, doing: str) -> SidakError:
    """Return the error that a verdict comes to, saying what was being done."""
    message = f"{doing}: {verdict.why}"
    match verdict.kind:
        case "wait":
            assert verdict.until is not None
            when = verdict.until.astimezone(UTC).isoformat(timespec="seconds")
            return RetryError(f"{message}; the rate limit lasts until {when}", until=verdict.until, reason="rate_limit")
        case "quota":
            return RetryError(message, until=verdict.until, reason="quota")
        case "retry":
            return RetryError(message, until=verdict.until)
        case "auth":
            return StopError(f"{message}; check the credentials and what the platform's agreement allows")
        case _:
            return QuarantineError(message, where=doing, reason=verdict.kind)


def call(
    ask: Callable[[], Answer],
    *,
    doing: str,
    failures: tuple[type[Exception], ...],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    patience: Patience | None = None,
) -> Answer:
    """Return what `ask` returns, trying again with full jitter; a long wait is left to the scheduler.

    `failures` are the library's own exceptions. Raises RetryError, QuarantineError or StopError, without the
    library's exception behind it: that may quote headers.
    """
    limit = patience or Patience()
    expected: tuple[type[Exception], ...] = (requests.RequestException, OSError, *ODD_ANSWERS, *failures)
    slept = 0.0
    for attempt in range(1, limit.attempts + 1):
        try:
            return ask()
        except expected as exc:
            verdict = judge(exc, now=clock())
        pause = _pause(verdict, attempt=attempt, limit=limit, now=clock(), rng=rng)
        if pause is None or attempt == limit.attempts or slept + pause > limit.total_seconds:
            break
        sleep(pause)
        slept += pause
    raise build_error(verdict, doing=doing)


def _pause(verdict: Verdict, *, attempt: int, limit: Patience, now: datetime, rng: random.Random) -> float | None:
    """Return the seconds to sleep before the next try, None where there is to be none."""
    if verdict.kind not in {"retry", "wait", "poison"}:
        return None
    jitter = min(limit.cap_seconds, limit.base_seconds * 2.0 ** (attempt - 1)) * rng.random()
    if verdict.until is None:
        return jitter
    asked = (verdict.until - now).total_seconds()
    return None if asked > limit.cap_seconds else max(asked, jitter)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
