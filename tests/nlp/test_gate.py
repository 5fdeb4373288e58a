from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.gate import gate_log_odds, letter_share, read_gate
from nlp.gate_features import pair_features, phrase_features, shared_features, word_features
from nlp.glance import READ_PIECES, glance
from nlp.memory import Memory
from nlp.model import linear_model
from nlp.personal_data.find import find_personal_data, holds_cue
from nlp.words import clean_text

TEXTS = (
    "jalan rusak,parah!! di Subah kapan dibenerin pak",
    "@teman #JalanRusak selamat pagi https://contoh.example",
    "petugas minta 50rb buat urus ktp, kami diminta bayar lagi",
    "BUPATI RESMIKAN JEMBATAN BARU DI LIMPUNG",
    "",
)
PIECES = (
    "Budi", "pak", "a.n.", "0812", "3456", "7890", "nol", "delapan", "satu", "dua", "ig", "di", "budi.keren", "[at]",
    "contoh", "[dot]", "com", "H", "1234", "AB", "NIK", "3325091204900003", "rek", "BCA", "Jl.", "Mawar", "No.", "12", ":",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_gate_weighs_what_it_was_trained_on(text: str) -> None:
    seen = glance(text)
    words = word_features(seen.tokens)
    letter = linear_model("gate_style").probability(words)
    features = words | pair_features(seen.tokens) | phrase_features(seen) | shared_features(seen, letter=letter)

    assert letter_share(seen) == pytest.approx(letter, abs=1e-3)
    assert gate_log_odds(seen, letter=letter) == pytest.approx(linear_model("gate").score(features), abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "Mohon bantuannya, di loket kelurahan kami selalu dimintai uang rokok oleh petugas.",
        "kemarin polisi minta uang damai 50rb di pertigaan dekat rumah saya",
        "lampu jalan depan rumah mati sudah dua minggu",
        "dalane rusak nemen, wis suwe ora didandani",
        "penipuan emas gue di polres masih nothing btw, harus viral dulu",
        "gue lapor kemalingan ke polsek, ditanya balik kok pintunya ga dikunci",
    ],
)
def test_a_witness_gets_past_the_gate(text: str) -> None:
    assert read_gate(text, lane="overheard").passed


@pytest.mark.parametrize(
    "text",
    [
        "koruptor harus dihukum berat biar kapok, dukung terus KPK",
        "lagu baru ini bikin kangen masa kecil, makasih ya",
        "selamat hari bhayangkara untuk polri, semoga makin dicintai masyarakat",
    ],
)
def test_opinion_and_talk_do_not_unless_addressed(text: str) -> None:
    assert not read_gate(text, lane="overheard").passed
    assert read_gate(text, lane="addressed").passed


def test_what_stands_between_blanks_counts_as_often_as_it_stands_there() -> None:
    once, twice = glance("jalan rusak"), glance("jalan rusak jalan rusak")

    assert (twice.words, twice.gate_weight) == (2 * once.words, pytest.approx(2 * once.gate_weight))
    assert twice.tokens == 2 * once.tokens
    assert twice.patterns >= once.patterns


def test_a_text_longer_than_the_gate_reads_may_hold_personal_data() -> None:
    assert not glance("halo " * READ_PIECES).may_be_personal
    assert glance("halo " * (READ_PIECES + 1)).may_be_personal


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
def test_no_personal_data_without_a_cue(text: str) -> None:
    clean = clean_text(text)
    assert any(map(holds_cue, clean.split())) or not find_personal_data(clean)


@pytest.mark.parametrize(
    "text",
    [
        "hubungi Budi di 0812 3456 7890", "a.n. Siti Aminah", "a n Siti Aminah", "Pelapor: Slamet Riyadi", "ig budi.keren",
        "surel budi [at] contoh [dot] com", "nol delapan satu dua tiga empat lima enam tujuh delapan",
    ],
)  # fmt: skip
def test_cues_are_seen_in_whatever_the_detectors_find(text: str) -> None:
    assert find_personal_data(text)
    assert any(map(holds_cue, text.split()))


def test_a_memory_keeps_what_is_asked_for_and_never_grows() -> None:
    made: list[str] = []
    memory = Memory(lambda key: made.append(key) or key.upper(), most=3)
    for key in "abcxyzpqr":
        assert memory["often"] == "OFTEN"
        assert memory[key] == key.upper()

    assert made.count("often") == 1
    assert len(memory) <= 3
