"""Kills a stage with SIGKILL at random moments, runs it again, and compares with a run that nobody disturbed.

Run as a program (single-threaded, so that forking is safe): it loads the reading once and forks a child for each trial.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from nlp.analyze import Analyzer
from nlp.policy import decide
from sidak.app import pipeline
from sidak.app.audit import audit_archive, balance_posts, check_balance
from sidak.app.house import House
from sidak.catalog import POSTS
from sidak.clock import wall_clock
from sidak.models import Dropped, Post, Report
from sidak.settings import load_settings

STAGES = ("collect", "enrich", "publish")


def main() -> int:
    options = read_options()
    rng = random.Random(options.seed)
    analyzer = House(load_settings()).analyzer
    warm_up(analyzer)
    homes = build_baselines(options.home, analyzer)
    report = {}
    for position, stage in enumerate(STAGES):
        expected = digest(homes[position + 1], stage)
        seconds = homes_seconds(homes[position], stage, analyzer, options.home / "timing")
        killed = [
            trial(
                homes[position],
                options.home / "trial",
                stage,
                analyzer,
                after=rng.uniform(0, seconds),
                expected=expected,
            )
            for _ in range(options.trials)
        ]
        report[stage] = {"trials": len(killed), "killed_midway": sum(killed), "seconds": round(seconds, 2)}
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


def warm_up(analyzer: Analyzer) -> None:
    """Load everything that is loaded on first use, so that forks have it and nothing is read from disk midway."""
    now = wall_clock()
    text = "Jalan di depan SDN 2 Subah, Batang rusak parah, Pak Lurah minta 20rb, hub 0812-0000-0000 @InspektoratUji"
    post = Post(source="x", native_id="1", kind="post", lane="overheard", text=text, created_at=now, collected_at=now)
    for report in analyzer.analyze([post, msgspec.structs.replace(post, text="selamat pagi")], now=now):
        decide(report)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True, help="holds clearance.toml and watchlist.toml")
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--seed", type=int, required=True)
    return parser.parse_args()


def open_house(home: Path, analyzer: object) -> House:
    house = House(load_settings().model_copy(update={"home": home}))
    house.__dict__["analyzer"] = analyzer  # loaded once in the parent; forks inherit it
    return house


def run_stage(home: Path, stage: str, analyzer: object) -> None:
    house = open_house(home, analyzer)
    if stage == "collect":
        for source in pipeline.plan_sources(house.settings, clock=house.clock):
            summary = pipeline.collect_with(house, source)
            if summary.outcome != "ok":
                raise SystemExit(f"{source}: {summary.message}")
    elif stage == "enrich":
        pipeline.enrich_with(house)
    else:
        pipeline.publish_with(house)
    house.close()


def build_baselines(home: Path, analyzer: object) -> list[Path]:
    """Return four homes: empty, collected, enriched, published."""
    homes = [home / "stage0"]
    homes[0].mkdir()
    for name in ("clearance.toml", "watchlist.toml"):
        shutil.copy(home / name, homes[0] / name)
    for number, stage in enumerate(STAGES, start=1):
        homes.append(home / f"stage{number}")
        shutil.copytree(homes[number - 1], homes[number])
        in_child(lambda stage=stage, number=number: run_stage(homes[number], stage, analyzer))
    return homes


def in_child(task: Callable[[], None]) -> None:
    """Run a task in a child and insist that it ends well."""
    child = start_child(task)
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise SystemExit(f"a run that nobody killed ended with status {status}")


def start_child(task: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        task()
    except BaseException as exc:  # noqa: BLE001 - a child must never run the parent's code
        sys.stderr.write(f"child: {type(exc).__name__}: {exc}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def homes_seconds(home: Path, stage: str, analyzer: object, scratch: Path) -> float:
    """Return how long the stage takes undisturbed, so that moments can be drawn over all of it."""
    fresh_copy(home, scratch)
    started = time.monotonic()
    in_child(lambda: run_stage(scratch, stage, analyzer))
    return time.monotonic() - started


def fresh_copy(home: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target)


def trial(home: Path, scratch: Path, stage: str, analyzer: object, *, after: float, expected: str) -> bool:
    """Kill the stage after some seconds, run it again, compare; return whether the kill really came midway."""
    fresh_copy(home, scratch)
    child = start_child(lambda: run_stage(scratch, stage, analyzer))
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    in_child(lambda: run_stage(scratch, stage, analyzer))
    found = digest(scratch, stage)
    if found != expected:
        raise SystemExit(f"{stage} killed after {after:.3f} s and run again: {found} where {expected} was due")
    return os.WIFSIGNALED(status)


def digest(home: Path, stage: str) -> str:
    """Return the state that a user would notice after a stage, as counts and a hash; insist that every sum is right."""
    house = House(load_settings().model_copy(update={"home": home}))
    audit_archive(house)
    lines = sorted(stored_posts(house))
    if stage != "collect":
        lines += sorted(stored_outcomes(house))
    if stage == "publish":
        balance = balance_posts(house)
        check_balance(balance)
        if balance.waiting:
            raise SystemExit(f"{balance.waiting} posts still wait after a whole run")
        lines += sorted(house.engine.ids())
    house.close()
    return f"{len(lines)}:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"


def stored_posts(house: House) -> list[str]:
    found = []
    for name in house.archive.names(POSTS):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            posts = [msgspec.json.decode(record, type=Post) for record in stream.read(entry)]
            found += [f"{post.id} {post.state} {hashlib.sha256(post.text.encode()).hexdigest()}" for post in posts]
    return found


def stored_outcomes(house: House) -> list[str]:
    found = []
    for name in house.archive.names("reports"):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            for record in stream.read(entry):
                outcome = msgspec.json.decode(record, type=Report | Dropped)
                reason = outcome.reason if isinstance(outcome, Dropped) else str(outcome.classification.category)
                found.append(f"{outcome.id} {reason}")
    return found


if __name__ == "__main__":
    sys.exit(main())
