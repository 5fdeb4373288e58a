"""`sidak export` as analysts meet it: whole files, also after kill -9, within the caps, and never what may not go out."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from index.document import Document
from index.engine import Filters
from index.export_files import FORMATS, Format
from sidak.app.cli import run
from sidak.app.export import export
from sidak.app.export_manifest import Manifest
from sidak.app.export_question import Question
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.errors import RetryError, UsageError
from sidak.settings import Settings
from tests.support.documents import make_document

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KILL_ME = """
import os, sys
from pathlib import Path
from sidak.app import export, export_finish
from sidak.app.export_question import Question
from sidak.app.house import House
from sidak.settings import load_settings
export.BATCH = 40
def on_progress(_, rows, total):
    if rows >= 80:
        print(rows, flush=True)
        sys.stdin.read()
export.export(House(load_settings()), Question(), out=Path(sys.argv[1]), format="csv", on_progress=on_progress)
"""


MEASURE_ME = """
import resource, sys
from pathlib import Path
import msgspec
from index.engine import Page
from sidak.app.export import export
from sidak.app.export_question import Question
from sidak.app.house import House
from sidak.settings import load_settings
from tests.support.documents import make_document

house, count = House(load_settings()), int(sys.argv[2])
document = make_document("files:0", "Jalan rusak parah, mohon diperbaiki. " * 8, source="files")

class Endless(type(house.engine)):
    def search(self, query):
        return Page(hits=(), total=count, as_of=house.clock())

    def scan(self, query, *, after, limit):
        first = int(after.rpartition(":")[2]) + 1 if after else 0
        ids = range(first, min(first + limit, count))
        return tuple(msgspec.structs.replace(document, id=f"files:{number:07}") for number in ids)

