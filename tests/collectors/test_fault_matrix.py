"""The real libraries against stand-ins that misbehave: the verdict, no hang, and nothing stored is lost."""

from __future__ import annotations

import logging
import time
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.standins.faults import Fault
from collectors.transport import WEB_PAGE
from sidak.errors import SidakError

from .conftest import Deployment, ShortLimits
from .fault_table import COLUMNS, check_cell, order_rows, read_table, verdict

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("short_limits")]

LISTENED = {
    "x": "/2/tweets/search/recent",
    "reddit": "/r/",
    "youtube": "/youtube/v3/",
    "facebook": "/v25.0/1",
    "instagram": "/v25.0/1",
}
RESET_AT = 1_795_200_000  # an hour or more after the scenario's end

FAULTS: dict[str, tuple[Fault, str]] = {
    "reset": (Fault(kind="reset"), "retry"),
    "hang": (Fault(kind="hang", seconds=3), "retry"),
    "drip": (Fault(kind="drip", seconds=0.05), "retry"),
    "truncated": (Fault(kind="truncated"), "retry"),
    "chunked abort": (Fault(kind="chunked_abort"), "retry"),
    "oversize": (Fault(kind="oversize", size=2 << 20), "retry"),
    "malformed": (Fault(kind="malformed"), "retry"),
    "html 200": (Fault(kind="html"), "retry"),
    "list 200": (Fault(kind="list"), "retry"),
    "deep nesting": (Fault(kind="status", status=200, body=b"[" * 200_000), "retry"),
    "empty 200": (Fault(kind="status", status=200), "retry"),
    "no content": (Fault(kind="status", status=204), "retry"),
    "object 200": (Fault(kind="status", status=200, body=b'{"data": 7}'), "retry"),
    "400": (Fault(kind="status", status=400, body=b"[]"), "stopped"),
    "401": (Fault(kind="status", status=401), "stopped"),
    "403": (Fault(kind="status", status=403, body=b"{}"), "stopped"),
    "404": (Fault(kind="status", status=404, body=b"<html>"), "stopped"),
    "redirect": (Fault(kind="status", status=302, headers={"location": "/r/lain/search"}), "stopped"),
    "429": (Fault(kind="status", status=429), "retry"),
    "429 retry-after": (Fault(kind="status", status=429, headers={"retry-after": "900"}), "retry"),
    "429 reset": (Fault(kind="status", status=429, headers={"x-rate-limit-reset": str(RESET_AT)}), "retry"),
    "429 odd headers": (
        Fault(kind="status", status=429, headers={"retry-after": "soon", "x-rate-limit-reset": "nan"}), "retry",
    ),
    "429 used up": (Fault(kind="status", status=429, body=b'{"title": "UsageCapExceeded"}'), "retry"),
    "503": (Fault(kind="status", status=503, body=b"<html>busy</html>"), "retry"),
    "520": (Fault(kind="status", status=520), "retry"),
}  # fmt: skip
CLOCKS = {"clock ahead": timedelta(hours=2), "clock behind": timedelta(hours=-2)}


