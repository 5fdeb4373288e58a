"""Opens the search engine that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from index.engine import Engine
from sidak.settings import Settings

INDEX_FILE = "index/index.db"
"""Where the embedded index lives, inside the home."""


def open_engine(settings: Settings, clock: Callable[[], datetime]) -> Engine:
    """Return the engine of this deployment; it connects when it is first used, so open one after forking."""
    if settings.index == "elasticsearch":
        from index.elastic import open_elastic

        return open_elastic(settings.elasticsearch, clock=clock)
    from index.sqlite import SqliteEngine

    return SqliteEngine(settings.home / INDEX_FILE, clock=clock)
