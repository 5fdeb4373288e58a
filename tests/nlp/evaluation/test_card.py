"""The model card's tables say what was measured."""

from nlp.evaluation.card import render_figures, render_reliability

INTERVAL = {"value": 0.75, "low": 0.7, "high": 0.8}
FOUND = {
    "texts": 2000,
    "reports": 400,
    "average_precision": INTERVAL,
    "best_f1": INTERVAL,
    "calibration_error": {"value": 0.0123, "low": 0.0, "high": 0.1},
    "at_threshold": {"precision": 0.5, "recall": 0.25, "f1": 0.33},
    "reliability": [
        {"promised": 0.05, "came_true": 0.0, "texts": 1500},
        {"promised": 0.9, "came_true": 1.0, "texts": 5},
    ],
}


def test_streams_without_reports_have_no_row():
    table = render_figures({"tweets": FOUND, "emot": {"texts": 9, "called_reports_per_1000": 1.0}})
    assert "| tweets | 2,000 (400) | 0.75 (0.70 to 0.80) |" in table
    assert "emot" not in table


def test_a_bar_is_as_long_as_what_came_true():
    rows = render_reliability(FOUND).splitlines()[2:]
    assert [row.count("█") for row in rows] == [0, 20]
    assert "1,500" in rows[0]
