"""What a failure means, how long to wait, and that nothing waits long."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from collectors.error_bodies import read_usage
from collectors.transport import StatusError, WireError, check_address
from collectors.verdicts import LONGEST_WAIT, Patience, call, judge
from sidak.errors import QuarantineError, RetryError, SidakError, StopError

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def failure(status: int, body: bytes = b"", **headers: str) -> StatusError:
    response = requests.Response()
    response.status_code = status
    response._content = body
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return StatusError(response, path="/uji")


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (failure(400), "bad"), (failure(401), "auth"), (failure(402), "quota"), (failure(403), "auth"),
        (failure(403, b"UsageCapExceeded"), "quota"), (failure(404), "gone"), (failure(408), "retry"),
        (failure(410), "gone"), (failure(418), "bad"), (failure(429), "wait"), (failure(429, b"usage-cap"), "quota"),
        (failure(451), "gone"), (failure(500), "retry"), (failure(503), "retry"), (failure(520), "retry"),
        (WireError("reset"), "retry"), (WireError("large", too_large=True), "poison"), (OSError(), "retry"),
        (ValueError(), "poison"), (KeyError("x"), "poison"), (requests.TooManyRedirects(), "poison"),
    ],
)  # fmt: skip
def test_the_table(exc: Exception, kind: str) -> None:
    assert judge(exc, now=NOW).kind == kind


def graph_body(code: int, subcode: int | None = None) -> bytes:
    error = {"message": "kenari", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})}).encode()


def google_body(reason: str) -> bytes:
    return json.dumps({"error": {"code": 403, "message": "kenari", "errors": [{"reason": reason}]}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, graph_body(1), "retry"), (400, graph_body(4), "wait"), (400, graph_body(17), "wait"),
        (403, graph_body(32), "wait"), (400, graph_body(613), "wait"), (400, graph_body(80001), "wait"),
        (400, graph_body(190), "auth"), (400, graph_body(10), "auth"), (400, graph_body(200), "auth"),
        (400, graph_body(299), "auth"), (400, graph_body(100), "bad"), (400, graph_body(100, 33), "gone"),
        (400, graph_body(18, 2207034), "quota"), (400, graph_body(24, 2207024), "gone"), (400, graph_body(99999), "bad"),
        (403, google_body("quotaExceeded"), "quota"), (403, google_body("commentsDisabled"), "gone"),
        (403, google_body("rateLimitExceeded"), "wait"), (400, google_body("keyInvalid"), "auth"),
        (403, google_body("belum pernah ada"), "auth"), (404, google_body("playlistNotFound"), "gone"),
        (403, b'{"error": {"code": 4}}', "auth"), (403, b'{"error": [1]}', "auth"), (500, b"[" * 5000, "retry"),
    ],
)  # fmt: skip
def test_what_google_and_meta_say_in_the_body(status: int, body: bytes, kind: str) -> None:
    verdict = judge(failure(status, body), now=NOW)
    assert verdict.kind == kind
    assert "kenari" not in verdict.why


def test_meta_says_when_there_is_more() -> None:
    usage = {"123": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 25}]}
    verdict = judge(failure(400, graph_body(80001), x_business_use_case_usage=json.dumps(usage)), now=NOW)
    assert verdict.until == NOW + timedelta(minutes=25)


@given(
    st.recursive(
        st.none() | st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["call_count", "estimated_time_to_regain_access", "1"]), inner, max_size=3
            )
        ),
    )
)
def test_no_usage_header_breaks_anything(value: object) -> None:
    used, regain = read_usage(
        {"x-app-usage": json.dumps(value), "x-business-use-case-usage": json.dumps({"1": [value]})}
    )
    assert used >= 0
    assert timedelta(0) <= regain <= timedelta(days=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60), ({"retry_after": "7"}, 7), ({"retry_after": "-5"}, 0), ({"retry_after": "1e300"}, 86400),
        ({"retry_after": "nan"}, 60), ({"retry_after": "Fri, 20 Nov 2026 03:05:00 GMT"}, 300),
        ({"retry_after": "nanti"}, 60), ({"x_rate_limit_reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"x_ratelimit_reset": "247"}, 247), ({"x_rate_limit_reset": "besok"}, 60),
    ],
)  # fmt: skip
def test_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    until = judge(failure(429, **headers), now=NOW).until
    assert until is not None
    assert (until - NOW).total_seconds() == seconds


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_the_verdict(first: str, second: str) -> None:
    until = judge(failure(429, retry_after=first, x_rate_limit_reset=second), now=NOW).until
    assert until is not None
    assert NOW <= until <= NOW + LONGEST_WAIT


@given(st.integers(0, 1000), st.lists(st.sampled_from([429, 500, 503]), min_size=1, max_size=10))
def test_it_gives_up_within_its_patience(seed: int, statuses: list[int]) -> None:
    slept: list[float] = []
    asked = iter(statuses * 10)

    def ask() -> None:
        raise failure(next(asked), retry_after="3")

    with pytest.raises(RetryError):
        call(ask, doing="uji", failures=(), clock=lambda: NOW, sleep=slept.append, rng=random.Random(seed))
    assert sum(slept) <= Patience().total_seconds
    assert len(slept) < Patience().attempts


@pytest.mark.parametrize(
    ("exc", "error", "reason"),
    [
        (failure(401), StopError, None), (failure(404), QuarantineError, "gone"), (failure(400), QuarantineError, "bad"),
        (ValueError("x"), QuarantineError, "poison"), (failure(429, retry_after="900"), RetryError, "rate_limit"),
        (failure(402), RetryError, "quota"), (failure(503), RetryError, "retry"),
    ],
)  # fmt: skip
def test_what_becomes_of_it(exc: Exception, error: type[SidakError], reason: str | None) -> None:
    def ask() -> None:
        raise exc

    with pytest.raises(error, match=r"^uji: ") as caught:
        call(ask, doing="uji", failures=(), clock=lambda: NOW, sleep=lambda _: None, rng=random.Random(1))
    assert getattr(caught.value, "reason", None) == reason
    assert caught.value.__cause__ is None
    if reason == "rate_limit":
        assert isinstance(caught.value, RetryError)
        assert caught.value.until == NOW + timedelta(seconds=900)


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    def ask() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call(ask, doing="uji", failures=(), clock=lambda: NOW, sleep=lambda _: None, rng=random.Random(1))


@pytest.mark.parametrize("address", ["http://contoh.example", "ftp://127.0.0.1", "127.0.0.1", "", "http://10.0.0.1:80"])
def test_credentials_go_over_https_or_stay_here(address: str) -> None:
    with pytest.raises(StopError, match="base_url"):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["https://api.x.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:2"]
)
def test_fair_addresses(address: str) -> None:
    assert check_address(address) == address


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Fri, 20 Nov 2026 05:00:00 GMT", "2 h behind the platform's"),
        ("Fri, 20 Nov 2026 00:30:00 GMT", "2 h 30 min ahead of the platform's"),
        ("Fri, 20 Nov 2026 03:04:00 GMT", None),
        ("kemarin", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 503])
def test_a_refusal_tells_that_our_clock_is_off(status: int, date: str, told: str | None) -> None:
    why = judge(failure(status, date=date), now=NOW).why
    expected = told if status != 503 else None  # what passes by itself is not our clock's fault
    assert ("clock" in why) == (expected is not None)
    assert (expected or "") in why
    assert "clock" not in judge(failure(status, date=date, age="9000"), now=NOW).why, "an old answer out of a cache"


@given(st.text(st.characters(codec="latin-1"), max_size=40))
def test_any_date_is_taken(date: str) -> None:
    assert judge(failure(400, date=date), now=NOW).kind == "bad"
