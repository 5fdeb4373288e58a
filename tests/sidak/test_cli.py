"""The command line as a user meets it: help with an example, clear messages, honest exit codes, no traceback."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from sidak.app.cli import app, run

CSV = """id,text,created_at
1,"jalan di depan pasar Subah Batang berlubang parah sudah 3 bulan, tolong diperbaiki",2026-11-18
2,selamat pagi semuanya,2026-11-18
3,"tanpa tanggal",kemarin sore
"""


def command_names(group: typer.Typer, *, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        yield (*prefix, str(command.name))
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        yield from command_names(sub.typer_instance, prefix=(*prefix, str(sub.name)))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIDAK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIDAK_REGION", "33")
    return tmp_path / "home"


@pytest.mark.parametrize("name", list(command_names(app)), ids=" ".join)
def test_every_command_has_help_with_an_example(name: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name, "--help"]) == 0
    assert f"sidak {' '.join(name)}" in capsys.readouterr().out.split("Example:")[1]


def test_the_chain_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "aduan.csv").write_text(CSV)
    assert run(["import", str(tmp_path / "aduan.csv"), "--profile", "generic", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["rows"], counts["new"], counts["rejected"]) == (3, 2, 1)
    assert run(["run", "--json"]) == 0
    assert run(["audit"]) == 0
    told = capsys.readouterr()
    assert "collected" in told.err
    assert run(["search", "jln berlubang", "--place", "33.25", "--json"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["id"] == "files:generic:1"
    assert run(["search", "jalannya berlubang tempat:batang", "--sort", "relevance", "--explain", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["id"] == "files:generic:1"
    assert "files:generic:1: " in told.err
    assert "Kata yang dicari" in told.err
    assert run(["search", "pasur"]) == 0
    assert "Mungkin maksud Anda: pasar" in capsys.readouterr().err
    assert run(["search", "jalan kategori:banjri"]) == 2
    assert "  jalan kategori:banjri\n" + " " * 17 + "^" in capsys.readouterr().err
    assert run(["search", "--like", "files:generic:1", "--json"]) == 0
    assert run(["search", "--like", "files:generic:9"]) == 2
    assert run(["search", "jalan foo:bar"]) == 0
    assert (
        "foo: bukan penyaring, jadi dicari sebagai kata; penyaring: kategori, jenis, tempat," in capsys.readouterr().err
    )
    assert run(["search", "https://contoh.invalid/x jam 10:30 kategori:banjir"]) == 0
    assert "penyaring" not in capsys.readouterr().err
    assert run(["forget", "files:generic:1"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["documents"] == 1
    assert "no stored post" not in told.err
    assert run(["search", "--json"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["audit"]) == 0
    assert run(["refresh", "--json"]) == 0
    [swept] = capsys.readouterr().out.splitlines()
    assert json.loads(swept)["source"] == "files", "files end by their age"
    assert (json.loads(swept)["due"], json.loads(swept)["purged"]) == (0, 0), "there is nothing to look up"
    assert run(["purge", "--source", "files"]) == 0
    certificate = json.loads(capsys.readouterr().out)
    assert (certificate["source"], certificate["left"]) == ("files", 0)
    assert (certificate["counts"]["post_revisions"], certificate["counts"]["dead_letters"]) == (1, 1)
    assert run(["audit"]) == 0


def test_forgetting_what_was_never_stored_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "aduan.csv").write_text(CSV)
    assert run(["import", str(tmp_path / "aduan.csv"), "--profile", "generic"]) == 0
    capsys.readouterr()
    assert run(["forget", "generic:2", "files:nope", "files:generic:1"]) == 0
    told = capsys.readouterr()
    assert (json.loads(told.out)["tombstones"], json.loads(told.out)["post_revisions"]) == (3, 1)
    assert "generic:2: no stored post has this id; perhaps files:generic:2 is meant; the tombstone stays" in told.err
    assert "files:nope: no stored post has this id; the tombstone stays" in told.err
    assert "\nfiles:generic:1: no stored" not in told.err
    assert run(["forget", "files:generic:1"]) == 0
    assert "no stored post" not in capsys.readouterr().err


@pytest.mark.parametrize("region", ["zz", "99.99"])
@pytest.mark.parametrize("arguments", [["sources"], ["import", __file__, "--profile", "generic"], ["serve"]])
def test_a_home_region_that_is_none_is_refused(
    region: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIDAK_REGION", region)
    assert run(arguments) == 2
    assert f"SIDAK_REGION: '{region}' is the code of no area" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["import", "nowhere.csv", "--profile", "generic"], 2, "nowhere.csv"),
        (["import", ".", "--profile", "generic"], 2, "folder"),
        (["import", __file__, "--profile", "nobody"], 2, "nobody"),
        (["collect", "myspace"], 2, "myspace"),
        (["collect", "x"], 1, "clearance"),
        (["collect"], 1, "no source is cleared"),
        (["collect", "x", "--since", "kemarin"], 2, "--since"),
        (["collect", "x", "--since", "2026-11-02", "--until", "2026-11-01"], 2, "--until"),
        (["search", "--category", "gosip"], 2, "gosip"),
        (["search", "--sort", "best"], 2, "best"),
        (["search", "--place", "99.99"], 2, "--place: '99.99' is the code of no area; codes look like"),
        (["search", "--place", "batang"], 2, "batang is the name of 33.25 (Kab. Batang)"),
        (["export", "--place", "batang"], 2, "batang is the name of 33.25 (Kab. Batang)"),
        (["export", "--out", "e4.xyz"], 2, "--out: .xyz is none of csv, jsonl, parquet; say with --format"),
        (["analyze", "--region", "99"], 2, "--region: '99' is the code of no area"),
        (["analyze", "--region", "abc"], 2, "--region: 'abc'"),
        (["search", '"tidak ditutup'], 2, ""),
        (["forget", "bukan-id"], 2, "bukan-id"),
        (["purge", "--source", "myspace"], 2, "myspace"),
        (["refresh", "myspace"], 2, "myspace"),
        (["refresh", "x", "--limit", "0"], 2, "limit"),
        (["analyze", "--input", "nowhere.jsonl"], 2, "nowhere.jsonl"),
        (["analyze", "--lane", "sideways"], 2, "sideways"),
        (["train", "--data", ".", "--until", "kemarin"], 2, "--until: 'kemarin' is no date"),
        (["evaluate", "--data", ".", "--models", "nowhere"], 2, "--models: nowhere: there is no such folder"),
        (["user", "password", "nobody"], 2, ""),
        (["nonsense"], 2, "nonsense"),
        (["search", "--limit", "100000"], 2, "limit"),
    ],
)
def test_what_goes_wrong_is_said_in_one_message(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(arguments) == code
    told = capsys.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_home_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "aduan.csv").write_text(CSV)
    (tmp_path / "occupied").write_text("a file stands where the home should be")
    monkeypatch.setenv("SIDAK_HOME", str(tmp_path / "occupied"))
    for arguments in (
        ["import", str(tmp_path / "aduan.csv"), "--profile", "generic"],
        ["search", "x"],
        ["enrich"],
        ["publish"],
        ["audit"],
    ):
        assert run(arguments) == 1, arguments
        assert "occupied" in capsys.readouterr().err


def test_a_damaged_segment_fails_the_audit_by_name(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "aduan.csv").write_text(CSV)
    assert run(["import", str(tmp_path / "aduan.csv"), "--profile", "generic"]) == 0
    [segment] = (home / "archive/posts/files").glob("*.zst")
    segment.write_bytes(segment.read_bytes()[:-2])
    assert run(["audit"]) == 1
    assert segment.name in capsys.readouterr().err


def test_an_elasticsearch_that_is_down_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIDAK_INDEX", "elasticsearch")
    monkeypatch.setenv("SIDAK_ELASTICSEARCH__URL", "http://127.0.0.1:9")
    assert run(["search", "jalan"]) == 1
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_a_reader_that_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": str(n), "text": "jalan rusak di Subah"}) + "\n" for n in range(3000))
    (tmp_path / "in.jsonl").write_text(lines)
    command = f"{sys.executable} -m sidak.app analyze --input {tmp_path / 'in.jsonl'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=120)
    assert json.loads(done.stdout)["id"] == "0"
    assert "Traceback" not in done.stderr
