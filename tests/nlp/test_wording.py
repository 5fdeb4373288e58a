"""The wording model: what it makes alike, what it may keep, and that its fast sums are what training computed."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.model import wording_model
from nlp.reading import Reading
from nlp.teaching.keepable import may_keep_wording
from nlp.wording import (
    WordingModel,
    mask_tokens,
    read_wording,
    score_wording,
    wording_keys,
    write_wording,
)
from nlp.wording_sums import Term

MODELS = [wording_model(name) for name in ("wording_chatter", "wording_letter")]
SCORES = score_wording(MODELS)
TEXT = "lampu jalan depan pasar mati lagi, gelap banget"


def _slow_score(model: WordingModel, text: str) -> float:
    """The same sum the long way: every feature, each half over the length of its vector."""
    keys = list(wording_keys(Reading(text).words))
    total = model.bias
    for is_part in (False, True):
        terms = [model.terms[key] for key in keys if (key[0] == "c") is is_part and key in model.terms]
        if terms:
            total += sum(t.rarity * t.weight for t in terms) / math.sqrt(sum(t.rarity**2 for t in terms))
    return total


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_finite_score(text):
    assert all(map(math.isfinite, SCORES(Reading(text).words)))


@settings(deadline=None)
@given(st.lists(st.sampled_from([*TEXT.split(), "@user", "!", "2", "Subah"]), max_size=30))
def test_memoised_sums_equal_the_sum_over_all_features(words):
    text = " ".join(words)
    assert SCORES(Reading(text).words) == pytest.approx([_slow_score(model, text) for model in MODELS], abs=1e-9)


def test_people_places_links_and_numbers_are_all_one():
    one = mask_tokens(Reading("@warga_baik jalan di Wonosobo rusak 12 https://contoh.id/abc").words)
    other = mask_tokens(Reading("@lain jalan di Banjarnegara rusak 7 https://contoh.id/xyz").words)
    assert one == other


def test_no_weight_is_kept_for_a_rare_word_or_a_digit():
    for name in ("wording_chatter", "wording_letter"):
        keys = wording_model(name).terms
        assert len(keys) > 1000
        assert all(map(may_keep_wording, keys))
        assert not [key for key in keys if any(letter in "123456789" for letter in key)]
    assert not may_keep_wording("u:pakwirosableng")


def test_a_model_reads_back_as_it_was_written():
    written = write_wording(-0.5, {"u:jalan": Term(1.5, 0.25)}, comments=["about"])
    model = read_wording(written)
    assert (model.bias, model.terms) == (-0.5, {"u:jalan": Term(1.5, 0.25)})