house.__dict__["engine"] = Endless(Path(sys.argv[1]) / "index.db", clock=house.clock)
manifest = export(house, Question(), out=Path(sys.argv[1]) / "a.jsonl", format="jsonl")
print(manifest.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Moving:
    """A clock that is moved by hand."""

    now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
def house(tmp_path: Path, clock: Moving) -> Iterator[House]:
    opened = House(Settings(home=tmp_path / "home", region="33"), clock=clock)
    opened.engine.setup()
    yield opened
    opened.close()


def fill(house: House, count: int = 200, *, source: str = "files", **changes: Any) -> None:
    documents = [make_document(f"{source}:{number:05}", source=source, **changes) for number in range(count)]
    assert house.engine.write(documents).written == count


def take(house: House, out: Path, *, resume: bool = False, **asked: Any) -> Manifest:
    return export(house, Question(**asked), out=out, format="csv", resume=resume, by="penguji")


def ids(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row["id"] for row in csv.DictReader(file)]


def test_the_manifest_says_what_the_file_is(house: House, tmp_path: Path, clock: Moving) -> None:
    fill(house, 3)
    fill(house, 2, source="x", model="2026.11.1", created_at=AT - timedelta(days=2))
    out = tmp_path / "a.csv"
    take(house, out, query="jalan", filters=Filters(sources=("files", "x")))
    said = json.loads((tmp_path / "a.csv.manifest.json").read_bytes())
    assert said["rows"] == len(ids(out)) == 5
    assert said["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (said["bytes"], said["query"]) == (out.stat().st_size, "jalan")
    assert (said["role"], said["include_restricted"], said["exported_by"]) == ("analis", False, "penguji")
    assert said["as_of"] == "2026-11-20T03:00:00Z"
    assert said["versions"] == {"2026.11.1": 2, "test": 3}
    covered = {each["source"]: each for each in said["coverage"]}
    assert (covered["x"]["rows"], covered["x"]["oldest"], covered["x"]["gap_minutes"]) == (2, "2026-11-18T03:00:00Z", 0)
    assert said["caps"] == [{"source": "x", "posts_a_day": 500}]
    assert not list(tmp_path.glob("*.part*"))
    [run] = house.journal.runs(stage="export")
    assert "penguji as analis, open only" in run.message
    assert run.counts["rows"] == 5


def test_more_than_a_page_can_reach_is_exported(house: House, tmp_path: Path) -> None:
    fill(house, 10_500)
    assert take(house, tmp_path / "a.csv").rows == 10_500
    assert ids(tmp_path / "a.csv") == [f"files:{number:05}" for number in range(10_500)]


def test_restricted_reports_need_the_right(house: House, tmp_path: Path) -> None:
    fill(house, 2)
    fill(house, 2, source="reddit", restricted=True)
    assert take(house, tmp_path / "a.csv").rows == 2
    assert take(house, tmp_path / "b.csv", role="inspektorat").rows == 2
    assert take(house, tmp_path / "c.csv", role="inspektorat", include_restricted=True).rows == 4
    for role in ("analis", "gubernur"):
        with pytest.raises(UsageError, match="berkadar pengawasan"):
            take(house, tmp_path / "d.csv", role=role, include_restricted=True)
    with pytest.raises(UsageError, match="--as-role"):
        take(house, tmp_path / "d.csv", role="tamu")
    assert not (tmp_path / "d.csv").exists()


def test_a_cap_stops_the_export_and_says_when_it_renews(house: House, tmp_path: Path, clock: Moving) -> None:
    fill(house, 700, source="x")
    with pytest.raises(RetryError, match=r"x: the budget `export` of 500 .* 2026-11-21T00:00.*500 of 700 rows") as told:
        take(house, tmp_path / "a.csv")
    assert told.value.until == datetime(2026, 11, 21, tzinfo=UTC)
    assert not (tmp_path / "a.csv").exists()
    with pytest.raises(RetryError, match="0 of 700"):  # another export of the day
        take(house, tmp_path / "b.csv")
    clock.now += timedelta(days=1)
    assert take(house, tmp_path / "a.csv", resume=True).rows == 700
    assert len(set(ids(tmp_path / "a.csv"))) == 700
    with pytest.raises(RetryError, match="300 of 700"):  # 200 of this day were the first one's
        take(house, tmp_path / "b.csv", resume=True)


def test_exports_side_by_side_do_not_pass_the_cap(house: House, tmp_path: Path) -> None:
    fill(house, 600, source="x")
    environment = os.environ | {"SIDAK_HOME": str(house.settings.home), "SIDAK_CLOCK_FILE": str(tmp_path / "clock")}
    (tmp_path / "clock").write_text(AT.isoformat())
    commands = [[sys.executable, "-m", "sidak.app", "export", "--out", str(tmp_path / f"{name}.csv")] for name in "abc"]
    running = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for command in commands]
    told = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [1, 1, 1]
    assert all("budget `export` of 500" in each for each in told)
    kept = [len(path.read_bytes().splitlines()) for path in tmp_path.glob("*.csv.part")]
    assert sum(kept) == 500


def test_memory_stays_flat_over_a_hundred_thousand_rows(tmp_path: Path) -> None:
    peaks = []
    for count in (8_000, 108_000):
        (tmp_path / str(count)).mkdir()
        command = [sys.executable, "-c", MEASURE_ME, str(tmp_path / str(count)), str(count)]
        environment = os.environ | {"SIDAK_HOME": str(tmp_path / str(count) / "home")}
        rows, kilobytes = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout.split()
        assert int(rows) == count
        peaks.append(int(kilobytes))
    assert peaks[1] - peaks[0] < 15_000  # the rows themselves are over 100 MB


def test_a_killed_export_goes_on_and_is_whole(house: House, tmp_path: Path) -> None:
    fill(house, 200)
    out, whole = tmp_path / "a.csv", tmp_path / "whole.csv"
    take(house, whole)
    environment = os.environ | {"SIDAK_HOME": str(house.settings.home)}
    killed = subprocess.Popen(
        [sys.executable, "-c", KILL_ME, str(out)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == b"80\n"
    with pytest.raises(UsageError, match="another process"):
        take(house, out, resume=True)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not out.exists()
    with Path(f"{out}.part").open("ab") as file:
        file.write(b'{"id": "files:half a li')  # written, but not yet sure
    with pytest.raises(UsageError, match="80 rows of a broken export are there; use --resume"):
        take(house, out)
    with pytest.raises(UsageError, match="begun for another question"):
        take(house, out, resume=True, query="lampu")
    manifest = take(house, out, resume=True)
    assert (manifest.rows, manifest.resumed) == (200, 1)
    assert out.read_bytes() == whole.read_bytes()


def test_what_was_deleted_or_became_restricted_in_between_is_left_out(
    house: House, tmp_path: Path, clock: Moving
) -> None:
    fill(house, 600, source="x")
    out = tmp_path / "a.csv"
    with pytest.raises(RetryError):
        take(house, out)
    house.engine.delete(["x:00001"])
    house.engine.write([
        make_document("x:00002", source="x", version=2, restricted=True),
        make_document("x:00003", source="x", version=2, text="sudah disunting"),
    ])  # fmt: skip
    clock.now += timedelta(days=1)
    assert take(house, out, resume=True).rows == 598
    assert not {"x:00001", "x:00002"} & set(ids(out))
    assert b"sudah disunting" in out.read_bytes()


def test_a_report_that_comes_twice_is_one_row(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(house, 3)
    scan = house.engine.scan

    def moving(*args: Any, **options: Any) -> tuple[Document, ...]:
        found = scan(*args, **options)
        return (found[0], msgspec.structs.replace(found[0], version=2, text="yang baru"), *found[1:]) if found else ()

    monkeypatch.setattr(house.engine, "scan", moving)
    assert take(house, tmp_path / "a.csv").rows == 3
    assert b"yang baru" in (tmp_path / "a.csv").read_bytes()


def test_a_tombstone_is_enough_to_keep_a_post_back(house: House, tmp_path: Path) -> None:
    fill(house, 3)
    house.intake.entomb(["files:00001"], reason="deleted_at_source", at=AT)  # the index has not followed yet
    assert take(house, tmp_path / "a.csv").rows == 2
    assert ids(tmp_path / "a.csv") == ["files:00000", "files:00002"]


@pytest.mark.parametrize("place", ["home/exports", "meja analis"])
@pytest.mark.parametrize("format", FORMATS)
def test_forgetting_a_post_destroys_the_exports_that_hold_it(
    house: House, tmp_path: Path, place: str, format: Format
) -> None:
    fill(house, 3)
    fill(house, 2, source="reddit")
    kept, lost = (tmp_path / place / f"{name}.{format}" for name in ("kept", "lost"))
    export(house, Question(filters=Filters(sources=("reddit",))), out=kept, format=format)
    export(house, Question(filters=Filters(sources=("files",))), out=lost, format=format)
    assert forget(house, ["files:00001"]).exports == 1
    assert kept.exists()
    assert not lost.exists()


def test_forgetting_a_post_destroys_unfinished_exports_too(house: House, tmp_path: Path, clock: Moving) -> None:
    fill(house, 600, source="x")
    with pytest.raises(RetryError):
        take(house, tmp_path / "a.csv")
    assert forget(house, ["x:00001"]).exports == 1
    clock.now += timedelta(days=1)
    with pytest.raises(RetryError, match="500 of 599"):  # it begins anew
        take(house, tmp_path / "a.csv", resume=True)


def test_a_file_is_never_replaced_unasked(house: House, tmp_path: Path) -> None:
    fill(house, 1)
    (tmp_path / "a.csv").write_text("milik orang lain")
    with pytest.raises(UsageError, match="is there already"):
        take(house, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "milik orang lain"
    for name in ("b.csv.part", "b.csv.new"):
        (tmp_path / name).write_text("milik orang lain")
        with pytest.raises(UsageError, match=f"{name}: is there already and would be overwritten"):
            take(house, tmp_path / "b.csv")
        (tmp_path / name).rename(tmp_path / "kept")
        assert (tmp_path / "kept").read_text() == "milik orang lain"
    os.mkfifo(tmp_path / "pipe")
    for resume in (False, True):
        with pytest.raises(UsageError, match="is there already"):
            take(house, tmp_path / "pipe", resume=resume)
    (tmp_path / "link").symlink_to(tmp_path / "c.csv")
    assert take(house, tmp_path / "link").rows == 1
    assert (tmp_path / "link").is_symlink()
    assert ids(tmp_path / "c.csv") == ["files:00000"]
    assert forget(house, ["files:00000"]).exports == 1
    assert not (tmp_path / "c.csv").exists()


def test_a_kill_between_file_and_manifest_is_mended(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, 5)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sidak.app.export_finish.write_private", killed)
        with pytest.raises(KeyboardInterrupt):
            take(house, tmp_path / "a.csv")
    assert take(house, tmp_path / "a.csv", resume=True).rows == 5
    assert msgspec.json.decode((tmp_path / "a.csv.manifest.json").read_bytes(), type=Manifest).rows == 5


def test_the_command_writes_and_prints_the_manifest(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(house, 3)
    monkeypatch.setenv("SIDAK_HOME", str(house.settings.home))
    out = tmp_path / "a.parquet"
    assert run(["export", "--out", str(out), "--source", "files", "--decided", "--json"]) == 0
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert (said["format"], said["rows"]) == ("parquet", 3)
    assert said["sha256"] in told.err
    assert run(["export", "--out", str(out)]) == 2
    assert run(["export", "--resume"]) == 2
    assert run(["export", "--out", "b.xls", "--format", "xls"]) == 2
    assert run(["export", "--category", "hantu"]) == 2
    assert "--category: 'hantu' is none of" in capsys.readouterr().err
    assert run(["export", "--query", "(jalan"]) == 2
    assert run(["export", "--include-restricted"]) == 2
