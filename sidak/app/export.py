"""A search as a file: streamed, resumable, within the platforms' caps, with a manifest that says what it is.

Rows are read in the order of their ids into `OUT.part`; once all are there they become the wished file. What was killed
or refused in between goes on with `resume` and then looks at each report once more: one that was deleted, has become
restricted or no longer matches in the meantime is left out.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from pathlib import Path

import msgspec

from index.engine import SearchQuery
from index.export_files import Format
from index.export_spool import Progress, Spool, open_spool, part_path
from sidak.app.export_caps import Caps
from sidak.app.export_finish import BATCH, build_rows, draft_path, finish_export
from sidak.app.export_manifest import Manifest
from sidak.app.export_question import Question
from sidak.app.export_register import register_export
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.errors import RetryError, UsageError
from sidak.journal import Run

STAGE = "export"


def export(
    house: House,
    question: Question,
    *,
    out: Path,
    format: Format,
    resume: bool = False,
    by: str | None = None,
    on_progress: OnProgress = silent,
) -> Manifest:
    """Write all reports that a question finds into a file, and its manifest beside it.

    Raises UsageError where the question makes no sense or the file is there already, and RetryError where a platform's
    cap is reached: what was exported so far is kept for `resume`.
    """
    query = question.search_query()
    if out.exists() and not (resume and out.is_file()):
        raise UsageError(f"{out}: is there already; choose another --out")
    out = out.resolve()  # a link keeps its place, its target gets the rows
    if not resume:
        _refuse_to_overwrite(out)
    digest = hashlib.sha256(msgspec.json.encode((question, format))).hexdigest()
    now = house.clock()
    house.engine.setup()
    register_export(house.settings.home, out, at=now)
    caps = Caps(house.settings.home / "budget.db", clock=house.clock)
    fresh = Progress(digest=digest, started_at=now, as_of=now)
    with open_spool(out, fresh, resume=resume) as spool:
        _fill(house, query, spool, caps=caps, on_progress=on_progress)
        with house.alone("publish"):  # else a deletion of this moment could miss the file
            manifest = finish_export(house, question, spool, out=out, format=format, by=by or _user())
            spool.remove()
    _write_journal(house, manifest)
    return manifest


def _refuse_to_overwrite(out: Path) -> None:
    """Raise UsageError where files of the names that an export works with are somebody else's."""
    part = part_path(out)
    rows_of_nobody = part.exists() and part.stat().st_size and not part.with_name(f"{part.name}.state").exists()
    for path in ([part] if rows_of_nobody else []) + [draft_path(out)]:
        if path.exists():
            raise UsageError(f"{path}: is there already and would be overwritten; choose another --out")


def _fill(house: House, query: SearchQuery, spool: Spool, *, caps: Caps, on_progress: OnProgress) -> None:
    total = house.engine.search(msgspec.structs.replace(query, limit=1)).total
    while not spool.progress.done:
        documents = house.engine.scan(query, after=spool.progress.after, limit=BATCH)
        rows = build_rows(house, documents)
        admitted = caps.admit(rows)
        reached = documents[-1].id if documents else spool.progress.after
        if admitted.refusal is not None:
            reached = admitted.rows[-1].id if admitted.rows else spool.progress.after
        done = admitted.refusal is None and len(documents) < BATCH
        standing = msgspec.structs.replace(spool.progress, after=reached, as_of=house.clock(), done=done)
        spool.append(admitted.rows, standing)
        on_progress(STAGE, spool.progress.rows, total)
        if admitted.refusal is not None:
            raise _capped(admitted.refusal, spool.progress.rows, total)


def _capped(refusal: RetryError, rows: int, total: int) -> RetryError:
    return RetryError(
        f"{refusal}; {rows} of {total} rows are kept: repeat the command with --resume then, or ask for other sources"
        " with --source",
        until=refusal.until,
        reason=refusal.reason,
    )


def _write_journal(house: House, manifest: Manifest) -> None:
    """Keep who took what: the trail that an audit follows."""
    lane = "restricted included" if manifest.include_restricted else "open only"
    house.journal.write(
        Run(
            stage=STAGE,
            source=house.engine.name,
            started_at=manifest.started_at,
            ended_at=house.clock(),
            outcome="ok",
            message=f"{manifest.exported_by} as {manifest.role}, {lane}: {manifest.file}, sha256 {manifest.sha256}",
            counts={"rows": manifest.rows} | {covered.source: covered.rows for covered in manifest.coverage},
            notes=(manifest.query,) if manifest.query else (),
        )
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name for this user, as in some containers
        return f"uid {os.getuid()}"
