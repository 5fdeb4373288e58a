"""The encoder's head for letters: it may speak against what reads like one, and promises as much on the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from nlp.encoder.letters import LetterHead, head_of, letter_head, model_of
from nlp.encoder.second_look import second_look
from nlp.teaching.encoder.letters import Meant, fit_head, lift_of

HEADLINE = "Pemkot Perbaiki 20 Titik Jalan Berlubang, Target Rampung Akhir Tahun"
NOTICE = "Dinas Perhubungan menertibkan parkir liar di kawasan alun-alun, warga diimbau tertib"
WITNESS = "Mohon segera diperbaiki jalan depan rumah kami yang berlubang, sudah dua motor jatuh bulan ini"


def _shift(text: str) -> float:
    return letter_head().shift(second_look().look(text).meaning)


@pytest.mark.parametrize("text", [HEADLINE, NOTICE])
def test_publicity_and_news_lose_more_than_a_witness(text: str):
    assert _shift(text) < _shift(WITNESS) - 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_the_head_never_adds_more_than_its_lift(text: str):
    assert _shift(text) <= letter_head().lift


def test_a_head_comes_back_as_it_was_kept():
    head = LetterHead(np.array([0.5, -0.25, 0.0], dtype=np.float32), -0.1, 0.2)
    kept = head_of(model_of(head))
    assert kept.weights.tolist() == head.weights.tolist()
    assert (kept.bias, kept.lift) == (head.bias, head.lift)


def test_a_head_learns_what_tells_reports_from_the_rest():
    chance = np.random.default_rng(0)
    truths = np.arange(400) % 2
    meanings = chance.normal(0, 1, (400, 3)).astype(np.float32)
    meanings[:, 1] += 3.0 * truths
    head = fit_head(Meant(meanings, truths, np.ones(400)))
    shifts = np.array([head.shift(each) for each in meanings])
    assert shifts[truths == 0].mean() < shifts[truths == 1].mean() < 0.0


def test_with_its_lift_as_many_reports_are_promised_as_there_are():
    chance = np.random.default_rng(0)
    odds, truths = chance.normal(1, 2, 500), (chance.random(500) < 0.8).astype(np.int64)
    assert expit(odds + lift_of(odds, truths)).sum() == pytest.approx(truths.sum(), abs=0.01)


def test_where_all_are_reports_nothing_is_lifted():
    assert lift_of(np.array([1.0, 2.0]), np.array([1, 1])) == 0.0
