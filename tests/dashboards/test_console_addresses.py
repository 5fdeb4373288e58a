"""Whatever stands in an address or a form, the answer is a page with a message, never a failure of the console."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.console import House, csrf_of

_NAMES = st.sampled_from(
    ["q", "kind", "category", "area", "source", "lane", "state", "review", "since", "until", "incident", "sort", "cursor",
     "back", "page", "period", "interval", "next", "hasil", "apa"]
)  # fmt: skip
_LIKELY = st.sampled_from(
    ["damage", "pungli", "33.25", "x", "addressed", "diterima", "true", "2026-11-24", "x:2", "newest", "2", "7", "week",
     '"', "(", "-", "*", "jalan OR", "NOT", "%", "-" * 50, "9" * 30, "2026-02-30", "\x00", "\u202e", "<script>"]
)  # fmt: skip
_VALUES = st.one_of(_LIKELY, st.text(max_size=30), st.binary(max_size=10))
_PAIRS = st.lists(st.tuples(_NAMES, _VALUES), max_size=5)
_WELL_MEANT = {200, 303, 400, 403, 404, 409}


@pytest.fixture(scope="module")
def browser(read_only_house: House) -> httpx.Client:
    return read_only_house.signed_in("ratna")


def _encode(value: str | bytes) -> str:
    return quote(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"), safe="")


def _query(pairs: list[tuple[str, str | bytes]]) -> str:
    return "&".join(f"{name}={_encode(value)}" for name, value in pairs)


@given(path=st.sampled_from(["/", "/tren", "/masuk", "/laporan/x:2", "/kesehatan"]), pairs=_PAIRS)
def test_any_query(browser: httpx.Client, path: str, pairs: list[tuple[str, str | bytes]]):
    answer = browser.get(f"{path}?{_query(pairs)}")
    assert answer.status_code in _WELL_MEANT


@given(path=st.one_of(st.text(max_size=30), st.binary(max_size=20)))
def test_any_path(browser: httpx.Client, path: str | bytes):
    answer = browser.get(f"/laporan/{_encode(path)}")
    assert answer.status_code in _WELL_MEANT


@given(
    form=st.dictionaries(
        st.sampled_from(["to_state", "expected_state", "note", "username", "password", "next"]), st.text(max_size=30)
    )
)
def test_any_form(browser: httpx.Client, form: dict[str, str]):
    token = csrf_of(browser.get("/laporan/x:2").text)
    fields = {name: value.encode("utf-8", "surrogatepass") for name, value in (form | {"csrf": token}).items()}
    body = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = browser.post("/laporan/x:2", content=body, headers=headers)
    assert answer.status_code in _WELL_MEANT
