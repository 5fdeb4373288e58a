"""Finds the sources: every folder here with a `source.toml` is one; its modules are loaded when they are needed.

A folder `collectors/<source>/` holds `source.toml`, `plan.py` (build_queries), `client.py` (build_client) and
`parse.py` (parse_page). An unavailable source needs only the first.
"""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec

from collectors.protocol import Client, Parser, Query
from collectors.terms import Terms, load_terms
from sidak.clock import Clock
from sidak.errors import UsageError
from sidak.models import Lane

if TYPE_CHECKING:
    from collectors.watchlist import Watchlist

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source's name, which is its folder's, and its terms."""

    name: str
    terms: Terms


class BuildClient(Protocol):
    """`client.build_client`: sleep and chance are passed in, so that a test waits for nothing."""

    def __call__(
        self,
        *,
        credentials: Mapping[str, str],
        clock: Clock,
        sleep: Callable[[float], None],
        rng: random.Random,
        **options: Any,  # noqa: ANN401 - `budget` for sources whose terms name budgets
    ) -> Client: ...


class BuildQueries(Protocol):
    """`plan.build_queries`: the questions that a watchlist comes down to, for one lane."""

    def __call__(self, watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]: ...


def find_sources(folder: Path = FOLDER) -> dict[str, Source]:
    """Return all sources by name; raises StopError where a `source.toml` cannot be understood."""
    files = sorted(folder.glob("*/source.toml"))
    return {file.parent.name: Source(name=file.parent.name, terms=load_terms(file)) for file in files}


def find_source(name: str, folder: Path = FOLDER) -> Source:
    """Return one source; raises UsageError for a name that is none."""
    file = folder / name / "source.toml"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise UsageError(f"there is no source {name!r}; there are: {', '.join(find_sources(folder))}")
    return Source(name=name, terms=load_terms(file))


def load_client_builder(name: str) -> BuildClient:
    """Return `collectors.<name>.client.build_client`; this imports the platform's library."""
    return cast("BuildClient", importlib.import_module(f"collectors.{name}.client").build_client)


def load_parser(name: str) -> Parser:
    """Return `collectors.<name>.parse.parse_page`."""
    return cast("Parser", importlib.import_module(f"collectors.{name}.parse").parse_page)


def load_planner(name: str) -> BuildQueries:
    """Return `collectors.<name>.plan.build_queries`."""
    return cast("BuildQueries", importlib.import_module(f"collectors.{name}.plan").build_queries)
