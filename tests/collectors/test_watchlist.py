"""What is listened for: complete, within the platforms' limits, and free of operators."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.coverage import find_coverage
from collectors.watchlist import Watchlist, load_watchlist, pack_pairs, pack_terms, quote
from collectors.x.plan import QUERY_CHARACTERS, build_queries
from nlp.areas import bare_name, children
from sidak.errors import StopError, UsageError

EVERYDAY = frozenset(
    [
        "batu",
        "bone",
        "belu",
        "alor",
        "buru",
        "pati",
        "malang",
        "serang",
        "metro",
        "siak",
        "banjar",
        "padang",
        "demak",
        "buton",
        "sampang",
    ]
)
TWENTY_ISSUES = (
    "jalan rusak", "jalan berlubang", "jembatan rusak", "jembatan ambruk", "proyek mangkrak", "proyek asal jadi",
    "drainase mampet", "irigasi rusak", "sekolah rusak", "atap sekolah ambruk", "puskesmas rusak", "pungli",
    "dana desa", "bansos", "rabat beton", "lampu jalan mati", "aspal mengelupas", "korupsi proyek", "papan proyek",
    "pasar mangkrak",
)  # fmt: skip
TERMS = st.lists(
    st.text("abcdefgh ", min_size=3, max_size=25).filter(lambda t: t.strip() == t), min_size=1, max_size=40
)


@settings(max_examples=50, deadline=None)
@given(issues=TERMS, places=TERMS)
def test_every_pair_is_asked_for_within_the_limit(issues: list[str], places: list[str]) -> None:
    left, right = [quote(term) for term in issues], [quote(term) for term in places]
    queries = pack_pairs(left, right, limit=QUERY_CHARACTERS, suffix=" lang:in -is:retweet")
    assert all(len(query) <= QUERY_CHARACTERS for query in queries)
    covered: set[tuple[str, str]] = set()
    for query in queries:
        first, second = query.removesuffix(" lang:in -is:retweet")[1:-1].split(") (")
        covered |= set(product(first.split(" OR "), second.split(" OR ")))
    assert covered == set(product(left, right))


def test_packing_saves_questions() -> None:
    watchlist = load_watchlist(Path("does-not-exist.toml"))
    places = tuple(f"kabupaten contoh {number}" for number in range(35))
    queries = build_queries(
        Watchlist(issues=watchlist.issues, places=places, projects=("tol contoh",)), lane="overheard", credentials={}
    )
    assert len(queries) < 15
    assert any("tol contoh" in query.text for query in queries)
    assert len({query.id for query in queries}) == len(queries)


def test_twenty_issues_in_every_regency_and_city_are_few_questions() -> None:
    """54 at most, with the official names of all 514; where a name is an everyday word, its kind is asked for too."""
    codes = [code for province in children() for code in children(province)]
    assert len(codes) == 514
    names = [bare_name(code).lower() for code in codes]
    places = tuple(
        f"{'kota' if code[3] == '7' else 'kab'} {name}" if name in EVERYDAY else name
        for code, name in zip(codes, names, strict=True)
    )
    watchlist = Watchlist(issues=TWENTY_ISSUES, places=places)
    queries = build_queries(watchlist, lane="overheard", credentials={})
    assert len(queries) <= 54
    assert max(len(query.text) for query in queries) <= 512
    covered = find_coverage("x", queries, watchlist)
    assert len(covered.pairs) == len(TWENTY_ISSUES) * len(set(places))
    assert not covered.missing


def test_names_and_hashtags_are_asked_for_wherever_they_are() -> None:
    watchlist = Watchlist(
        issues=("pungli",), places=("batang",), projects=("tol contoh",), offices=("dinas contoh",), hashtags=("Lapor",)
    )
    texts = " ".join(query.text for query in build_queries(watchlist, lane="overheard", credentials={}))
    assert all(one in texts for one in ('"tol contoh"', '"dinas contoh"', "#lapor"))
    assert watchlist.matches("Dinas Contoh lambat")
    assert watchlist.matches("sudah #lapor belum")


def test_the_same_watchlist_finds_its_cursors_again() -> None:
    one = Watchlist(issues=("jalan rusak", "pungli"), places=("batang", "kendal"))
    other = Watchlist(issues=("pungli", "jalan rusak"), places=("kendal", "batang"))
    assert build_queries(one, lane="overheard", credentials={}) == build_queries(
        other, lane="overheard", credentials={}
    )


def test_accounts_are_the_addressed_lane() -> None:
    queries = build_queries(Watchlist(x_accounts=("DinasContoh",)), lane="addressed", credentials={"user_id": "7"})
    assert [query.text for query in queries] == ["7", "(@DinasContoh) -is:retweet"]
    assert {query.lane for query in queries} == {"addressed"}


def test_a_term_that_fits_nowhere_is_named() -> None:
    with pytest.raises(StopError, match="panjang"):
        pack_terms(["panjang" * 20], room=100)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('issues = ["jalan\\" OR from:seseorang"]', "issues: "),
        ('places = ["(batang)"]', "places: "),
        ('subreddits = ["a/../api"]', "subreddits: "),
        ('x_accounts = ["@dinas"]', "x_accounts: "),
        ('issues = "jalan"', "issues"),
        ("isues = []", "isues"),
        ("issues = [", "watchlist.toml"),
    ],
)
def test_a_wrong_watchlist_is_named_by_file_and_key(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text(content)
    with pytest.raises(UsageError, match=said) as caught:
        load_watchlist(path)
    assert "watchlist.toml" in str(caught.value)


def test_the_deployment_replaces_key_by_key(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text('places = ["batang"]')
    watchlist = load_watchlist(path)
    assert watchlist.places == ("batang",)
    assert "pungli" in watchlist.issues


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("JALAN RUSAK parah", True),
        ("jalan, rusak!", True),
        ("jalan\nrusak", True),
        ("pungli", True),
        ("#pungli di sini", True),
        ("jalanrusak", False),
        ("kapungling", False),
        ("", False),
    ],
)
def test_matching_compares_words(text: str, speaks: bool) -> None:
    assert Watchlist(issues=("jalan rusak", "pungli")).matches(None, text) is speaks


def test_an_empty_watchlist_matches_nothing() -> None:
    assert not Watchlist().matches("apa saja")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('feeds = ["https://nama:kenari@kabar.example/rss"]', "without user name or password"),
        ('feeds = ["file:///etc/passwd"]', "an address such as"),
        ('subreddits = ["r/indonesia"]', "without r/"),
        ('issues = ["a"]', "use words"),
    ],
)
def test_what_cannot_be_asked_for_is_told_with_what_to_write(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text(line)
    with pytest.raises(UsageError, match=told) as caught:
        load_watchlist(path)
    assert "kenari" not in str(caught.value)
