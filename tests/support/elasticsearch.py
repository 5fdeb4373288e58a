"""A real Elasticsearch for tests: the one named by SIDAK_TEST_ELASTICSEARCH_URL, else one started on loopback.

It is the official server as Maven Central has it, without most modules; DESIGN of the index counts on no more than that.
One server serves the whole session; every test works under a prefix of its own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VERSION = "9.1.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
TOOLS = Path(__file__).parents[2] / ".tools"
OLDEST_JAVA = 21
START_SECONDS = 120


class UnavailableError(Exception):
    """The server cannot be had on this machine; the message says why."""


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Yield the address of a server on which indices may be created."""
    given = os.environ.get("SIDAK_TEST_ELASTICSEARCH_URL")
    if given:
        yield given
        return
    try:
        with run_elasticsearch() as url:
            yield url
    except UnavailableError as exc:
        if os.environ.get("CI") or os.environ.get("SIDAK_TEST_REQUIRE_REAL") == "1":
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@contextmanager
def run_elasticsearch() -> Iterator[str]:
    """Start a server in a temporary folder and yield its address; raises UnavailableError where that cannot be done."""
    java = find_java()
    distribution = fetch_distribution()
    folder = Path(tempfile.mkdtemp(prefix="sidak-es-"))
    try:
        with _run_in(folder, distribution, java) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetch_distribution() -> Path:
    """Return the unpacked server, fetched from Maven Central once and kept under `.tools`."""
    home = TOOLS / f"elasticsearch-{VERSION}"
    if home.is_dir():
        return home
    maven = shutil.which("mvn")
    if maven is None:
        raise UnavailableError("no Elasticsearch: install Maven (mvn) or set SIDAK_TEST_ELASTICSEARCH_URL")
    command = [maven, "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}", "-Dtransitive=false"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise UnavailableError(f"no Elasticsearch: {ARTIFACT} cannot be fetched: {done.stdout[-500:]}")
    repository = subprocess.run(
        [maven, "-q", "-B", "help:evaluate", "-Dexpression=settings.localRepository", "-DforceStdout"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    group, name, version, packaging = ARTIFACT.split(":")
    roots = [Path(repository.stdout.strip().splitlines()[-1])] if repository.returncode == 0 else []
    for root in (*roots, Path.home() / ".m2" / "repository"):
        archive = root.joinpath(*group.split("."), name, version, f"{name}-{version}.{packaging}")
        if archive.is_file():
            return _unpack(archive, home)
    raise UnavailableError(f"no Elasticsearch: {ARTIFACT} was fetched but is not in the local Maven repository")


def find_java() -> Path:
    """Return a Java home new enough for the server: ES_JAVA_HOME, JAVA_HOME, else the newest installed one."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    installed = sorted(Path("/usr/lib/jvm").glob("*/release")) if Path("/usr/lib/jvm").is_dir() else []
    versions = {home: _java_version(home) for home in (*named, *(path.parent for path in installed))}
    fitting = [home for home, version in versions.items() if version >= OLDEST_JAVA]
    if not fitting:
        raise UnavailableError(f"no Elasticsearch: it needs Java {OLDEST_JAVA} or newer; set ES_JAVA_HOME")
    return next((home for home in named if home in fitting), max(fitting, key=lambda home: versions[home]))


def _java_version(home: Path) -> int:
    try:
        lines = (home / "release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    for line in lines:
        if line.startswith("JAVA_VERSION="):
            return int(line.split('"')[1].split(".")[0])
    return 0


def _unpack(archive: Path, home: Path) -> Path:
    TOOLS.mkdir(exist_ok=True)
    # Unpacked aside and renamed, so that a killed session leaves no half a server behind.
    with tempfile.TemporaryDirectory(dir=TOOLS) as aside:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(aside)
        unpacked = Path(aside) / home.name
        for program in (unpacked / "bin").iterdir():
            program.chmod(0o755)
        try:
            unpacked.rename(home)
        except OSError:
            if not home.is_dir():
                raise
    return home


@contextmanager
def _run_in(folder: Path, distribution: Path, java: Path) -> Iterator[str]:
    home, user = distribution, None
    if os.geteuid() == 0:
        # Elasticsearch refuses to run as root, and another user may not be able to enter the checkout.
        user = "nobody"
        home = Path(shutil.copytree(distribution, folder / "home"))
    shutil.copytree(distribution / "config", folder / "config")
    (folder / "tmp").mkdir()
    port = _free_port()
    (folder / "config" / "elasticsearch.yml").write_text(_configuration(folder, port), encoding="utf-8")
    if user is not None:
        subprocess.run(["chown", "-R", user, folder], check=True)
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": os.environ.get(
            "SIDAK_TEST_ELASTICSEARCH_JAVA_OPTS", "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"
        ),
        "HOME": str(folder),
    }
    log = folder / "console.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [home / "bin" / "elasticsearch"],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment, cwd=folder, user=user,
        )  # fmt: skip
    try:
        _await_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()  # the launcher ends the server it started before it ends itself
        process.wait(timeout=60)


def _configuration(folder: Path, port: int) -> str:
    return "\n".join(
        (
            "cluster.name: sidak-test",
            "discovery.type: single-node",
            "network.host: 127.0.0.1",
            f"http.port: {port}",
            f"transport.port: {_free_port()}",
            f"path.data: {folder / 'data'}",
            f"path.logs: {folder / 'logs'}",
            "xpack.security.enabled: false",
            "cluster.routing.allocation.disk.threshold_enabled: false",
            "",
        )
    )


def _await_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise UnavailableError(f"no Elasticsearch: it did not start: {log.read_text(errors='replace')[-2_000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
