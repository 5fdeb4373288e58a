"""A real PostgreSQL server for tests: the one named by SIDAK_TEST_POSTGRES_URL, else one started on loopback.

The server's data is thrown away with the session, so it need not be flushed (fsync=off): what is tested here is locking,
triggers and messages, not the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from sidak.loopback import free_port


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the address of a server on which databases may be created."""
    given = os.environ.get("SIDAK_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    binaries = _find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server found; install one or set SIDAK_TEST_POSTGRES_URL"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with _run_server(binaries) as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the address of a fresh, empty database."""
    name = f"sidak_test_{uuid4().hex[:12]}"
    server = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


def _find_binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
    found = shutil.which("pg_ctl")
    if installed:
        return installed[-1].parent
    return Path(found).resolve().parent if found else None


@contextmanager
def _run_server(binaries: Path) -> Iterator[str]:
    # PostgreSQL refuses to run as root, and another user cannot enter pytest's own temporary folder.
    user = _unprivileged_user() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="sidak-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    data, log, port = folder / "data", folder / "log", free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [binaries / program, "-D", data, *arguments]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)

    try:
        run("initdb", "-A", "trust", "-U", "sidak", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run("pg_ctl", "-l", str(log), "-o", options, "-w", "start")
        try:
            yield f"postgresql://sidak@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
