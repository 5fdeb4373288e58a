"""Learning from inspectors: what they decide again and again must change the reading, and noise must not."""

import random

import pytest

from nlp.adaptation import SCORE, Judged, adaptation_features, adjust_probability, learn_adaptation
from nlp.linear import LinearModel
from sidak.errors import UsageError

NOTHING = LinearModel(bias=0.0, weights={})


def _judged(number, *, word, is_report, probability=0.6):
    features = adaptation_features(stems=["jalan", word], lane="overheard", category="jalan_rusak", source="x")
    return Judged(id=f"x:{number}", probability=probability, features=features, is_report=is_report)


def _decisions():
    told = [_judged(n, word="lubang", is_report=True) for n in range(40)]
    return told + [_judged(n, word="gim", is_report=False) for n in range(40, 80)]


def test_learns_a_word_that_inspectors_keep_refusing():
    learned = learn_adaptation(_decisions())
    assert learned.helps
    refused = adaptation_features(stems=["jalan", "gim"], lane="overheard", category="jalan_rusak", source="x")
    wanted = adaptation_features(stems=["jalan", "lubang"], lane="overheard", category="jalan_rusak", source="x")
    assert adjust_probability(0.6, refused, learned.model) < 0.35
    assert adjust_probability(0.6, wanted, learned.model) > 0.7


def test_decisions_without_a_pattern_are_not_said_to_help():
    chance = random.Random(3)
    judged = [
        _judged(n, word=f"kata{chance.choice('abcdefgh')}", is_report=n % 2 == 0, probability=0.5) for n in range(120)
    ]
    assert not learn_adaptation(judged).helps


def test_without_a_correction_nothing_changes():
    assert adjust_probability(0.37, {"w:jalan": 1.0}, NOTHING) == pytest.approx(0.37)


def test_rare_words_of_a_text_are_not_kept():
    judged = [*_decisions(), _judged(99, word="namaunik", is_report=True)]
    assert "w:namaunik" not in learn_adaptation(judged).model.weights


def test_overconfidence_is_taken_back():
    sure = [_judged(n, word="lubang", is_report=n % 2 == 0, probability=0.97) for n in range(100)]
    learned = learn_adaptation(sure)
    assert learned.helps
    assert learned.model.weights[SCORE] < 1.0
    assert adjust_probability(0.97, sure[0].features, learned.model) < 0.8


@pytest.mark.parametrize("judged", [[], _decisions()[:39], _decisions()[:45]])
def test_too_few_decisions_are_refused_with_the_numbers(judged):
    with pytest.raises(UsageError, match=f"{len(judged)} decided reports"):
        learn_adaptation(judged)
