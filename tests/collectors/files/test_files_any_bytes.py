"""Whatever bytes a file holds, an import ends with a full count or with a message made for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sidak.errors import SidakError

FIXTURES_ARE_FRESH = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

cells = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=20),
    st.sampled_from(["", "1", '"', '""', "\0", "\n", "\r", ",", "2026-03-01", "46082", "\ufeff", "x" * 300]),
)
table = st.lists(st.lists(cells, max_size=5), max_size=8).map(
    lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), cells)
objects = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "text", "created_at", "lane", "url", "x\ud800"]), scalars | st.lists(scalars)
    ),
    max_size=5,
).map(lambda records: "\n".join(json.dumps(record) for record in records).encode())


def import_any(make_desk: Callable, name: str, data: bytes, profile: str = "generic") -> None:
    desk = make_desk()
    try:
        result = desk.load_text(name, data, profile=profile)
    except SidakError:
        return
    again = desk.load_text(name, data, profile=profile)
    assert (again.rows, again.new, again.revised) == (result.rows, 0, 0)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
@FIXTURES_ARE_FRESH
@given(data=st.binary(max_size=200))
def test_any_bytes(make_desk, name: str, data: bytes) -> None:
    import_any(make_desk, name, data)


@FIXTURES_ARE_FRESH
@given(data=table)
@example(data=b'1,"a\n2,"b,2026-03-01\n"')
def test_any_table(make_desk, data: bytes) -> None:
    import_any(make_desk, "a.csv", b"id,text,created_at\n" + data, profile="generic")
    import_any(make_desk, "a.csv", b"Tracking ID,Isi Laporan,Tanggal Laporan\n" + data, profile="sp4n_export")


@FIXTURES_ARE_FRESH
@given(data=objects)
def test_any_objects(make_desk, data: bytes) -> None:
    import_any(make_desk, "a.jsonl", data)


def _parts() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    book.active.append(("id", "text", "created_at"))
    book.active.append((1, "Banjir", 46082.5))
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = _parts()


@settings(FIXTURES_ARE_FRESH, max_examples=150)
@given(
    name=st.sampled_from(sorted(PARTS)),
    at=st.floats(0, 1),
    length=st.integers(0, 12),
    junk=st.sampled_from([b"", b"0", b"-1", b"99999999999", b"x", b"<", b'"', b"&#0;", b"\xff"]),
)
def test_any_damage_inside_a_workbook(make_desk, name: str, at: float, length: int, junk: bytes) -> None:
    start = int(at * len(PARTS[name]))
    damaged = PARTS[name][:start] + junk + PARTS[name][start + length :]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in PARTS.items():
            archive.writestr(part, damaged if part == name else content)
    import_any(make_desk, "a.xlsx", file.getvalue())
