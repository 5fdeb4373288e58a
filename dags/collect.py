"""### sidak_collect: public posts into the archive

**Purpose.** Every 15 minutes each cleared source is asked once, and its posts are stored in the archive. One mapped
task a source, so that one platform's bad day is nobody else's. Each source that was stored announces `sidak_posts`,
which starts `sidak_enrich`.

**Owner.** sidak (whoever runs the deployment and holds the platforms' keys).

**Parameters.** `sources`: only these (default: all that are cleared). `since`, `until`: only posts of this time, as
ISO 8601 with a zone, asked for exactly and moving no cursor; without them a run goes on where the source's cursor
stands.

**Safe to repeat.** A cursor moves only after its posts are on disk, and a post that is there already is not stored
again: clear or retry any task of any interval. A backfill asks for exactly its intervals.

**When it fails.**

* *A task waits for its next try*: the platform is down or its quota is used up; the log says until when. Nothing to do.
* *A task failed at once*: the log's last line says what a person must do. Mostly a key that was withdrawn (renew the
  connection `sidak_<source>`) or a clearance that is missing or ran out (`clearance.toml`; `sidak sources` explains).
  Then clear the task.
* *`plan` failed*: no source is cleared at all, or the settings are wrong; the log names the variable.
* *Tasks stay "scheduled"*: the pool `collectors` does not exist (dags/README.md).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from sidak_flow import EACH_SOURCE, FLOW_DEFAULTS, POSTS, name_sources

MOMENT = {"type": ["null", "string"], "format": "date-time"}


@dag(
    dag_id="sidak_collect",
    schedule=CronDataIntervalTimetable("*/15 * * * *", timezone="UTC"),
    **FLOW_DEFAULTS,
    params={
        "sources": name_sources("all cleared ones"),
        "since": Param(None, **MOMENT, description="Posted at or after; from the cursor on if empty"),
        "until": Param(None, **MOMENT, description="Posted before; up to now if empty"),
    },
    tags=["sidak", "collect"],
    doc_md=__doc__,
)
def sidak_collect() -> None:
    """Wire the flow: plan, then one task a source."""

    @task(execution_timeout=timedelta(minutes=5))
    def plan() -> list[str]:
        """Return the sources to ask in this run."""
        from collectors.registry import find_sources
        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak.errors import StopError
        from sidak_tasks import load_task_settings

        settings = load_task_settings(*find_sources())
        asked: list[str] = get_current_context()["params"]["sources"]
        chosen = asked or pipeline.plan_sources(settings, clock=open_clock(settings))
        if not chosen:
            raise StopError(f"no source is cleared: declare one in {settings.clearance_path}")
        return chosen

    @task(**EACH_SOURCE)
    def collect(source: str) -> dict[str, Any]:
        """Ask one source once; return counts, never posts."""
        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak_tasks import LogProgress, choose_window, load_task_settings, report

        context = get_current_context()
        run = context["dag_run"]
        since, until = choose_window(
            context["params"], run_type=str(run.run_type), start=run.data_interval_start, end=run.data_interval_end
        )
        settings = load_task_settings(source)
        summary = pipeline.collect(
            settings, source, since=since, until=until, clock=open_clock(settings), on_progress=LogProgress()
        )
        return report(summary, context["outlet_events"][POSTS], source=source)

    collect.expand(source=plan())


sidak_collect()
