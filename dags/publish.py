"""### sidak_publish: reports and decisions into the index

**Purpose.** Brings the search index up to the archive and to what people decided. Starts whenever `sidak_reports` was
announced, announces `sidak_index`.

**Owner.** sidak (whoever runs the search engine).

**Safe to repeat.** Documents carry versions and the index knows which segments it holds: publishing twice changes
nothing. The index itself is disposable; `sidak reindex` rebuilds it from archive and ledger. One run at a time.

**When it fails.**

* *The task waits for its next try*: the search engine or the ledger's database does not answer; it goes on by itself.
* *Failed at once, "password" or "permission"*: correct `SIDAK_ELASTICSEARCH__…` or `SIDAK_LEDGER_URL`, clear the task.
* *Documents were rejected*: the run goes on; the rejected ones are dead letters with the engine's own words
  (`sidak audit`).
* *"decision ledger: record …"*: the ledger was altered or cut. Stop, keep the database, run `sidak audit`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from sidak_flow import INDEX, REPORTS, START, TASK_DEFAULTS


@dag(
    dag_id="sidak_publish",
    schedule=[REPORTS],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args=TASK_DEFAULTS,
    tags=["sidak", "publish"],
    doc_md=__doc__,
)
def sidak_publish() -> None:
    """Wire the flow: one task, because the stage itself knows what is new."""

    @task(inlets=[REPORTS], outlets=[INDEX], execution_timeout=timedelta(hours=3), multiple_outputs=False)
    def publish() -> dict[str, Any]:
        """Write what is new; return counts, never documents."""
        import msgspec

        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak_tasks import LogProgress, load_task_settings

        settings = load_task_settings()
        summary = pipeline.publish(settings, clock=open_clock(settings), on_progress=LogProgress())
        counts: dict[str, Any] = msgspec.to_builtins(summary)
        return counts

    publish()


sidak_publish()
