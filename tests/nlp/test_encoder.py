"""The second look: what the shipped encoder reads, and how it is weighed with the first."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.encoder.mixture import Mixture, mixtures
from nlp.encoder.odds import Odds
from nlp.encoder.pieces import END, MOST_PIECES, START, UNKNOWN, Pieces, plain_words, read_pieces, write_pieces
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE, second_look
from nlp.model import MODEL_DIR
from nlp.teaching.devdata import Example, HandLabel, read_labels
from nlp.teaching.encoder.mixture import CEILING, FLOOR, Looked, fit_conduct, fit_mixture
from nlp.teaching.encoder.quantise import BLOCK, Floats, quantise, quantise_blocks
from nlp.teaching.encoder.taught import (
    SCORES_FILE,
    encoder_folder,
    is_taught,
    read_scores,
    read_shares,
    scores_of,
    write_scores,
)
from sidak.errors import UsageError

SMALL = Pieces(
    names=("<s>", "</s>", "<pad>", "<unk>", "▁", "▁jalan", "▁ja", "lan", "rusak", "▁rusak", "r", "u"),
    scores=(0.0, 0.0, 0.0, 0.0, -3.0, -2.0, -4.0, -4.0, -2.5, -2.0, -6.0, -6.0),
)


@cache
def shipped_pieces() -> Pieces:
    return read_pieces(files("nlp.model").joinpath(PIECES_FILE).read_bytes().decode("utf-8"))


def test_a_word_is_cut_into_its_likeliest_pieces():
    assert SMALL.cut_word("▁jalan") == (5,)
    assert SMALL.cut_word("▁jalanrusak") == (5, 8)


def test_letters_that_nobody_knows_are_unknown_one_by_one():
    assert SMALL.cut_word("▁rusakж") == (9, UNKNOWN)


def test_a_vocabulary_comes_back_as_it_was_written():
    assert read_pieces(write_pieces(SMALL)) == SMALL


def test_a_text_is_framed_and_cut_off():
    numbers = shipped_pieces().encode("jalan rusak " * 200)
    assert (numbers[0], numbers[-1], len(numbers)) == (START, END, MOST_PIECES)


def test_accounts_links_and_numbers_are_all_one_to_the_encoder():
    assert plain_words("@ratna lihat https://contoh.id/a?b=1 umur 45 di km.7") == plain_words(
        "@budi lihat [URL] umur 1200 di km.12"
    )


def test_the_encoder_reads_standard_spelling_between_the_marks_that_were_written():
    assert plain_words("jln dpn rmh rusakkk bgt!!! (jgn lwt) wkwkwk...") == [
        *("jalan", "depan", "rumah", "rusak", "sangat!", "(jangan", "lewat)", "haha."),
    ]


def test_names_keep_their_capitals_and_shouting_does_not():
    assert plain_words("LAMPU di Senayan MATI, Pak Lurah!") == ["lampu", "di", "Senayan", "mati", "Pak", "Lurah!"]


@given(st.text(max_size=300))
def test_whatever_is_written_is_framed(text: str):
    numbers = shipped_pieces().encode(text)
    assert (numbers[0], numbers[-1]) == (START, END)
    assert 2 <= len(numbers) <= MOST_PIECES


def test_commas_quotation_marks_and_pictures_change_nothing_for_the_encoder():
    told = 'katanya, \u201cjalan rusak\u201d \U0001f62d sudah "diperbaiki"'
    assert plain_words(told) == plain_words("katanya jalan rusak sudah diperbaiki")


def test_what_hides_in_words_changes_nothing_for_the_encoder():
    assert plain_words("jalan ru\u200bsak, ja\u00adtuh") == plain_words("jalan rusak jatuh")


def test_the_vocabulary_holds_no_digits_and_no_names_of_accounts():
    names = [name.removeprefix("▁") for name in shipped_pieces().names]
    assert not [name for name in names if len(name) > 1 and any(map(str.isdigit, name))]
    assert not [name for name in names if len(name) > 1 and name[0] == "@"]
    assert all(any(name.startswith(begin) for name in names) for begin in ("jalan", "rusak"))


def test_the_encoder_tells_a_witness_from_a_headline():
    look = second_look()
    witness = look.score(
        "jalan depan rumah sy rusak parah bolong2 udah 3 bulan ga ada yg benerin, tadi ada motor jatuh"
    )
    headline = look.score("Wali Kota Resmikan Jalan Baru, Warga Sambut Gembira [URL]")
    assert witness.report > headline.report + 1.0


def test_its_second_head_tells_who_met_with_misconduct_from_who_talks_about_it():
    told = "td ngurus surat pindah di kelurahan, kata bapaknya kasih aja seikhlasnya biar besok jadi, ga ada kuitansi"
    opinion = "negara ini ga akan maju kalo koruptor dihukum ringan terus, dari atas sampe bawah sama aja"
    witness, talk = map(second_look().score, (told, opinion))
    assert witness.conduct > talk.conduct + 1.0


def test_each_kind_of_trouble_hears_its_own_head():
    found = mixtures()

    def change(mixture: Mixture) -> tuple[bool, bool]:
        """Tell whether either head changes what comes of both looks."""
        said = (Odds(0.0, 0.0), Odds(1.0, 0.0), Odds(0.0, 1.0))
        plain, report, conduct = (mixture.after_both(0.0, 0.0, each) for each in said)
        return report > plain, conduct > plain

    assert change(found.damage) == (True, False)
    assert change(found.service) == change(found.misconduct) == (False, True)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_number_and_always_the_same(text: str):
    look = second_look()
    score = look.score(text)
    assert all(map(math.isfinite, score))
    assert look.score(text) == score


def test_the_first_look_alone_decides_where_it_is_sure():
    asked: list[float] = []

    def ask() -> Odds:
        asked.append(1.0)
        return Odds(2.0, 0.0)

    odds = [mixtures().damage.odds(first, 0.0, ask=ask) for first in (FLOOR - 1.0, CEILING + 1.0)]
    assert (odds, asked) == ([FLOOR - 1.0, CEILING + 1.0], [])
    assert mixtures().damage.odds(0.0, 0.0, ask=ask) > mixtures().damage.after_both(0.0, 0.0, Odds(0.0, 0.0))
    assert asked == [1.0]


def test_who_writes_to_the_office_is_believed_sooner_without_a_second_look():
    looks: list[float] = []

    def ask() -> Odds:
        looks.append(1.0)
        return Odds(0.0, 0.0)

    for known in (0.0, 1.0):
        mixtures().damage.odds(CEILING - 0.5, 0.0, ask=ask, known=known)
    assert len(looks) == 1


def test_every_look_speaks_for_a_report():
    found = mixtures()
    assert min(found.damage.cues, found.damage.wording, found.damage.second) > 0
    for conduct in (found.service, found.misconduct):
        assert min(conduct.cues, conduct.second) > 0


def test_weights_make_true_odds_of_all_looks():
    chance = np.random.default_rng(0)
    cues, wording, second = (chance.normal(0, 2, 6000) for _ in "abc")
    truths = (chance.random(6000) < 1 / (1 + np.exp(-(0.5 * cues + 0.3 * wording + second - 1)))).astype(np.int64)
    found = fit_mixture(Looked(cues=cues, wording=wording, second=second, truths=truths))
    assert (found.cues, found.wording, found.second, found.bias) == pytest.approx((0.5, 0.3, 1.0, -1.0), abs=0.25)


def test_of_misconduct_and_service_the_wording_learnt_from_damage_is_not_heard():
    found = mixtures()
    assert found.of("misconduct").wording == found.of("service").wording == 0.0
    assert found.of("damage") == found.of(None) == found.damage


def test_about_conduct_reports_count_as_rare_as_they_are_elsewhere():
    chance = np.random.default_rng(0)
    truths = np.arange(4000) % 2
    second = chance.normal(0, 2, 4000) + 3.0 * truths
    looked = Looked(cues=np.zeros(4000), wording=np.zeros(4000), second=second, truths=truths)
    found = fit_conduct(looked, share=0.2)
    odds = found.second * second + found.bias
    weights = np.where(truths == 1, 0.4, 1.6)
    assert np.average(1 / (1 + np.exp(-odds)), weights=weights) == pytest.approx(0.2, abs=0.01)


def test_later_complaints_and_part_of_all_others_are_kept_for_measuring():
    def taught(origin: str, day: str) -> list[bool]:
        texts = ("lampu " + chr(97 + at % 26) * (1 + at // 26) for at in range(400))
        return [is_taught(Example(origin=origin, text=text, day=day, is_report=True)) for text in texts]

    assert not any(taught("complaints", "2022-09-01"))
    assert 0.65 < np.mean(taught("complaints", "2022-08-31")) < 0.85
    assert 0.4 < np.mean(taught("emot", "")) < 0.6


def test_where_readers_disagree_the_encoder_is_taught_their_share(tmp_path: Path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("a\t1\tbanjir\t1\t111\nb\t?\tpohon\t0\t10\nc\t0\t-\t-\t0?0\n", encoding="utf-8")
    assert read_shares(labels) == pytest.approx({"a": 1.0, "b": 0.5, "c": 1 / 6})


def test_hand_labels_are_read_with_all_that_their_lines_say(tmp_path: Path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("a\t1\tbanjir\t1\t111\nb\t?\tpohon\t0\t10\nc\t0\t-\t-\t0?0\n", encoding="utf-8")
    assert read_labels(labels) == {
        "a": HandLabel(is_report=True, category="banjir", placed=True, votes="111"),
        "b": HandLabel(is_report=None, category="pohon", placed=False, votes="10"),
        "c": HandLabel(is_report=False, category="", placed=None, votes="0?0"),
    }


def test_scores_out_of_fold_are_kept_by_key_alone():
    assert all(len(key) == 16 and set(key) <= set("0123456789abcdef") for key in read_scores())


def test_an_encoder_that_lies_whole_where_training_writes_is_the_one_that_is_weighed(tmp_path: Path):
    (tmp_path / SCORES_FILE).write_text(write_scores({"a": Odds(1.5, 2.0)}, {"a": Odds(0.5, -1.0)}), encoding="ascii")
    assert encoder_folder(tmp_path) == MODEL_DIR
    for name in (ENCODER_FILE, PIECES_FILE):
        (tmp_path / name).touch()
    assert read_scores(encoder_folder(tmp_path)) == {"a": Odds(1.5, 2.0)}
    assert read_scores(encoder_folder(tmp_path), by_date=True) == {"a": Odds(0.5, -1.0)}


def test_a_tweet_that_the_encoder_never_scored_is_told_plainly():
    tweets = [Example(origin="tweets", text="", key=key) for key in "ab"]
    known = {"a": Odds(1.0, 0.0), "b": Odds(2.0, 0.0)}
    assert scores_of(tweets, known) == [known["a"], known["b"]]
    with pytest.raises(UsageError, match="1 of 2 labelled tweets"):
        scores_of(tweets, {"a": known["a"]})


def unpack_blocks(table: npt.NDArray[np.uint8], scales: Floats) -> Floats:
    numbers = np.stack([table & 15, table >> 4], axis=2).reshape(len(table), -1).astype(np.float32) - 8
    return numbers * np.repeat(scales, BLOCK, axis=1)


def test_a_matrix_in_bytes_is_off_by_half_a_step_at_most():
    matrix = np.random.default_rng(0).normal(0, 1, (64, 12)).astype(np.float32)
    numbers, scales = quantise(matrix)
    assert (np.abs(numbers * scales - matrix) <= scales * 0.5001).all()


def test_a_table_in_half_bytes_is_off_by_a_step_at_most():
    table = np.random.default_rng(0).normal(0, 1, (10, 3 * BLOCK)).astype(np.float32)
    numbers, scales = quantise_blocks(table)
    assert numbers.dtype == np.uint8
    assert numbers.shape == (10, 3 * BLOCK // 2)
    assert (np.abs(unpack_blocks(numbers, scales) - table) <= np.repeat(np.abs(scales), BLOCK, axis=1) * 1.0001).all()


def test_a_table_that_came_in_half_bytes_loses_nothing():
    chance = np.random.default_rng(0)
    steps = chance.integers(-8, 8, (10, 2 * BLOCK)).astype(np.float32)
    steps[:, ::BLOCK] = -8
    steps[0, :BLOCK] = 0
    came = (steps * np.repeat(chance.normal(0, 1, (10, 2)).astype(np.float16), BLOCK, axis=1)).astype(np.float32)
    assert (unpack_blocks(*quantise_blocks(came)) == came).all()


def test_the_models_that_are_shipped_stay_small():
    sizes = [entry.read_bytes() for entry in files("nlp.model").iterdir() if entry.is_file()]
    assert sum(map(len, sizes)) <= 20_000_000
