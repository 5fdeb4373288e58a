"""Programs that a command starts beside itself, and stops by the id it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sidak.errors import StopError

START_SECONDS = 60
STOP_SECONDS = 10


@contextmanager
def standin_platforms(folder: Path, *, scenario: str) -> Iterator[dict[str, Any]]:
    """Run the stand-in X and Reddit while the context lasts; yields their addresses."""
    port_file = folder / "standins.json"
    with (folder / "standins.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [sys.executable, "-m", "collectors.standins", "--scenario", scenario, "--port-file", str(port_file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_file(port_file, process)
        yield json.loads(port_file.read_text())
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_file(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a program has written a file; raises StopError where it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        if process.poll() is not None:
            raise StopError(f"{process.args!r} ended with {process.returncode}; see the log beside {path}")
        if time.monotonic() > deadline:
            raise StopError(f"{path} was not written in {START_SECONDS} s")
        time.sleep(0.05)


def start_detached(arguments: list[str], *, env: Mapping[str, str], log: Path, pid_file: Path) -> None:
    """Start a program that outlives this one; its id is kept, so that it can be stopped later."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [sys.executable, *arguments],
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pid_file.write_text(str(process.pid))


def stop_detached(pid_file: Path, *, mark: str) -> bool:
    """Stop a program started before, if its id still belongs to it (`mark` stands in its arguments)."""
    try:
        pid = int(pid_file.read_text())
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (OSError, ValueError):
        return False
    if mark not in arguments:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
    return True
