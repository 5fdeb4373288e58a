"""A real Elasticsearch for tests: the one named by SIDAK_TEST_ELASTICSEARCH_URL, else one started on loopback.

It is the official server as Maven Central has it, without most modules; DESIGN of the index counts on no more than that.
One server serves the whole session; every test works under a prefix of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest
from elasticsearch import Elasticsearch

from sidak.loopback import free_port

VERSION = "9.1.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
TOOLS = Path(__file__).parents[2] / ".tools"
OLDEST_JAVA = 21
START_SECONDS = 240
"""For each node: half a minute on a machine at rest, minutes on one that is shared."""
LEAST_MEMORY_BYTES = 2_000_000_000


class Node(NamedTuple):
    """One running server."""

    url: str
    config: Path
    log: Path
    process: subprocess.Popen[bytes]
    java: Path
    home: Path

    def server_pid(self) -> int:
        """Return the process that serves; the one we started is only its launcher."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid


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
        unavailable(exc)


def unavailable(reason: UnavailableError) -> NoReturn:
    """Skip a test whose server cannot be had; where real parts are asked for, fail it."""
    if os.environ.get("CI") or os.environ.get("SIDAK_TEST_REQUIRE_REAL") == "1":
        pytest.fail(str(reason))
    pytest.skip(str(reason))


@contextmanager
def run_elasticsearch() -> Iterator[str]:
    """Start a server in a temporary folder and yield its address; raises UnavailableError where that cannot be done."""
    with run_nodes(1) as [node]:
        yield node.url


@contextmanager
def run_nodes(
    count: int, *, settings: Mapping[str, str] | None = None, prepare: Callable[[Path], None] | None = None
) -> Iterator[list[Node]]:
    """Start a cluster of nodes on loopback; `prepare` may change each node's config folder before it starts.

    Raises UnavailableError where that cannot be done.
    """
    java = find_java()
    distribution = fetch_distribution()
    folder = Path(tempfile.mkdtemp(prefix="sidak-es-"))
    data = Path(tempfile.mkdtemp(prefix="sidak-es-data-", dir=_fast_folder()))
    nodes: list[Node] = []
    try:
        home = _readable_home(distribution, folder)
        ports = [free_port() for _ in range(count)]
        for number in range(count):
            place = folder / f"node-{number}"
            shutil.copytree(distribution / "config", place / "config")
            (place / "tmp").mkdir()
            lines = _configuration(place, data / f"node-{number}", number, ports) + [
                f"{name}: {value}"
                for name, value in ({"xpack.security.enabled": "false"} | dict(settings or {})).items()
            ]
            (place / "config" / "elasticsearch.yml").write_text("\n".join([*lines, ""]), encoding="utf-8")
            if prepare is not None:
                prepare(place / "config")
            _hand_over(folder, data)
            nodes.append(_start(home, place, java))
        for node in nodes:
            _await_ready(node, count)
        yield nodes
    finally:
        for node in nodes:
            node.process.terminate()  # the launcher ends the server it started before it ends itself
        for node in nodes:
            node.process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


def _fast_folder() -> Path | None:
    """Return memory to keep the data in: a new index is a handful of fsyncs, and tests make hundreds of them."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > LEAST_MEMORY_BYTES
    return memory if roomy else None


def remove_deployment(admin: Elasticsearch, prefix: str) -> list[str]:
    """Remove every index and template of a prefix; return the indices that there were."""
    names = sorted(admin.indices.get(index=f"{prefix}-*", expand_wildcards="all").body)
    for start in range(0, len(names), 40):  # an address line holds no more than 4 KB
        admin.indices.delete(index=names[start : start + 40])
    admin.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")
    return names


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


def _readable_home(distribution: Path, folder: Path) -> Path:
    """Return the server's own folder; run by root it is copied, since it then runs as nobody."""
    return distribution if os.geteuid() else Path(shutil.copytree(distribution, folder / "home"))


def _hand_over(*folders: Path) -> None:
    """Elasticsearch refuses to run as root, and another user may not be able to enter the checkout."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody", *folders], check=True)


def _start(home: Path, place: Path, java: Path) -> Node:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(place / "config"),
        "ES_TMPDIR": str(place / "tmp"),
        "ES_JAVA_OPTS": os.environ.get(
            "SIDAK_TEST_ELASTICSEARCH_JAVA_OPTS", "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"
        ),
        "HOME": str(place),
    }
    port = re.search(r"^http\.port: ([0-9]+)$", (place / "config" / "elasticsearch.yml").read_text(), re.MULTILINE)
    assert port is not None
    log = place / "console.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [home / "bin" / "elasticsearch"],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment, cwd=place,
            user="nobody" if os.geteuid() == 0 else None,
        )  # fmt: skip
    return Node(
        url=f"http://127.0.0.1:{port[1]}", config=place / "config", log=log, process=process, java=java, home=home
    )


def _configuration(place: Path, data: Path, number: int, ports: list[int]) -> list[str]:
    """Return the lines of one node; the ports are those of HTTP, and the nodes speak to each other on others."""
    lines = [
        "cluster.name: sidak-test",
        f"node.name: node-{number}",
        "network.host: 127.0.0.1",
        f"http.port: {ports[number]}",
        f"path.data: {data}",
        f"path.logs: {place / 'logs'}",
        "cluster.routing.allocation.disk.threshold_enabled: false",
    ]
    if len(ports) == 1:
        return [*lines, "discovery.type: single-node", f"transport.port: {free_port()}"]
    transport = _transport_ports(tuple(ports))
    names = ", ".join(f"node-{each}" for each in range(len(ports)))
    hosts = ", ".join(f'"127.0.0.1:{port}"' for port in transport)
    return [
        *lines,
        f"transport.port: {transport[number]}",
        f"discovery.seed_hosts: [{hosts}]",
        f"cluster.initial_master_nodes: [{names}]",
    ]


@cache
def _transport_ports(ports: tuple[int, ...]) -> list[int]:
    return [free_port() for _ in ports]


def _await_ready(node: Node, count: int) -> None:
    wanted = f"{node.url}/_cluster/health?wait_for_status=yellow&wait_for_nodes={count}&timeout=5s"
    deadline = time.monotonic() + START_SECONDS * count
    while time.monotonic() < deadline:
        if node.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(wanted, timeout=10):
                return
        except urllib.error.HTTPError as exc:
            exc.close()
            if exc.code == 401:  # it asks who we are: it is there
                return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.3)
    raise UnavailableError(f"no Elasticsearch: it did not start: {node.log.read_text(errors='replace')[-2_000:]}")
