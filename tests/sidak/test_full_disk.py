"""A real limit of the operating system: no file may grow beyond some size, as on a disk that is full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from sidak.app.cli import run
sys.exit(run(sys.argv[2:]))
"""


def run_limited(home: Path, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SIDAK_HOME": str(home)}
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("size", [4_096, 20_000, 60_000, 100_000, 200_000])
def test_a_full_disk_is_a_message_and_what_was_stored_stays(tmp_path: Path, size: int) -> None:
    rows = [
        f'{number},"jalan {number} di depan pasar rusak parah, {os.urandom(40).hex()}",2026-11-18'
        for number in range(4_000)
    ]
    (tmp_path / "aduan.csv").write_text("id,text,created_at\n" + "\n".join(rows))
    arguments = ("import", str(tmp_path / "aduan.csv"), "--profile", "generic", "--json")
    full = run_limited(tmp_path / "home", size, *arguments)
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert str(tmp_path) in full.stderr
    again = run_limited(tmp_path / "home", 1 << 30, *arguments)
    assert again.returncode == 0, again.stderr
    assert '"rejected":0' in again.stdout
    audit = run_limited(tmp_path / "home", 1 << 30, "audit", "--json")
    assert '"collected":4000' in audit.stdout, audit.stderr
