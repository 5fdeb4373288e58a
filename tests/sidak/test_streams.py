"""Where a command writes: pipes, links and what stood there before are as they were, whatever goes wrong."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from sidak.app.cli import run
from sidak.app.streams import write_whole
from sidak.errors import StopError, UsageError

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
from sidak.app.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": "x:1", "text": "jalan rusak di Subah"}\n')
    return path


def ids(lines: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in lines.splitlines()]


@pytest.mark.parametrize("command", ["analyze", "group"])
def test_a_pipe_with_a_name_stays_one_and_gets_the_lines(tmp_path: Path, posts: Path, command: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run([command, "--input", str(posts), "--output", str(pipe)]) == 0
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    reader.join(timeout=30)
    assert ids(read[0]) == ["x:1"]


@pytest.mark.parametrize("command", ["analyze", "group"])
def test_a_link_stays_one_and_its_target_gets_the_lines(tmp_path: Path, posts: Path, command: str) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder/target.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(target)
    for _ in range(2):  # first the link leads nowhere, then to a file
        assert run([command, "--input", str(posts), "--output", str(link)]) == 0
        assert link.is_symlink()
        assert ids(target.read_bytes()) == ["x:1"]
        target.chmod(0o600)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "link.jsonl", "posts.jsonl", "target.jsonl"]


def test_no_other_file_is_taken_for_a_draft(tmp_path: Path, posts: Path) -> None:
    given = posts.rename(tmp_path / "data.jsonl.part")
    before = given.read_bytes()
    assert run(["analyze", "--input", str(given), "--output", str(tmp_path / "data.jsonl")]) == 0
    assert given.read_bytes() == before
    assert ids((tmp_path / "data.jsonl").read_bytes()) == ["x:1"]


@pytest.mark.parametrize("command", ["analyze", "group"])
def test_input_and_output_are_two_files(
    tmp_path: Path, posts: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = posts.read_bytes()
    (tmp_path / "link").symlink_to(posts)
    for output in (posts, tmp_path / "link"):
        assert run([command, "--input", str(posts), "--output", str(output)]) == 2
        assert "that is the file of --input" in capsys.readouterr().err
    assert posts.read_bytes() == before


def write_half(path: Path, failure: BaseException) -> None:
    with write_whole(path) as sink:
        sink.write(b"half")
        raise failure


def test_what_fails_leaves_the_file_before_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("before")
    for failure, told in (
        (OSError(28, "No space left on device"), StopError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):
        with pytest.raises(told):
            write_half(tmp_path / "out", failure)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "before"


def test_what_no_file_can_take_the_place_of_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path, tmp_path / "loop"):
        with pytest.raises(UsageError, match="that is a"), write_whole(path):
            pytest.fail("nothing is to be read before")
    with pytest.raises(StopError, match="No such file"), write_whole(tmp_path / "nowhere" / "out"):
        pytest.fail("nothing is to be read before")
    with write_whole(tmp_path / ("o" * 250)) as sink:
        sink.write(b"a long name")


def test_standard_output_that_is_full_is_a_message(tmp_path: Path, posts: Path) -> None:
    """The limit of a file's size stands for the end of a disk: what is written beyond it fails."""
    posts.write_text(posts.read_text() * 20)
    for arguments in (
        ["analyze", "--input", str(posts)],
        ["group", "--input", str(posts)],
        ["sources", "--json"],
        ["--help"],
    ):
        with (tmp_path / "full").open("wb") as full:
            full.seek(1 << 20)
            done = subprocess.run(
                [sys.executable, "-c", LIMITED, *arguments],
                env={**os.environ, "SIDAK_HOME": str(tmp_path / "home")},
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                timeout=120,
            )
        assert done.returncode == 1, (arguments, done.stderr)
        assert "File too large" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


def test_a_standard_stream_that_is_closed_is_missed_only_where_it_is_needed(tmp_path: Path, posts: Path) -> None:
    given, wanted = f"--input {posts}", f"--output {tmp_path / 'out'}"
    for arguments, code, told in (
        (f"{given} {wanted} >&-", 0, "1 lines analyzed"),
        (f"{given} >&-", 1, "standard output: it is closed"),
        (f"{wanted} <&-", 2, "standard input is closed"),
    ):
        command = ["bash", "-c", f"{sys.executable} -m sidak.app analyze {arguments}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == code, done.stderr
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_standard_streams_carry_bytes(
    posts: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(posts.read_bytes())))
    assert run(["analyze"]) == 0
    assert ids(capsysbinary.readouterr().out) == ["x:1"]