def test_the_table_has_every_fault_and_source() -> None:
    order_rows([*FAULTS, *CLOCKS])
    table = read_table()
    assert list(table) == [*FAULTS, *CLOCKS]
    assert all(tuple(row) == COLUMNS for row in table.values())


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", FAULTS)
def test_a_lasting_fault(
    deployment: Any, short_limits: ShortLimits, source: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One good pass, one under the fault, one after it: the middle one loses nothing and says why."""
    caplog.set_level(logging.DEBUG)
    fault, outcome = FAULTS[name]
    first = deployment.collect(source)
    assert first.outcome == "ok"
    assert first.new > 0
    kept = len(list(deployment.archive.stream(f"posts/{source}").segments()))
    deployment.standins.faults.add(LISTENED[source], fault, times=None)
    began = time.monotonic()
    with short_limits.hasty(when=fault.kind in {"hang", "drip"}):
        hurt = deployment.collect(source)
    assert time.monotonic() - began < 25
    assert hurt.outcome == outcome, hurt.message
    assert hurt.message
    assert (WEB_PAGE in hurt.message) == (name == "html 200")
    assert all(pause <= 8 for pause in deployment.slept), "it never sleeps long"
    if name in {"429 retry-after", "429 reset"}:
        assert hurt.until is not None
        assert hurt.until > deployment.standins.clock.now()
    deployment.standins.faults.clear()
    after = deployment.collect(source)
    assert after.outcome == "ok"
    assert after.new == 0
    assert len(list(deployment.archive.stream(f"posts/{source}").segments())) == kept
    assert "kenari" not in caplog.text + hurt.message + repr(hurt), "no secret is told"
    check_cell(name, source, verdict(hurt))


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_off(deployment: Any, tmp_path: Path, source: str, name: str) -> None:
    """A pass by a wrong clock and one by the right clock come to what two passes by the right clock come to."""
    (tmp_path / "other").mkdir()
    right = Deployment(tmp_path / "other", deployment.standins)
    clock = deployment.standins.clock
    hurt = deployment.collect(source, clock=lambda: clock.now() + CLOCKS[name])
    assert right.collect(source).outcome == "ok"
    clock.advance(timedelta(minutes=10))
    assert deployment.collect(source).outcome == "ok"
    assert right.collect(source).outcome == "ok"
    assert ids_of(deployment, source) == ids_of(right, source)
    right.catalog.close()
    check_cell(name, source, verdict(hurt))
    if hurt.outcome != "ok":
        way = "ahead of" if name == "clock ahead" else "behind"
        assert f"this machine's clock is 2 h {way} the platform's" in hurt.message


def ids_of(deployment: Any, source: str) -> list[str]:
    deployment.catalog.follow(f"posts/{source}")
    return sorted(id for id, _, _ in deployment.catalog.newest())


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", ["reset", "truncated", "503", "malformed", "html 200"])
def test_a_passing_fault_is_outlived(deployment: Any, source: str, name: str) -> None:
    deployment.standins.faults.add(LISTENED[source], FAULTS[name][0], times=2)
    result = deployment.collect(source)
    assert result.outcome == "ok"
    assert result.new > 0
    assert deployment.slept


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("kind", ["null_bytes", "surrogates", "odd_item"])
def test_odd_content_sinks_no_page(deployment: Any, source: str, kind: str) -> None:
    deployment.standins.faults.add(LISTENED[source], Fault(kind=kind), times=None)  # type: ignore[arg-type]
    result = deployment.collect(source)
    assert result.outcome == "ok"
    assert result.fetched == (
        result.new + result.revised + result.unchanged + result.refused + result.rejected + result.unmatched
    )
    assert (result.rejected > 0) == (kind == "odd_item")
    assert result.new > 0


def test_a_withdrawn_token_is_renewed_once(deployment: Any) -> None:
    from collectors import collect

    clients = []
    build = collect.load_client_builder("reddit")

    def keep(**options: Any) -> Any:
        clients.append(build(**options))
        return clients[-1]

    original, collect.load_client_builder = collect.load_client_builder, lambda _: keep  # type: ignore[assignment]
    try:
        assert deployment.collect("reddit").outcome == "ok"
    finally:
        collect.load_client_builder = original
    deployment.standins.reddit.expire_tokens()
    query_page = clients[0]._ask  # the same client goes on with a token that is no longer good
    from collectors.protocol import Query

    body = query_page(Query(id="q", source="reddit", lane="overheard", text="r/indonesia/new"), {"limit": 5})
    assert body["children"]


def test_the_token_endpoint_failing_is_told(deployment: Any) -> None:
    for status, outcome in ((401, "stopped"), (503, "retry"), (200, "retry")):
        deployment.standins.faults.add(
            "/api/v1/access_token", Fault(kind="status", status=status, body=b"{}"), times=None
        )
        result = deployment.collect("reddit")
        assert result.outcome == outcome, (status, result.message)
        deployment.standins.faults.clear()


def test_reddits_budget_is_respected_without_sleeping(deployment: Any) -> None:
    deployment.standins.reddit.set_rate_limit(1)
    result = deployment.collect("reddit")
    assert result.outcome == "retry"
    assert result.until is not None
    assert "rate limit" in result.message
    assert deployment.slept == []
    assert len(deployment.standins.log.to("/r/")) == 1, "the second question was not even asked"


def test_xs_limit_ends_the_lane_not_the_source(deployment: Any) -> None:
    deployment.standins.faults.add(
        "/2/users", Fault(kind="status", status=429, headers={"retry-after": "600"}), times=None
    )
    result = deployment.collect("x")
    assert result.outcome == "retry"
    assert result.new > 0
    assert deployment.standins.log.to("/2/tweets/search/recent")
    assert len(deployment.standins.log.to("/2/users")) == 1


def test_a_netrc_never_replaces_the_token(deployment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = deployment.home / "netrc"
    netrc.write_text("default login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    for source in LISTENED:
        assert deployment.collect(source).outcome == "ok"
    sent = {request.headers["authorization"].split()[0].lower() for request in deployment.standins.log.to("/2/")}
    assert sent == {"bearer"}


def test_no_exception_holds_a_secret(deployment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks every failure down to its last cause, as a careless log would."""
    told = overhear_errors(monkeypatch)
    for fault in quick_faults():
        deployment.standins.faults.add("/2/", fault, times=None)
        deployment.standins.faults.add("/r/", fault, times=None)
        for source in LISTENED:
            deployment.collect(source)
        deployment.standins.faults.clear()
    assert len(told) > 30
    assert not any("kenari" in text or "Authorization" in text for text in told)


def overhear_errors(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every failure of a collection adds all that its traceback says."""
    from collectors import collect

    told: list[str] = []
    original = collect._Run._ask

    def note(run: Any, *args: Any, **options: Any) -> None:
        try:
            original(run, *args, **options)
        except SidakError as exc:
            told.append("".join(traceback.format_exception(exc)) + repr(exc.__dict__))
            raise

    monkeypatch.setattr(collect._Run, "_ask", note)
    return told


def quick_faults() -> list[Fault]:
    """Return the faults that do not take their time."""
    return [fault for fault, _ in FAULTS.values() if fault.kind not in {"hang", "drip"}]


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", [None, "truncated", "drip", "503", "oversize"])
def test_no_connection_outlives_its_pass(
    deployment: Any, short_limits: ShortLimits, monkeypatch: pytest.MonkeyPatch, source: str, name: str | None
) -> None:
    """The client is held on to, so that no collector of garbage closes anything."""
    held = hold_clients(monkeypatch)
    if name is not None:
        deployment.standins.faults.add(LISTENED[source], FAULTS[name][0], times=None)
    with short_limits.hasty(when=name == "drip"):
        deployment.collect(source)
    assert held
    assert all_closed(deployment.standins)


def hold_clients(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    from collectors import collect

    held: list[object] = []
    build = collect.open_client

    def keep(*args: Any, **options: Any) -> Any:
        held.append(build(*args, **options))
        return held[-1]

    monkeypatch.setattr(collect, "open_client", keep)
    return held


def all_closed(standins: Any) -> bool:
    """Whether the servers see every connection end, which they learn of a little later."""
    end = time.monotonic() + 60
    while standins.connections and time.monotonic() < end:
        time.sleep(0.01)
    return not standins.connections
