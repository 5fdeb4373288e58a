"""Kills `sidak reindex` with SIGKILL at random moments, again and again, until one run ends; looks at the index each time.

Run as a program (single-threaded, so that forking is safe). The home and the engine come from the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time

from index.comparison import fingerprint_index
from sidak.app.house import House
from sidak.app.reindex import ReindexSummary, reindex
from sidak.settings import load_settings
from tests.support.kill_trials import in_child, start_child


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    before = look()
    started = time.monotonic()
    in_child(lambda: rebuild(fresh=True))
    seconds = time.monotonic() - started
    killed = 0
    for _ in range(options.trials):
        child = start_child(lambda: rebuild(fresh=False))
        time.sleep(rng.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        if look() != before:
            raise SystemExit("a killed rebuild changed the index that people search")
    summary = rebuild(fresh=False)
    if look() != before or summary.same is not True:
        raise SystemExit(f"the rebuilt index is not the one before: {summary}")
    sys.stdout.write(json.dumps({"killed_midway": killed, "resumed": summary.resumed, "seconds": seconds}) + "\n")
    return 0


def look() -> tuple[int, str, frozenset[str]]:
    """Return number and digest of the documents in use, and the segments that the index says it holds."""
    house = House(load_settings())
    house.engine.refresh()
    found = fingerprint_index(house.engine)
    marks = house.engine.published_segments()
    house.close()
    return found.documents, found.digest, marks


def rebuild(*, fresh: bool) -> ReindexSummary:
    house = House(load_settings())
    try:
        return reindex(house, resume=not fresh)
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main())
