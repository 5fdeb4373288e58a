"""### sidak_enrich: posts into reports

**Purpose.** Reads every post of the archive that this version of the pipeline has not read yet: is it a report, of
what, where, how urgent. Starts whenever `sidak_posts` was announced, and once an hour for what came another way
(`sidak import`, or a source that failed after it had stored something). Announces `sidak_reports`.

**Owner.** sidak (whoever answers for the pipeline's version).

**Safe to repeat.** What was read is known from the archive itself; a run that was killed goes on where it was, and one
with nothing to do ends in a second. Announcements that pile up are handled by one run. One run at a time.

**When it fails.**

* *A post that cannot be read* does not fail the run: it becomes a dead letter (`sidak audit` lists them).
* *"not what was written"*: the archive is damaged. Stop, keep the files, run `sidak audit`; it names the first segment.
* *The disk is full*: make room, then clear the task. Nothing that was stored is lost.
* *Killed (memory)*: give the worker more, then clear the task.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, get_current_context, task

from sidak_flow import POSTS, REPORTS, START, TASK_DEFAULTS


@dag(
    dag_id="sidak_enrich",
    schedule=AssetOrTimeSchedule(assets=[POSTS], timetable=CronTriggerTimetable("5 * * * *", timezone="UTC")),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    default_args=TASK_DEFAULTS,
    tags=["sidak", "enrich"],
    doc_md=__doc__,
)
def sidak_enrich() -> None:
    """Wire the flow: one task, because the stage itself knows what is new."""

    @task(inlets=[POSTS], outlets=[REPORTS], execution_timeout=timedelta(hours=6), multiple_outputs=False)
    def enrich() -> dict[str, Any]:
        """Read what is new; return counts, never texts."""
        import msgspec

        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak_tasks import LogProgress, load_task_settings

        settings = load_task_settings()
        summary = pipeline.enrich(settings, clock=open_clock(settings), on_progress=LogProgress())
        counts: dict[str, Any] = msgspec.to_builtins(summary)
        get_current_context()["outlet_events"][REPORTS].extra = {"segments": summary.segments}
        return counts

    enrich()


sidak_enrich()
