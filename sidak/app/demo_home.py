"""The demo's throw-away home: a folder that may be emptied, an invented deployment, and its environment."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TypedDict

from sidak.errors import StopError, UsageError

MARK = ".sidak-demo"
REGION = "33"
CLOCK = "clock.txt"

CLEARANCE = """\
# Invented, for the demo: the stand-in platforms ask for nothing.
[x]
lanes = ["addressed", "overheard"]
reference = "Perjanjian contoh 1/2026"
declared_by = "Inspektorat Contoh"
valid_until = {until}
states = {{ agreement = "contoh-1", offices = "Inspektorat Contoh" }}

[reddit]
lanes = ["overheard"]
reference = "Persetujuan contoh 2/2026"
declared_by = "Inspektorat Contoh"
valid_until = {until}
states = {{ approval = "contoh-2" }}
"""


class Addresses(TypedDict):
    """What the stand-ins say of themselves."""

    x_url: str
    reddit_url: str
    clock_url: str
    office_handle: str
    office_id: str
    scenario_end: str
    watchlist: str


def empty_home(folder: Path) -> Path:
    """Return an empty folder that bears the demo's mark; raises UsageError for one that is somebody's own."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageError(f"--home: {folder} is not empty and no demo's; name another folder")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    except OSError as exc:
        raise StopError(f"{folder}: {exc.strerror}; name a writable folder with --home") from exc
    return folder


def furnish_home(home: Path, addresses: Addresses, *, today: date) -> dict[str, str]:
    """Write the invented clearances and watchlist into a home; return the environment of this deployment."""
    home.mkdir(parents=True)
    (home / "clearance.toml").write_text(CLEARANCE.format(until=today + timedelta(days=30)))
    shutil.copy(addresses["watchlist"], home / "watchlist.toml")
    return {
        "SIDAK_CLOCK_FILE": str(home / CLOCK),
        "SIDAK_HOME": str(home),
        "SIDAK_INDEX": "sqlite",
        "SIDAK_REGION": REGION,
        "SIDAK_SOURCES__X__BEARER_TOKEN": "demo-token",
        "SIDAK_SOURCES__X__USER_ID": addresses["office_id"],
        "SIDAK_SOURCES__X__BASE_URL": addresses["x_url"],
        "SIDAK_SOURCES__REDDIT__CLIENT_ID": "demo-client",
        "SIDAK_SOURCES__REDDIT__CLIENT_SECRET": "demo-secret",
        "SIDAK_SOURCES__REDDIT__USER_AGENT": "linux:sidak-demo:0.1 (by /u/contoh)",
        "SIDAK_SOURCES__REDDIT__BASE_URL": addresses["reddit_url"],
    }
