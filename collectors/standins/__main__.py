"""`python -m collectors.standins`: run the stand-in platforms until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from collectors.standins.app import StandIns
from collectors.standins.scenario import ScenarioError


def main() -> int:
    """Serve, print the addresses as one JSON line, wait for a signal; 2 on wrong use, 1 if that cannot be done."""
    options = _read_options()
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before threads start, so that all of them inherit it
    try:
        standins = StandIns(end=options.end, scenario=options.scenario, ticking=True, x_spelling=options.x_spelling)
    except ScenarioError as error:
        sys.stderr.write(f"standins: {error}\n")
        return 2
    with standins:
        addresses = json.dumps(standins.describe())
        try:
            if options.port_file:
                _write_whole(options.port_file, addresses)
        except OSError as error:
            sys.stderr.write(f"standins: cannot write {options.port_file}: {error.strerror}\n")
            return 1
        sys.stdout.write(addresses + "\n")
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m collectors.standins",
        description="Stand-in X and Reddit servers on loopback, filled with an invented scenario.",
        epilog="example: python -m collectors.standins --scenario jawa_tengah --port-file var/standins.json",
    )
    parser.add_argument("--scenario", default="jawa_tengah", help="a folder under collectors/standins/scenarios")
    parser.add_argument("--port-file", type=Path, help="also write the addresses to this file, whole or not at all")
    parser.add_argument(
        "--end", type=_read_moment, default=datetime.now(UTC), help="moment the scenario ends, with zone; default: now"
    )
    parser.add_argument("--x-spelling", choices=("tweet", "post"), default="tweet", help="field names of X's answers")
    return parser.parse_args()


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone")
    return moment


def _write_whole(path: Path, text: str) -> None:
    """A reader never meets half a file: written beside and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
