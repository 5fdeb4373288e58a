"""### sidak_refresh: stored posts looked up again

**Purpose.** No listing shows that a post was deleted, and platforms want that honoured within a day. Every hour each
source's posts whose deadline comes near are looked up, the longest unchecked first: edits become revisions, what is
gone is destroyed everywhere, what is older than the source's terms allow is purged. A source that was looked up
announces `sidak_posts`.

**Owner.** sidak (whoever runs the deployment and holds the platforms' keys).

**Parameters.** `sources`: only these (default: all that keep posts and have a deadline). `limit`: posts to look up for
each source in one run; some platforms charge for each.

**Safe to repeat.** A post is noted as checked when what became of it is stored; what a run did not reach, the next one
does.

**When it fails.**

* *A task waits for its next try*: the platform or the search engine is down, or a quota is used up; nothing to do.
* *"… posts are said to be gone, and none was destroyed"*: a platform suddenly denies most posts. Look whether it or our
  permission is at fault; if the posts are truly gone, run `sidak refresh <source> --believe`.
* *Failed at once, "clearance" or "credentials"*: what may not be asked for cannot be looked up; what must go by its age
  went all the same. Renew the clearance, or end the source with `sidak purge --source <source>`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from sidak_flow import EACH_SOURCE, FLOW_DEFAULTS, POSTS, name_sources


@dag(
    dag_id="sidak_refresh",
    schedule=CronDataIntervalTimetable("20 * * * *", timezone="UTC"),
    **FLOW_DEFAULTS,
    params={
        "sources": name_sources("all with posts and a deadline"),
        "limit": Param(5000, type="integer", minimum=1, description="Posts to look up for each source"),
    },
    tags=["sidak", "refresh"],
    doc_md=__doc__,
)
def sidak_refresh() -> None:
    """Wire the flow: plan, then one task a source."""

    @task(execution_timeout=timedelta(minutes=5))
    def plan() -> list[str]:
        """Return the sources to look up in this run."""
        from airflow.sdk.exceptions import AirflowSkipException

        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak_tasks import load_task_settings

        settings = load_task_settings()
        asked: list[str] = get_current_context()["params"]["sources"]
        chosen = asked or pipeline.plan_refresh(settings, clock=open_clock(settings))
        if not chosen:
            raise AirflowSkipException("no source keeps posts that have a deadline")
        return chosen

    @task(**EACH_SOURCE)
    def refresh(source: str) -> dict[str, Any]:
        """Look one source's due posts up; return counts, never posts."""
        from sidak.app import pipeline
        from sidak.clock import open_clock
        from sidak_tasks import LogProgress, load_task_settings, report

        context = get_current_context()
        settings = load_task_settings(source)
        summary = pipeline.refresh(
            settings,
            source,
            limit=context["params"]["limit"],
            clock=open_clock(settings),
            on_progress=LogProgress(),
        )
        return report(summary, context["outlet_events"][POSTS], source=source)

    refresh.expand(source=plan())


sidak_refresh()
