"""The encoder's say about letters: it moves what letters' models are unsure of, and promises as much as there is."""

from __future__ import annotations

import tomllib

import msgspec
import numpy as np
import pytest
from scipy.special import expit

from nlp.encoder.mixture import Mixtures, mixtures
from nlp.encoder.odds import Odds
from nlp.encoder.second_look import second_look
from nlp.teaching.encoder.mixture import LETTER_FLOOR, fit_letter_mixture, write_mixtures

HEADLINE = "Pemkot Perbaiki 20 Titik Jalan Berlubang, Target Rampung Akhir Tahun"
NOTICE = "Dinas Perhubungan menertibkan parkir liar di kawasan alun-alun, warga diimbau tertib"
WITNESS = "Mohon segera diperbaiki jalan depan rumah kami yang berlubang, sudah dua motor jatuh bulan ini"


@pytest.mark.parametrize("text", [HEADLINE, NOTICE])
def test_of_equal_letters_publicity_and_news_are_less_of_a_report_than_a_witness(text: str):
    letter = mixtures().letter
    told, witnessed = (letter.after_both(1.0, second_look().score(each)) for each in (text, WITNESS))
    assert told < witnessed - 1.0


def test_a_letter_that_is_surely_none_or_was_sent_and_surely_is_one_is_not_looked_at_again():
    letter = mixtures().letter
    assert letter.leaves_room(0.0, addressed=True)
    assert not letter.leaves_room(letter.floor - 0.1)
    assert not letter.leaves_room(letter.addressed_ceiling + 0.1, addressed=True)
    assert letter.leaves_room(letter.addressed_ceiling + 0.1), "overheard, publicity is worded as surely"
    assert not letter.leaves_room(letter.ceiling + 0.1)


def test_within_the_room_as_many_reports_are_promised_as_there_are():
    chance = np.random.default_rng(0)
    truths = (chance.random(600) < 0.7).astype(np.int64)
    odds, second = (3.0 * truths - 1.0 + chance.normal(0, spread, 600) for spread in (2.0, 3.0))
    mixture = fit_letter_mixture(odds, second, truths)
    asked = odds >= LETTER_FLOOR
    promised = expit(
        [mixture.after_both(first, Odds(said, 0.0)) for first, said in zip(odds[asked], second[asked], strict=True)]
    )
    assert promised.sum() == pytest.approx(truths[asked].sum(), rel=0.01)
    assert mixture.letter > 0
    assert mixture.second > 0


def test_the_mixtures_come_back_as_they_were_written():
    found = msgspec.convert(tomllib.loads(write_mixtures(mixtures())), Mixtures)
    assert found == mixtures()
