"""The main job on invented data: stand-in platforms, real clients, Airflow DAG runs, SQLite, and the console."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import httpx
from pydantic import SecretStr

from sidak.app.airflow_api import RunReport
from sidak.app.airflow_local import LocalAirflow, run_airflow
from sidak.app.audit import Balance, balance_posts, check_balance
from sidak.app.demo_home import CLOCK, REGION, Addresses, empty_home, furnish_home
from sidak.app.house import House
from sidak.app.output import emit, say, show_table
from sidak.app.processes import standin_platforms, start_detached, stop_detached
from sidak.clock import wall_clock
from sidak.errors import StopError
from sidak.settings import Settings

SCENARIO = "jawa_tengah"
DAGS = Path(__file__).parents[2] / "dags"
COLLECT, ENRICH, PUBLISH = "sidak_collect", "sidak_enrich", "sidak_publish"
WEEKS_BACK = 4
"""X's recent search reaches back seven days, so five weeks are heard one week at a time, as they went by."""
RUN_SECONDS = 300
ANSWER_SECONDS = 60
TOP = 10


def run_demo(*, home: Path, port: int, keep_running: bool) -> None:
    """Run the whole demo; raises StopError naming what did not work and where its log is."""
    started = time.monotonic()
    if not DAGS.is_dir():
        raise StopError(f"{DAGS}: there are no DAGs; run the demo from a checkout of the project")
    stop_demo(home)
    folder = empty_home(home)
    say(f"demo: everything here is invented; its home is {folder}")
    with standin_platforms(folder, scenario=SCENARIO) as found:
        addresses = cast("Addresses", found)
        env = furnish_home(folder / "home", addresses, today=wall_clock().date())
        with run_airflow(folder / "airflow", DAGS, dag_ids=(COLLECT, ENRICH, PUBLISH), env=env, say=say) as airflow:
            reports = list(_run_weeks(airflow, folder / "home", addresses))
    settings = _settings(folder / "home")
    with closing(House(settings)) as house:
        _show_runs(reports)
        _show_result(house)
    say(f"demo: done in {time.monotonic() - started:.0f} s")
    if keep_running:
        _open_console(folder, settings, env, port=port)


def stop_demo(home: Path) -> bool:
    """Stop the console of an earlier demo in this home, if it runs."""
    return stop_detached(home.resolve() / "console.pid", mark="sidak.app.demo_console")


def _run_weeks(airflow: LocalAirflow, home: Path, addresses: Addresses) -> Iterator[RunReport]:
    """Let five weeks go by, on the platforms' clock and on ours; then all is read and published."""
    end = datetime.fromisoformat(addresses["scenario_end"])
    for week in range(WEEKS_BACK, 0, -1):
        moment = end - timedelta(days=7 * week)
        _set_clocks(home, addresses, moment)
        say(f"demo: collecting the week before {moment:%d %B %Y}")
        yield from _checked(airflow, airflow.run_chain(COLLECT, [], conf={}, timeout_seconds=RUN_SECONDS))
    _set_clocks(home, addresses, end)
    say("demo: collecting this week; then reading and publishing everything")
    yield from _checked(airflow, airflow.run_chain(COLLECT, [ENRICH, PUBLISH], conf={}, timeout_seconds=RUN_SECONDS))


def _checked(airflow: LocalAirflow, reports: tuple[RunReport, ...]) -> tuple[RunReport, ...]:
    for report in reports:
        if report.state != "success":
            reasons = "; ".join(airflow.failures(report)) or f"see {airflow.home / 'logs'}"
            raise StopError(f"the DAG run {report.dag_id} ended as {report.state}: {reasons}")
    return reports


def _set_clocks(home: Path, addresses: Addresses, moment: datetime) -> None:
    (home / CLOCK).write_text(moment.isoformat())
    httpx.post(
        addresses["clock_url"], json={"now": moment.isoformat(), "ticking": False}, trust_env=False
    ).raise_for_status()


def _settings(home: Path) -> Settings:
    return Settings(home=home, index="sqlite", region=REGION, session_key=SecretStr(secrets.token_hex(32)))


def _show_runs(reports: list[RunReport]) -> None:
    rows = [(run.dag_id, run.state, len(run.tasks)) for run in reports]
    show_table("Airflow DAG runs", ("dag", "state", "tasks"), rows)


def _show_result(house: House) -> None:
    """Tell what was found and what was dropped and why, and prove that nothing is missing."""
    from index.engine import SearchQuery
    from nlp.taxonomy import categories

    balance = balance_posts(house)
    check_balance(balance)
    page = house.engine.search(SearchQuery(include_restricted=True, limit=TOP, facets=("category", "review")))
    labels = {id: category.label for id, category in categories().items()}
    found = [(labels.get(facet.value, facet.value), facet.count) for facet in page.facets["category"]]
    show_table("Found, by category", ("category", "reports"), found)
    show_table("Collected = indexed + set aside + deleted", ("", "posts"), list(_balance_rows(balance)))
    rows = [
        (f"{hit.urgency:.2f}", labels.get(hit.category or "", "perlu ditinjau"), hit.area_name or "-", hit.text[:100])
        for hit in page.hits
    ]
    show_table("The most urgent", ("urgency", "category", "area", "text"), rows)


def _balance_rows(balance: Balance) -> Iterator[tuple[str, int]]:
    yield "collected", balance.collected
    yield "indexed", balance.indexed
    for reason, count in balance.filtered.items():
        yield f"set aside: {reason}", count
    yield "dead letters", balance.dead_lettered
    yield "deleted at the source", balance.deleted


def _open_console(folder: Path, settings: Settings, env: Mapping[str, str], *, port: int) -> None:
    """Make throw-away accounts, leave the console running, and print where it is."""
    from dashboards.console.build import open_accounts

    accounts = open_accounts(settings, clock=wall_clock)
    passwords = {name: secrets.token_urlsafe(9) for name in ("inspektorat", "gubernur")}
    for role, password in passwords.items():
        accounts.add_account(f"demo-{role}", role, password)
    port = _free_port(port)
    start_detached(
        ["-m", "sidak.app.demo_console", str(port)],
        env={name: value for name, value in env.items() if name != "SIDAK_CLOCK_FILE"},
        log=folder / "console.log",
        pid_file=folder / "console.pid",
    )
    address = f"http://127.0.0.1:{port}"
    _wait_for_answer(address, folder)
    for role, password in passwords.items():
        say(f"sign in as demo-{role} with the password {password} (thrown away with the demo)")
    say("stop it with: make demo-stop")
    emit(f"console: {address}")


def _wait_for_answer(address: str, folder: Path) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise StopError(f"the console does not answer; its log is {folder / 'console.log'}")


def _free_port(wanted: int) -> int:
    """Return the wanted port if it is free, else any that is."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise StopError("there is no free port on this machine")
