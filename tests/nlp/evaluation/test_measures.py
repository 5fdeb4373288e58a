"""The figures that the model card publishes, against values worked out by hand."""

import numpy as np
import pytest

from nlp.evaluation.measures import (
    average_precision,
    best_f1,
    calibration_error,
    f1_at_half,
    interval,
    macro_f1,
    precision_at_half,
    recall_at_half,
    reliability,
)

TRUTHS = np.array([1, 0, 1, 0, 1])
PROBABILITIES = np.array([0.9, 0.8, 0.6, 0.4, 0.2])


def test_threshold_figures_by_hand():
    assert precision_at_half(TRUTHS, PROBABILITIES) == pytest.approx(2 / 3)
    assert recall_at_half(TRUTHS, PROBABILITIES) == pytest.approx(2 / 3)
    assert f1_at_half(TRUTHS, PROBABILITIES) == pytest.approx(2 / 3)
    assert best_f1(TRUTHS, PROBABILITIES) == pytest.approx(3 / 4)  # everything called a report: 3 of 5, all found


def test_average_precision_by_hand():
    assert average_precision(TRUTHS, PROBABILITIES) == pytest.approx((1 / 1 + 2 / 3 + 3 / 5) / 3)


def test_calibration_error_weighs_bins_by_their_texts():
    truths = np.array([1, 1, 0, 0])
    assert calibration_error(truths, np.array([0.75, 0.75, 0.25, 0.25])) == pytest.approx(0.25)
    assert calibration_error(truths, np.array([1.0, 1.0, 0.0, 0.0])) == 0.0


def test_reliability_leaves_no_text_out():
    bins = reliability(TRUTHS, np.array([0.0, 0.05, 0.5, 0.99, 1.0]))
    assert sum(each.texts for each in bins) == 5
    assert [each.texts for each in bins] == [2, 1, 2]


def test_interval_holds_its_value_and_narrows_with_more_texts():
    few = interval(f1_at_half, TRUTHS, PROBABILITIES)
    many = interval(f1_at_half, np.tile(TRUTHS, 50), np.tile(PROBABILITIES, 50))
    assert few.low <= few.value <= few.high
    assert many.high - many.low < few.high - few.low


def test_interval_repeats_to_the_digit():
    assert interval(f1_at_half, TRUTHS, PROBABILITIES) == interval(f1_at_half, TRUTHS, PROBABILITIES)


def test_abstaining_counts_as_missed_in_macro_f1():
    assert macro_f1(["a", "a", "b"], ["a", "a", "b"]) == 1.0
    assert macro_f1(["a", "a", "b"], ["a", None, "b"]) == pytest.approx((2 / 3 + 1) / 2)
