"""The two ends of a command that turns one file into another: opened so that nothing is lost when it goes wrong."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sidak.app.output import standard_output
from sidak.errors import StopError, UsageError

STANDARD = Path("-")
_NAME_KEPT = 40
"""Characters of a file's name that its draft's name keeps: names have at most 255 bytes."""


@contextmanager
def open_ends(source: Path, sink: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open what --input and --output name, `-` for the standard streams; raises UsageError where they are one file."""
    if STANDARD not in (source, sink) and source.exists() and sink.exists() and source.samefile(sink):
        raise UsageError(f"--output: {sink}: that is the file of --input; choose another one")
    with _open_source(source) as infile, _standard_sink() if sink == STANDARD else write_whole(sink) as outfile:
        yield infile, outfile


@contextmanager
def write_whole(path: Path, *, option: str = "--output") -> Iterator[BinaryIO]:
    """Open a file to write that gets its name only when it is whole; until then the one before stays as it was.

    What is no regular file (a pipe with a name, a device) is written to as it stands, and a link keeps its place.
    """
    target = Path(os.path.realpath(path))
    if path.is_dir() or target.is_symlink():
        raise UsageError(f"{option}: {path}: that is a {'folder' if path.is_dir() else 'link to itself'}")
    try:
        if _is_replaceable(path, target):
            with _draft_of(target) as sink:
                yield sink
        else:
            with path.open("wb") as sink:
                yield sink
    except OSError as exc:
        raise StopError(f"{option}: {path}: {exc.strerror or exc}") from exc


@contextmanager
def _standard_sink() -> Iterator[BinaryIO]:
    with standard_output():
        yield sys.stdout.buffer
        sys.stdout.flush()


def _open_source(path: Path) -> BinaryIO:
    if path == STANDARD:
        if sys.stdin is None:
            raise UsageError("--input: standard input is closed")
        return sys.stdin.buffer
    if path.is_dir() or not path.exists():
        raise UsageError(f"--input: {path}: {'that is a folder' if path.is_dir() else 'there is no such file'}")
    try:
        return path.open("rb")
    except OSError as exc:
        raise UsageError(f"--input: {path}: {exc.strerror}") from exc


def _is_replaceable(path: Path, target: Path) -> bool:
    """Whether another file may take the target's name: /dev/stdout, for one, leads to what has no name at all."""
    if not path.exists():
        return True
    return path.is_file() and target.exists() and path.samefile(target)


@contextmanager
def _draft_of(target: Path) -> Iterator[BinaryIO]:
    """Write beside the target under a name that nothing else has."""
    draft = target.with_name(f"{target.name[:_NAME_KEPT]}.{secrets.token_hex(4)}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            if target.exists():
                os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            yield sink
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
