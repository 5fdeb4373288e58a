from __future__ import annotations

import subprocess
import sys
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalize import match_form, normalize_text, normalize_word, stem_word


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("gk", "tidak"),
        ("YG", "yang"),
        ("jln", "jalan"),
        ("bolong2", "berlubang"),
        ("rumah2", "rumah-rumah"),
        ("rusakkkk", "rusak"),
        ("parahhh", "parah"),
        ("k0rupsi", "korupsi"),
        ("j4lan", "jalan"),
        ("ngelaporin", "melaporkan"),
        ("dibenerin", "diperbaiki"),
        ("dimintain", "diminta"),
        ("matiin", "matikan"),
        ("wkwkwkwk", "haha"),
        ("jalan²", "jalan-jalan"),
        ("aspale", "aspalnya"),
        ("dalane", "jalannya"),
        ("jalanna", "jalannya"),
        ("caah", "banjir"),
        ("pareum", "mati"),
        ("runtah", "sampah"),
        ("manumpuak", "menumpuk"),
        ("kampuang", "kampung"),
        ("maluap", "meluap"),
        ("kacamatan", "kecamatan"),
        ("ratik", "sampah"),
        ("kada", "tidak"),
        ("aeng", "air"),
        ("pukesmas", "puskesmas"),
        ("pemabngunan", "pembangunan"),
        ("ru\u200bsak", "rusak"),
        ("ｒｕｓａｋ", "rusak"),
        ("20rb", "20rb"),
        ("@seseorang", "@seseorang"),
    ],
)
def test_spelling_becomes_standard(written: str, standard: str) -> None:
    assert normalize_word(written) == standard


@pytest.mark.parametrize(
    "word",
    [
        "jalan",
        "rusak",
        "saat",
        "maaf",
        "masalah",
        "air",
        "keempat",
        "Subah",
        "Karah",
        "Maninjau",
        "Sampang",
        "angsana",
        "hadir",
    ],
)
def test_standard_words_stay(word: str) -> None:
    assert normalize_word(word) == word.lower()


@pytest.mark.parametrize(
    "forms", [("rusak", "kerusakan", "rusaknya"), ("pungutan", "dipungut", "mungut"), ("jalan", "jalan-jalan", "jln")]
)
def test_forms_of_a_word_share_their_stem(forms: tuple[str, ...]) -> None:
    assert len({stem_word(form) for form in forms}) == 1


def test_possessive_does_not_hide_a_lexicon_word() -> None:
    assert match_form("lampunya") == "lampu"
    assert match_form("tanya") == "tanya"


def test_normalized_text_leaves_out_marks_and_links() -> None:
    normalized = normalize_text("gk ada lampu!!! https://contoh.example @akun #JalanRusak")
    assert normalized.text == "tidak ada lampu jalanrusak"


def test_search_can_stem_without_loading_spacy() -> None:
    code = "import sys, nlp.normalize; nlp.normalize.normalize_text('rusak'); sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.text())
def test_any_text_gives_words_and_stems_that_can_be_written(text: str) -> None:
    normalized = normalize_text(text)
    normalized.text.encode("utf-8")
    normalized.stems.encode("utf-8")


@given(
    st.text(ascii_lowercase, min_size=1) | st.sampled_from(["gk", "jln", "k0rupsi", "bolong2", "dibenerin", "dalane"])
)
def test_capitals_do_not_change_how_a_word_is_read(word: str) -> None:
    assert normalize_word(word) == normalize_word(word.upper()) == normalize_word(word.title())
