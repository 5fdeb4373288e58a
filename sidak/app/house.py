"""Everything one process works with, opened from the settings in one readable place."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from sidak.archive import Archive
from sidak.catalog import Catalog
from sidak.clock import Clock, open_clock
from sidak.errors import StopError
from sidak.ids import Pseudonymizer
from sidak.intake import Intake
from sidak.journal import Journal
from sidak.settings import Settings

if TYPE_CHECKING:
    from index.decisions import Ledger
    from index.engine import Engine
    from nlp.analyze import Analyzer
    from nlp.incidents import Grouper


class House:
    """Opens each part when it is first needed, so that a command pays only for what it uses."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or open_clock(settings)

    @cached_property
    def archive(self) -> Archive:
        """The durable archive."""
        return Archive(self.settings.archive_dir, clock=self.clock)

    @cached_property
    def catalog(self) -> Catalog:
        """What is known of each post."""
        return Catalog(self.settings.home / "cache" / "catalog.db", self.archive)

    @cached_property
    def intake(self) -> Intake:
        """The way into the archive."""
        return Intake(self.archive, self.catalog)

    @cached_property
    def journal(self) -> Journal:
        """The journal of runs."""
        return Journal(self.settings.home / "journal.db")

    @cached_property
    def pseudonymizer(self) -> Pseudonymizer:
        """The keyed pseudonyms of this deployment."""
        return Pseudonymizer(self.settings.secret_key("pseudonym"))

    @cached_property
    def analyzer(self) -> Analyzer:
        """The spaCy pipeline."""
        from nlp.analyze import Analyzer

        settings = self.settings
        return Analyzer(
            settings.region,
            offices_file=settings.offices_file,
            projects_file=settings.projects_file,
            adaptation_file=settings.adaptation_path,
        )

    @cached_property
    def grouper(self) -> Grouper:
        """The grouping of reports into incidents."""
        from nlp.incidents import Grouper

        return Grouper(self.settings.home / "cache" / "incidents.db")

    @cached_property
    def engine(self) -> Engine:
        """The search engine that the settings name."""
        from index.open_engine import open_engine

        return open_engine(self.settings, clock=self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """The decision ledger."""
        from index.decisions import Ledger

        return Ledger(self.settings.ledger_database_url())

    @contextmanager
    def alone(self, stage: str) -> Iterator[None]:
        """Let one process at a time run a stage of this home; a killed one lets go by itself."""
        path = self.settings.home / "locks" / f"{stage}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as exc:
            raise StopError(f"{path}: {exc.strerror}; set SIDAK_HOME to a writable folder") from exc
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def close(self) -> None:
        """Close what was opened."""
        for name in ("catalog", "journal", "engine", "ledger", "grouper"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
