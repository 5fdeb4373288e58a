"""A file into the archive: the same intake as every other source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.journal import Run

if TYPE_CHECKING:
    from collectors.files.importer import ImportResult


def import_with(house: House, path: Path, *, profile: str, on_progress: OnProgress = silent) -> ImportResult:
    """Import one file and note the run in the journal."""
    from collectors.files.importer import import_file

    started_at = house.clock()
    result = import_file(
        path,
        profile=profile,
        intake=house.intake,
        pseudonymize=house.pseudonymizer,
        clock=house.clock,
        on_progress=on_progress,
    )
    counts = {name: getattr(result, name) for name in ("rows", "new", "revised", "unchanged", "refused", "rejected")}
    house.journal.write(
        Run(
            stage="collect",
            source="files",
            started_at=started_at,
            ended_at=house.clock(),
            outcome="ok",
            message=path.name,
            counts=counts,
        )
    )
    return result
