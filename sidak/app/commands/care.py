"""audit, forget, purge, refresh, reindex, replay, demo: keeping the house in order and showing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from sidak.app.commands.common import open_house, raise_unless_all_ok
from sidak.app.output import emit, progress_bar, say, show_table
from sidak.errors import StopError, UsageError

REFRESH_COLUMNS = (
    "source", "outcome", "due", "unchanged", "revised", "deleted", "unanswered", "purged", "overdue", "message",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("audit")(audit)
    app.command("forget")(forget)
    app.command("purge")(purge)
    app.command("refresh")(refresh)
    app.command("reindex")(reindex)
    app.command("replay")(replay)
    app.command("demo")(demo)


def audit(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Prove the loss ledger and the decision ledger; exit 1 naming the first broken record if either fails.

    Example: sidak audit
    """
    from sidak.app.audit import audit_archive, balance_posts, check_balance

    with open_house() as house:
        segments = audit_archive(house)
        head = house.ledger.verify()
        house.engine.setup()
        balance = balance_posts(house)
    if as_json:
        emit(msgspec.json.encode(balance).decode())
    else:
        rows: list[tuple[str, int]] = [("collected", balance.collected), ("= indexed", balance.indexed)]
        rows += [(f"+ filtered: {reason}", count) for reason, count in balance.filtered.items()]
        rows += [
            ("+ dead-lettered", balance.dead_lettered),
            ("+ deleted", balance.deleted),
            ("+ waiting for the next run", balance.waiting),
        ]
        show_table(f"Loss ledger over {segments} segments", ("", "posts"), rows)
        say(f"items that never became a post (dead letters of parsing): {balance.parse_dead_letters}")
        say(f"decision ledger: {head.sequence} decisions, unbroken, head {head.hash[:12] or '(empty)'}")
    check_balance(balance)


def forget(ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Post ids such as x:1234567890.")]) -> None:
    """Delete posts everywhere: archive, reports, dead letters, index; a tombstone stops re-entry.

    Example: sidak forget x:1234567890 reddit:t3_abc
    """
    from sidak.app.forget import explain_strangers
    from sidak.app.forget import forget as forget_posts

    if not ids:
        raise UsageError("forget: name at least one id")
    with open_house() as house:
        certificate = forget_posts(house, ids)
        strangers = explain_strangers(house, ids)
    for stranger in strangers:
        say(stranger)
    emit(msgspec.json.encode(certificate).decode())


def purge(
    source: Annotated[str, typer.Option(help="The source whose posts are to be destroyed, e.g. x.")],
) -> None:
    """Destroy everything of one source, print a certificate of what that was, and let none of it in again.

    Example: sidak purge --source x
    """
    from sidak.app.purge import purge_source

    with open_house() as house, progress_bar() as on_progress:
        certificate = purge_source(house, source, on_progress=on_progress)
    emit(msgspec.json.encode(certificate).decode())
    if certificate.left:
        raise StopError(f"purge: {certificate.left} posts of {source} are left; run it again")


def refresh(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="All sources with posts and a deadline if none.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="Posts to look up for each source; platforms charge for them.")
    ] = 5000,
    believe: Annotated[
        bool, typer.Option("--believe", help="Destroy even when most posts are said to be gone.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Look stored posts up again: edits become revisions, what is gone is destroyed, what is too old is purged.

    Example: sidak refresh x reddit --limit 1000
    """
    from sidak.app.refresh import refresh_with, refreshable

    with open_house() as house, progress_bar() as on_progress:
        chosen = names or refreshable(house)
        results = [refresh_with(house, name, limit=limit, believe=believe, on_progress=on_progress) for name in chosen]
    if as_json:
        for result in results:
            emit(msgspec.json.encode(result).decode())
    else:
        rows = [[getattr(result, column) for column in REFRESH_COLUMNS] for result in results]
        show_table("Refreshed", REFRESH_COLUMNS, rows)
    raise_unless_all_ok(results)


def reindex(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew instead of going on with a rebuild that did not end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and digests as JSON.")] = False,
) -> None:
    """Rebuild the index from archive and ledger; search, publishing and decisions go on meanwhile.

    Example: sidak reindex --json
    """
    from sidak.app.reindex import reindex as rebuild

    with open_house() as house, progress_bar() as on_progress:
        summary = rebuild(house, resume=not fresh, on_progress=on_progress)
    if as_json:
        emit(msgspec.json.encode(summary).decode())
        return
    say(f"reindexed: {summary.documents} documents, {summary.written} written from {summary.segments} segments")
    if summary.resumed:
        say(f"went on with a rebuild that had {summary.resumed} segments already")
    say(f"digest: {summary.digest}")
    if summary.before is None:
        say("the index before could not be read, so there is nothing to compare with")
    elif summary.same:
        say("the same documents as before, byte by byte")
    else:
        say(
            f"not as before ({summary.before.documents} documents, digest {summary.before.digest}):"
            f" {summary.missing} are gone, {summary.extra} are new, {summary.changed} changed;"
            f" for example {', '.join(summary.examples)}"
        )


def replay(as_json: Annotated[bool, typer.Option("--json", help="Print what became of them as JSON.")] = False) -> None:
    """Try again what the index refused (dead letters of publishing); exit 1 while something is still refused.

    Example: sidak replay
    """
    from sidak.app.replay import replay as replay_letters

    with open_house() as house:
        summary = replay_letters(house)
    if as_json:
        emit(msgspec.json.encode(summary).decode())
    else:
        rows = [(name, getattr(summary, name)) for name in ("written", "unchanged", "gone")]
        show_table(f"Replayed {summary.posts} posts", ("outcome", "posts"), [*rows, ("refused", len(summary.refused))])
    if summary.refused:
        first = summary.refused[0]
        raise StopError(
            f"replay: the index still refuses {len(summary.refused)} posts, the first is {first.id}: {first.reason};"
            " mend what that says (often `sidak reindex` does: it makes an index with this version's mapping), then"
            " run it again"
        )


def demo(
    home: Annotated[Path, typer.Option(help="A throw-away home; emptied first.")] = Path("var/demo"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Any free port if it is taken.")] = 8080,
    keep_running: Annotated[bool, typer.Option("--serve/--no-serve", help="Leave the console running.")] = True,
    stop: Annotated[bool, typer.Option("--stop", help="Only stop the console of an earlier demo.")] = False,
) -> None:
    """Collect an invented province from stand-in platforms, run the chain as Airflow DAG runs, and open the console.

    Example: sidak demo --port 0
    """
    from sidak.app.demo import run_demo, stop_demo

    if stop:
        say("stopped" if stop_demo(home) else "no console of a demo runs here")
        return
    run_demo(home=home, port=port, keep_running=keep_running)
