"""What libraries bring as data is read without importing them, so that a start stays short."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nlp.package_data import read_package_data
from sidak.errors import StopError

_HEAVY = ("wordfreq", "langcodes", "lokal", "onnxruntime", "sqlalchemy", "pydantic_settings", "collectors")


def test_what_is_not_there_is_told_by_name() -> None:
    assert read_package_data("lokal", "data", "wilayah.json.gz")[:2] == b"\x1f\x8b"
    with pytest.raises(StopError, match=r"lokal: data/other\.json is not there"):
        read_package_data("lokal", "data", "other.json")
    with pytest.raises(StopError, match="no_such_package is not installed"):
        read_package_data("no_such_package", "data")


def test_the_first_reading_waits_for_no_library_that_it_does_not_need() -> None:
    script = (
        "import sys; from sidak.app.cli import app; from nlp.analyze import Analyzer; Analyzer();"
        f"print([name for name in {_HEAVY} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
